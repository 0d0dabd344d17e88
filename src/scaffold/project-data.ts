import type { Connection, SecretReference } from '../../charts/common/connection.ts';
import type { Service } from '../../charts/common/kind.ts';
import { objectName } from '../../charts/common/names.ts';
import { globalKinds, serviceKinds } from '../../charts/kinds.ts';
import { resolveProfiles } from '../config/profiles.ts';

/** What a proposed `project.yaml` says, field by field as it is written. */
export interface ProjectData {
  readonly name: string;
  readonly description?: string;
  readonly images?: Readonly<Record<string, Fields>>;
  readonly uses?: {
    readonly redis?: { readonly database: number };
    readonly minio?: { readonly buckets: readonly string[] };
    readonly projects?: readonly string[];
  };
  readonly services?: Readonly<Record<string, Fields>>;
  readonly workloads?: Readonly<Record<string, Fields>>;
}

export type Fields = Readonly<Record<string, unknown>>;

/** A service that a project has or uses, and what it gives. */
export interface DeclaredService {
  readonly service: Service;
  /** None for a service that workloads don't use. */
  readonly connection?: Connection;
  /** The Secrets that it needs in its own namespace. */
  readonly secrets: readonly SecretReference[];
}

/** The services that a project has and uses, as the loader will resolve them. */
export function declaredServices(environment: string, data: ProjectData): DeclaredService[] {
  const { name: project, uses = {}, services = {} } = data;
  const used = Object.entries(globalKinds).flatMap(([kind, { schema, connect }]): DeclaredService[] => {
    const use = (uses as Fields)[kind];
    if (!use || !connect) return [];
    const owner = { environment, tier: 'global' } as const;
    const object = objectName(environment, kind);
    const service = {
      name: kind,
      kind,
      scope: environment,
      namespace: environment,
      object,
      owner,
      settings: schema.parse({}),
    };
    return [{ service, connection: connect(service, { project, use }), secrets: [] }];
  });
  const own = Object.entries(services).map(([name, { kind = name, ...given }]): DeclaredService => {
    const definition = serviceKinds[String(kind)];
    const owner = { environment, tier: 'project', project } as const;
    const parsed = definition?.schema.parse(given) ?? {};
    const settings = definition?.resolve?.(parsed, { project, scripts: () => ({}), development: true }) ?? parsed;
    const service = {
      name,
      kind: String(kind),
      scope: project,
      namespace: project,
      object: objectName(project, name),
      owner,
      settings,
    };
    return {
      service,
      connection: definition?.connect?.(service, { project, use: undefined }),
      secrets: definition?.secrets(service, []) ?? [],
    };
  });
  return [...used, ...own];
}

/** The variables that repoctl makes up in a project's `.env`, in the order of its services. */
export function generatedVariables(project: string, declared: readonly DeclaredService[]): string[] {
  const secrets = declared.flatMap(({ connection, secrets }) => [
    ...secrets,
    ...(connection ? [connection.secret] : []),
  ]);
  const keys = secrets.flatMap((secret) => secret.keys).filter(({ owner }) => owner === project);
  return [...new Set(keys.map(({ variable }) => variable))];
}

/** The names of the variables that services give to a project's workloads. */
export const givenVariables = (declared: readonly DeclaredService[]): Set<string> =>
  new Set(declared.flatMap(({ connection }) => connection?.variables.map(({ name }) => name) ?? []));

/** The variables that managed services are reached by in a new environment's external profile. */
export function externalVariables(declared: readonly DeclaredService[]): string[] {
  const { managed } = resolveProfiles({}, 0).external;
  return declared
    .filter(({ service }) => managed.includes(service.kind))
    .flatMap(({ connection }) => connection?.promises ?? []);
}
