/** What an object's name is made of. `owner` is the environment's or the project's short name. */
export const objectName = (owner: string, service: string): string => `${owner}-${service}`;

/** What a profile puts around the names of namespaces. */
interface AroundNamespaces {
  readonly namespacePrefix: string;
  readonly namespaceSuffix: string;
}

/** The namespace of a project, or of the environment's global tier. */
export const namespaceName = ({ namespacePrefix, namespaceSuffix }: AroundNamespaces, name: string): string =>
  `${namespacePrefix}${name}${namespaceSuffix}`;

/** The host name of a Service for every pod of the cluster, whatever the cluster's domain. */
export const serviceHost = (object: string, namespace: string): string => `${object}.${namespace}.svc`;

/** A name as part of an environment variable: `raw-cards` becomes `RAW_CARDS`. */
export const variablePart = (name: string): string => name.toUpperCase().replaceAll('-', '_');

/**
 * The name of a variable that a service gives, e.g. `DATABASE_URL`. A service that is not named like its kind puts its
 * own name first (`REPORTS_DATABASE_URL`), so that a project can have two of a kind.
 */
export const variableName = (service: { name: string; kind: string }, variable: string): string =>
  service.name === service.kind ? variable : `${variablePart(service.name)}_${variable}`;
