import type { Cluster } from '../../cluster/client.ts';
import { ClusterError } from '../../platform/errors.ts';
import { errorLine } from '../rules/error-line.ts';
import type { Pod } from '../rules/objects.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import { keyOf, type Report } from './report.ts';

/** Logs that are read for a report at most: many wait for the same, and say the same. */
const most = 8;

/** Lines that are read of each. */
const tail = '5';

/** A container that waits. */
interface Waiting {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
}

/** What containers wrote last that wait for something healthy: by `namespace/pod/container`, its line that says the error. */
export async function lastWords(cluster: Cluster, report: Report, snapshot: Snapshot): Promise<Map<string, string>> {
  const read = await Promise.all(
    waitingInVain(report, snapshot)
      .slice(0, most)
      .map(async (each) => [`${each.namespace}/${each.pod}/${each.container}`, await lastLine(cluster, each)] as const),
  );
  return new Map(read.flatMap(([key, line]) => (line === undefined ? [] : [[key, line] as const])));
}

function waitingInVain({ tiers }: Report, { pods }: Snapshot): Waiting[] {
  const services = tiers.flatMap((tier) => tier.services);
  const healths = new Map(services.map((each) => [keyOf(each), each.health.status]));
  return services
    .filter(
      ({ health }) => health.waitingFor !== undefined && (healths.get(health.waitingFor) ?? 'healthy') === 'healthy',
    )
    .flatMap(({ namespace, health }) => {
      const pod = pods.find(({ metadata }) => metadata.namespace === namespace && metadata.name === health.pod);
      const container = pod && runningInit(pod);
      return container === undefined ? [] : [{ namespace, pod: pod?.metadata.name ?? '', container }];
    });
}

const runningInit = ({ status }: Pod): string | undefined =>
  status?.initContainerStatuses?.find(({ state }) => state?.running)?.name;

async function lastLine(cluster: Cluster, { namespace, pod: name, container }: Waiting): Promise<string | undefined> {
  try {
    let text = '';
    for await (const chunk of await cluster.logs({ namespace, name, container }, { tailLines: tail }))
      text += String(chunk);
    return errorLine(text);
  } catch (error) {
    // It may just have ended, or its log may not be read: the report is no worse for that.
    if (error instanceof ClusterError) return undefined;
    throw error;
  }
}
