import type { Workload } from '../rules/objects.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import { isOwn } from './expected.ts';
import { countsOf } from './facts.ts';
import { groupBy } from './group.ts';
import type { ForeignObject } from './report.ts';

/**
 * The workloads and pods that are not repoctl's, by namespace. What a controller made is left out; of runs of a
 * foreign cron job that one is told.
 */
export function foreignObjects(
  { workloads, loosePods }: Snapshot,
  environment: string | undefined,
): (namespace: string) => readonly ForeignObject[] {
  const free = ({ metadata }: Pick<Workload, 'metadata'>) => (metadata.ownerReferences ?? []).length === 0;
  const foreign = [
    ...workloads
      .filter((each) => free(each) && !isOwn(each.metadata.labels, environment))
      .map((each) => ({ of: each.metadata, kind: each.kind, state: stateOf(each) })),
    ...loosePods
      .filter(free)
      .map(({ metadata, status }) => ({ of: metadata, kind: 'Pod', state: status?.phase ?? 'Unknown' })),
  ];
  const found = groupBy(foreign, ({ of }) => of.namespace);
  return (namespace) => (found.get(namespace) ?? []).map(({ of, kind, state }) => ({ kind, name: of.name, state }));
}

function stateOf(workload: Workload): string {
  const { ready, wanted } = countsOf(workload);
  if (wanted === undefined) return 'scheduled';
  return `${ready}/${wanted} ${workload.kind === 'Job' ? 'done' : 'ready'}`;
}
