import { celeryCommand } from './celery-command.ts';
import type { ComposeService } from './compose-file.ts';
import { carryHostPort, noteVolumes, numericUser, type Taken } from './compose-services.ts';
import type { DockerfileFacts } from './dockerfile.ts';
import type { Fields } from './project-data.ts';

/** What surrounds a service of a compose file that becomes a workload. */
export interface WorkloadContext {
  readonly dockerfile: DockerfileFacts;
  /** A health route that its sources name. */
  readonly route?: string;
  /** Whether others wait until it has ended well. */
  readonly endsByItself: boolean;
  readonly taken: Taken;
  readonly notes: string[];
}

/** A workload's fields without image, variables and dependencies; beside it, beat where a worker has that inside. */
export function carryWorkload(service: ComposeService, context: WorkloadContext): { own: Fields; beat?: Fields } {
  const { dockerfile, notes, taken } = context;
  const user = numericUser(service.user) ?? { user: dockerfile.user, group: dockerfile.group };
  const common = { replicas: service.replicas === 1 ? undefined : service.replicas, ...user };
  const celery = celeryCommand([...(service.entrypoint ?? []), ...(service.command ?? [])]);
  if (celery) {
    noteVolumes(service, { notes }, []);
    const { app, logLevel, ...rest } = celery.fields;
    if (celery.kind === 'celery-beat') return { own: { kind: celery.kind, app, logLevel, ...rest, ...user } };
    const beat = celery.withBeat ? { kind: 'celery-beat', app, logLevel, ...user } : undefined;
    return { own: { kind: celery.kind, ...celery.fields, ...common }, beat };
  }
  for (const { container } of service.ports.slice(1))
    notes.push(`${service.name}: port ${container} is not carried over: a workload has one`);
  noteVolumes(service, { notes }, []);
  const program = { command: service.entrypoint, args: service.command };
  if (context.endsByItself) return { own: { kind: 'job', ...program, ...user } };
  const [port] = service.ports;
  if (!port) return { own: { kind: 'worker', ...program, health: workerHealth(service, notes), ...common } };
  const own = {
    kind: 'http',
    ...program,
    port: port.container,
    hostPort: carryHostPort(service, port, { notes }, taken),
    health: httpHealth(service, port.container, context),
    ...common,
  };
  return { own };
}

const localUrl = /https?:\/\/(?:localhost|127\.0\.0\.1|0\.0\.0\.0|\[::1\])(?::(\d+))?(\/[^\s"'`|;&),\]]*)?/;

/** The URL that a health check asks. */
function checkedUrl({ healthcheck }: ComposeService): { port: number; path: string } | undefined {
  const [all, port, path] = localUrl.exec(healthcheck?.join(' ') ?? '') ?? [];
  return all === undefined ? undefined : { port: Number(port ?? 80), path: path ?? '/' };
}

function httpHealth(service: ComposeService, port: number, { route, notes }: WorkloadContext): string | Fields {
  const url = checkedUrl(service);
  if (url) return url.port === port ? url.path : url;
  if (route !== undefined) return route;
  if (service.healthcheck) return { command: service.healthcheck };
  notes.push(`${service.name}: ${noRoute}`);
  return { tcp: port };
}

/** The message for a server whose health route is unknown. */
export const noRoute =
  'no health route is known: it counts as healthy while its port accepts connections; name a route as "health"';

function workerHealth(service: ComposeService, notes: string[]): Fields {
  const url = checkedUrl(service);
  if (url) return { path: url.path, port: url.port };
  if (service.healthcheck) return { command: service.healthcheck };
  notes.push(`${service.name}: has no health check; it counts as healthy while it runs. See "health" of a worker`);
  return { command: ['true'] };
}
