import { kubectl } from '../environment.ts';
import { eventually } from '../run.ts';
import { onNode } from './node.ts';
import { type Reports, type Row, rowsOf } from './reports.ts';

/** A service whose process is stopped as by a debugger: it answers nothing, though the kernel accepts its connections. */
export interface Frozen {
  readonly object: string;
  /** Of its container. */
  readonly container: string;
  /** What is stopped: the container's first process, the one that it has started, or all. @default first */
  readonly processes?: 'first' | 'child' | 'all';
  /** What the report says of it. */
  readonly cause: RegExp;
}

/** The cause of a route that does not answer in time. */
export const noAnswer = (path: string, port: number): RegExp =>
  new RegExp(`GET ${path.replaceAll('?', '\\?')} on port ${port} fails: .*(deadline|timeout)`, 'i');

const choices = {
  first: 'echo $first',
  child: 'pgrep --parent $first | head -n 1',
  all: 'pgrep --ns $first --nslist pid',
};

/**
 * Sends a signal to processes of a container; they are seen from the node, where nothing bars the signal. One that has ended
 * meanwhile, such as a probe's, is none of them.
 */
export function signal(name: 'STOP' | 'KILL', { object, container, processes = 'first' }: Omit<Frozen, 'cause'>): void {
  const path = `{.items[0].status.containerStatuses[?(@.name=="${container}")].containerID}`;
  const selector = `app.kubernetes.io/instance=${object}`;
  const { stdout } = kubectl('get', 'pods', '-A', '-l', selector, '-o', `jsonpath=${path}`);
  const id = stdout.replace('containerd://', '');
  onNode(`set -e
first=$(cat /run/containerd/io.containerd.runtime.v2.task/k8s.io/${id}/init.pid)
chosen=$(${choices[processes]})
[ -n "$chosen" ]
for process in $chosen; do kill -${name} $process || [ ! -d /proc/$process ]; done`);
}

/** How often the container of a service was started again. */
export const restarts = ({ object }: Pick<Frozen, 'object'>): number => {
  const { stdout } = kubectl('get', 'pods', '-A', '-l', `app.kubernetes.io/instance=${object}`, '-o', 'json');
  const { items } = JSON.parse(stdout) as { items: { status: { containerStatuses?: { restartCount: number }[] } }[] };
  return items.reduce((sum, { status }) => sum + (status.containerStatuses?.[0]?.restartCount ?? 0), 0);
};

const told = ({ object, status, reason, cause }: Row): string => `${object} ${status} ${reason}: ${cause}`;

/** Stops processes, and waits until the report names each as degraded, with its cause. */
export async function reported(reports: Reports, frozen: readonly Frozen[]): Promise<void> {
  const begun = performance.now();
  for (const each of frozen) signal('STOP', each);
  const left = new Map(frozen.map((each) => [each.object, each]));
  await eventually('the report of what is frozen', 45, () => {
    const rows = rowsOf(reports.read()).filter(({ object }) => left.has(object));
    for (const row of rows)
      if (row.status === 'degraded' && left.get(row.object)?.cause.test(row.cause ?? '')) {
        left.delete(row.object);
        process.stderr.write(`after ${Math.round((performance.now() - begun) / 1000)} s: ${told(row)}\n`);
      }
    if (left.size > 0) throw new Error(rows.map(told).join('\n'));
  });
}

/**
 * Waits until the liveness probe has restarted each.
 *
 * @param before how often each had been restarted before it was frozen, by object; 0 where nothing is said
 */
export async function restarted(
  frozen: readonly Frozen[],
  seconds: number,
  before: ReadonlyMap<string, number> = new Map(),
): Promise<void> {
  await eventually('the restart by the liveness probe', seconds, () => {
    const same = frozen.filter((each) => restarts(each) <= (before.get(each.object) ?? 0));
    if (same.length > 0) throw new Error(same.map(({ object }) => object).join(', '));
  });
}
