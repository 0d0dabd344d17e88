import { z } from 'zod';
import { httpPath } from './fields.ts';
import { type ContainerPort, portName, servicePorts } from './ports.ts';

/** Where Prometheus finds the metrics of pods. */
export interface Metrics {
  /** The route. */
  readonly path: string;
  /** Name of the container's port, by which monitors refer to it. */
  readonly port: string;
  /** Its number. */
  readonly number: number;
}

/** The route and the port that are meant where nothing is said. */
const usual = { path: '/metrics', port: 'metrics' } as const;

const metrics = z.union([
  httpPath.transform((path): MetricsInput => ({ path })),
  z.strictObject({
    path: httpPath.default(usual.path).describe('Route.'),
    port: portName.optional().describe('Name of a port under `ports`, its own or a sidecar’s.'),
  }),
]);

/**
 * What may be said of metrics.
 *
 * @param main name of the port that is meant if none is named
 */
export const metricsField = (main: string = usual.port) =>
  metrics
    .optional()
    .describe(
      'Its Prometheus metrics: the route, or `{path, port}` with the name of a port. Default: `/metrics` at the port named ' +
        `\`metrics\`, if it has one. A route alone is at the port named \`${main}\`.`,
    );

interface MetricsInput {
  readonly path: string;
  readonly port?: string;
}

interface Ports {
  readonly ports?: Readonly<Record<string, ContainerPort>>;
}

/** The settings of pods that tell about their metrics. */
export interface MetricsSettings extends Ports {
  readonly port?: number;
  readonly metrics?: MetricsInput;
  readonly sidecars?: Readonly<Record<string, Ports>>;
}

/**
 * Where the metrics of pods are.
 *
 * @param main what `port` of the settings is called among the container's ports, where they have it
 * @returns nothing if they have none, or name a port that isn't there
 */
export function metricsOf(
  { port, ports, sidecars = {}, metrics: given }: MetricsSettings,
  main?: string,
): Metrics | undefined {
  const all = [
    ...(main === undefined || port === undefined ? [] : [{ name: main, port }]),
    ...[{ ports }, ...Object.values(sidecars)].flatMap((each) => servicePorts(each.ports)).filter(isTcp),
  ];
  const name = given?.port ?? (given && main) ?? usual.port;
  const found = all.find((each) => each.name === name);
  return found && { path: given?.path ?? usual.path, port: found.name, number: found.port };
}

const isTcp = ({ protocol }: ContainerPort): boolean => protocol !== 'udp';

/** The annotations of pods by which a Prometheus without an operator finds their metrics. */
export const scrapeAnnotations = ({ path, number }: Metrics): Record<string, string> => ({
  'prometheus.io/scrape': 'true',
  'prometheus.io/port': String(number),
  'prometheus.io/path': path,
});
