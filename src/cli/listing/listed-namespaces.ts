import type { LoadOptions } from '../../config/load.ts';
import { tableLines } from '../../platform/terminal/text-table.ts';
import { endpoints } from '../../synth/endpoints.ts';
import { loadLastGood } from '../../synth/last-good.ts';
import type { PlannedNamespace } from '../../synth/plan.ts';
import { planNamespace } from '../../synth/plan-namespace.ts';

/** A namespace as `infra list` shows it. */
export interface ListedNamespace {
  readonly name: string;
  readonly tier: 'global' | 'project';
  /** Whether the configuration has it, or only the cluster. */
  readonly configured: boolean;
  /** Folder, relative to the root; none if it is not in the configuration. */
  readonly directory?: string;
  readonly services: readonly { readonly name: string; readonly kind: string; readonly object: string }[];
  readonly ports: readonly { readonly service: string; readonly port: string; readonly hostPort: number }[];
  readonly needs: readonly string[];
  /** The projects that need it; of the global tier those that use one of its services. */
  readonly neededBy: readonly string[];
}

/** The global tier and the projects of a repository, from its configuration alone. */
export function listNamespaces(root: string, options: LoadOptions): ListedNamespace[] {
  const { environment, profile } = loadLastGood(root, options);
  const planned = [undefined, ...environment.projects].map((project) => planNamespace(environment, profile, project));
  const users = environment.projects.filter(({ uses }) => Object.keys(uses).length > 0).map(({ name }) => name);
  return planned.map((namespace) => ({
    name: namespace.name,
    tier: namespace.tier,
    configured: true,
    directory: namespace.directory,
    services: [...namespace.services, ...namespace.workloads].map(({ name, kind, object }) => ({
      name,
      kind,
      object,
    })),
    ports: endpoints(namespace).map(({ object, port, hostPort }) => ({ service: object, port, hostPort })),
    needs: namespace.needs,
    neededBy: namespace.tier === 'global' ? users : needing(planned, namespace.name),
  }));
}

const needing = (planned: readonly PlannedNamespace[], name: string): string[] =>
  planned.filter(({ needs }) => needs.includes(name)).map((each) => each.name);

/** A project that only the cluster has, as one of the list. */
export const leftNamespace = (name: string): ListedNamespace => ({
  name,
  tier: 'project',
  configured: false,
  services: [],
  ports: [],
  needs: [],
  neededBy: [],
});

/** The list for people: a line for each namespace, and below it one for each service. */
export function listLines(namespaces: readonly ListedNamespace[]): string[] {
  const services = namespaces.flatMap((namespace) =>
    namespace.services.map(({ name, kind, object }) => [`  ${name}`, kind, hostPorts(namespace, object)]),
  );
  const lines = tableLines([
    ['SERVICE', 'KIND', 'HOST PORTS'].map((title, index) => (index === 0 ? `  ${title}` : title)),
    ...services,
  ]);
  const [head = '', ...rest] = lines;
  return [
    head,
    ...namespaces.flatMap((namespace) => [namespaceLine(namespace), ...rest.splice(0, namespace.services.length)]),
  ];
}

/** `turfoo (backends/svc-turfoo-ingest), needs shop` */
function namespaceLine({ name, configured, directory, needs, neededBy }: ListedNamespace): string {
  if (!configured)
    return `${name}, not in the configuration: repoctl infra project stop ${name} ends it, reset ${name} deletes what is left`;
  const parts = [
    `${name} (${directory})`,
    ...(needs.length > 0 ? [`needs ${needs.join(', ')}`] : []),
    ...(neededBy.length > 0 ? [`needed by ${neededBy.join(', ')}`] : []),
  ];
  return parts.join(', ');
}

const hostPorts = ({ ports }: ListedNamespace, object: string): string =>
  ports
    .filter((port) => port.service === object)
    .map(({ port, hostPort }) => `${hostPort} (${port})`)
    .join(', ');
