import { attempt } from '../platform/process/run.ts';

/** What processes of this machine are doing to a kind cluster. */
export interface Underway {
  /** `kind create cluster` for it; `perhaps` for one that does not name its cluster. */
  readonly creation: 'yes' | 'perhaps' | 'no';
  /** `docker run` for one of its nodes, which goes on when kind has been killed. */
  readonly container: boolean;
}

/** Looks at the processes of this machine. An unknown answer counts as no. */
export async function underway(cluster: string): Promise<Underway> {
  const listed = await attempt('ps', ['-A', '-o', 'args='], { apart: true }).catch(() => undefined);
  return readProcesses(listed?.stdout ?? '', cluster);
}

/** Reads a process list as `ps -A -o args=` prints it. */
export function readProcesses(processes: string, cluster: string): Underway {
  const lines = processes.split('\n').map((line) => line.trim());
  const names = lines.flatMap((line) => {
    const [, options] = /^\S*kind\s+create\s+cluster\b(.*)$/.exec(line) ?? [];
    return options === undefined ? [] : [/\s(?:--name[= ]|-n[= ]?)\s*(\S+)/.exec(options)?.[1]];
  });
  const label = `io.x-k8s.kind.cluster=${cluster}`;
  return {
    creation: names.includes(cluster) ? 'yes' : names.includes(undefined) ? 'perhaps' : 'no',
    container: lines.some((line) => /^\S*docker\s+run\s/.test(line) && line.split(/\s+/).includes(label)),
  };
}
