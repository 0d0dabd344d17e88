import { z } from 'zod';
import { absolutePath, command, httpPath, port, seconds } from './fields.ts';
import type { Container, Probe } from './k8s.ts';

/** How to tell from outside that a process works; a text is short for a route. */
export const healthCheck = z
  .union([
    httpPath.transform((path): { path: string; port?: number } => ({ path })),
    z.strictObject({ path: httpPath.describe('HTTP route that answers 2xx or 3xx.'), port: port.optional() }),
    z.strictObject({ tcp: port.describe('Port that accepts connections.') }),
    z.strictObject({ command: command.describe('Program in the image that exits 0.') }),
    z.strictObject({
      file: absolutePath.describe(
        'File that the process touches while it works; needs sh, date and stat in the image.',
      ),
      maxAgeSeconds: seconds.min(1).default(60).describe('Age from which on the process counts as stuck.'),
    }),
  ])
  .describe('One of a route, `{path, port}`, `{tcp}`, `{command}`, `{file, maxAgeSeconds}`.');

export type HealthCheck = z.output<typeof healthCheck>;

/** The check as Kubernetes wants it, without a schedule. */
export function probeAction(check: HealthCheck, defaultPort?: number): Probe {
  if ('path' in check) {
    const number = check.port ?? defaultPort;
    if (number === undefined) throw new TypeError(`health check of ${check.path} has no port`);
    return { httpGet: { path: check.path, port: number } };
  }
  if ('tcp' in check) return { tcpSocket: { port: check.tcp } };
  if ('command' in check) return { exec: { command: [...check.command] } };
  return fileIsFresh(check.file, check.maxAgeSeconds);
}

/** A probe that holds while a file is younger than `maxAgeSeconds`. */
export function fileIsFresh(path: string, maxAgeSeconds: number): Probe {
  const script = 'test $(( $(date +%s) - $(stat -c %Y "$0") )) -lt "$1"';
  return { exec: { command: ['sh', '-c', script, path, String(maxAgeSeconds)] } };
}

/** The three probes of a container. */
export type Probes = Pick<Container, 'startupProbe' | 'readinessProbe' | 'livenessProbe'>;

/**
 * Schedules the probes: every 2 s until it has started, then every 5 s for readiness, and every 15 s for liveness, which
 * restarts the container after a minute and a half of failures.
 *
 * To have started it need only be alive: a process that isn't ready because something else is away must not be restarted.
 *
 * @param startupSeconds how long the process may take before it first answers
 */
export function probes(checks: { ready: Probe; alive?: Probe }, startupSeconds: number): Probes {
  const alive = checks.alive ?? checks.ready;
  return {
    startupProbe: {
      ...alive,
      periodSeconds: 2,
      timeoutSeconds: 5,
      failureThreshold: Math.ceil(startupSeconds / 2),
    },
    readinessProbe: { ...checks.ready, periodSeconds: 5, timeoutSeconds: 5, failureThreshold: 3 },
    livenessProbe: { ...alive, periodSeconds: 15, timeoutSeconds: 5, failureThreshold: 6 },
  };
}
