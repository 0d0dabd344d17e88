import { z } from 'zod';
import { absolutePath, command, httpPath, port, seconds } from './fields.ts';
import type { Container, Probe } from './k8s.ts';

/** How to tell from outside that a process works; a text is short for a route. */
export const healthCheck = z
  .union([
    httpPath.transform((path): { path: string; port?: number } => ({ path })),
    z.strictObject({ path: httpPath.describe('HTTP route that answers 2xx or 3xx.'), port: port.optional() }),
    z.strictObject({
      grpc: port.describe("Port that answers gRPC's own health checks (grpc.health.v1.Health)."),
      service: z.string().min(1).optional().describe('Service that it is asked about. Default: the server as a whole.'),
    }),
    z.strictObject({
      tcp: port.describe('Port that accepts connections. It accepts them even if the program is stuck.'),
    }),
    z.strictObject({
      command: command.describe(
        'Program in the image that exits 0. A shell is killed after 4 s with everything it started (needs timeout in the ' +
          'image); any other program must end what it starts.',
      ),
    }),
    z.strictObject({
      file: absolutePath.describe(
        'File that the process touches while it works; needs sh, date and stat in the image.',
      ),
      maxAgeSeconds: seconds.min(1).default(60).describe('Age at which the process counts as stuck.'),
    }),
  ])
  .describe('One of a route, `{path, port}`, `{grpc, service}`, `{tcp}`, `{command}`, `{file, maxAgeSeconds}`.');

/** The same for what has no main port. */
export const ownHealthCheck = healthCheck
  .refine((check) => !('path' in check) || check.port !== undefined, {
    path: ['port'],
    message: 'is required with a path: it has no main port',
  })
  .describe('One of `{path, port}`, `{grpc, service}`, `{tcp}`, `{command}`, `{file, maxAgeSeconds}`.');

export type HealthCheck = z.output<typeof healthCheck>;

/** The check as Kubernetes wants it, without a schedule. */
export function probeAction(check: HealthCheck, defaultPort?: number): Probe {
  if ('path' in check) {
    const number = check.port ?? defaultPort;
    if (number === undefined) throw new TypeError(`health check of ${check.path} has no port`);
    return { httpGet: { path: check.path, port: number } };
  }
  if ('grpc' in check) return { grpc: { port: check.grpc, service: check.service } };
  if ('tcp' in check) return { tcpSocket: { port: check.tcp } };
  if ('command' in check) return { exec: { command: bounded(check.command) } };
  return fileIsFresh(check.file, check.maxAgeSeconds);
}

/** When the kubelet gives a probe up. What it has run has ended by itself before. */
const timeoutSeconds = 5;

const shells = ['sh', 'ash', 'bash', 'dash', 'ksh', 'zsh'];

// $@ is a shell and its arguments. What a probe has started and outlives its time-out blocks the kubelet's worker as long as
// it holds the pipe that its output goes to: the container keeps the state that it had. So the output goes to a file.
// `timeout` ends its process group, or that of busybox its program. Kubernetes makes one dollar of two.
const boundedShell = `
said=/tmp/.health.$$$$
timeout -s KILL ${timeoutSeconds - 1} "$@" >"$said" 2>&1 </dev/null
code=$?
case $code in 0) ;; 137) echo "no answer within ${timeoutSeconds - 1} s" ;; *) tail -c 500 "$said" ;; esac
rm -f "$said"
exit $code`.trim();

/** A command of a probe that ends by itself, with all that it starts. The kubelet ends a single program by itself. */
function bounded(given: readonly string[]): string[] {
  const program = given[0]?.split('/').at(-1) ?? '';
  return shells.includes(program) ? ['sh', '-c', boundedShell, 'health', ...given] : [...given];
}

/** A file, and the age in seconds from which on it says that a process is stuck. */
export interface FreshFile {
  readonly path: string;
  /** @default any: it is enough that it is there */
  readonly maxAgeSeconds?: number;
}

// $0 and $1 are a file and its age, and so on.
const freshness = `
set -- "$0" "$@"
while [ $# -gt 1 ]; do
  touched=$(stat -c %Y "$1") || exit 1
  age=$(( $(date +%s) - touched ))
  if [ "$2" != any ] && [ "$age" -ge "$2" ]; then echo "$1 was touched $age s ago, not within $2 s"; exit 1; fi
  shift 2
done`.trim();

/** A probe that holds while files are there, and younger than they may be. */
export function filesAreFresh(...files: readonly FreshFile[]): Probe {
  const pairs = files.flatMap(({ path, maxAgeSeconds = 'any' }) => [path, String(maxAgeSeconds)]);
  return { exec: { command: ['sh', '-c', freshness, ...pairs] } };
}

/** A probe that holds while a file is younger than `maxAgeSeconds`. */
export const fileIsFresh = (path: string, maxAgeSeconds: number): Probe => filesAreFresh({ path, maxAgeSeconds });

/** The three probes of a container. */
export type Probes = Pick<Container, 'startupProbe' | 'readinessProbe' | 'livenessProbe'>;

/**
 * Schedules the probes: every 2 s until it has started, then every 5 s for readiness, and every 15 s for liveness, which
 * restarts the container after a minute and a half of failures.
 *
 * To have started it need only be alive: a process that isn't ready because something else is away must not be restarted.
 *
 * @param startupSeconds how long the process may take before it first answers
 * @param readinessFailures how often in a row it may fail to be ready; once, if the check has patience of its own
 */
export function probes(checks: { ready: Probe; alive?: Probe }, startupSeconds: number, readinessFailures = 3): Probes {
  const alive = checks.alive ?? checks.ready;
  const failureThreshold = Math.ceil(startupSeconds / 2);
  return {
    startupProbe: { ...alive, periodSeconds: 2, timeoutSeconds, failureThreshold },
    readinessProbe: { ...checks.ready, periodSeconds: 5, timeoutSeconds, failureThreshold: readinessFailures },
    livenessProbe: { ...alive, periodSeconds: 15, timeoutSeconds, failureThreshold: 6 },
  };
}
