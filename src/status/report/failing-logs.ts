import type { Cluster } from '../../cluster/client.ts';
import { ClusterError } from '../../platform/errors.ts';
import { lastLines } from '../../platform/text.ts';
import { containersOf, type ObservedContainer } from '../rules/container.ts';
import { eventsAbout, firstSeen, lastSeen } from '../rules/events.ts';
import type { Event, Pod } from '../rules/objects.ts';
import { hasEnded } from '../rules/pod-rule.ts';
import { isProblem } from '../rules/verdict.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import { type FailingLog, keyOf, type Report, type ServiceReport, type Warned } from './report.ts';

/** Logs that are read for a report at most, and at once. */
const most = 30;

/**
 * A report with the last lines of each container that something is not healthy by, and what the cluster warned about its pod.
 * What only waits for something else has nothing to tell.
 */
export async function withLogs(cluster: Cluster, report: Report, snapshot: Snapshot, count: number): Promise<Report> {
  const wanted = report.tiers
    .flatMap(({ services }) => services)
    .filter(({ health }) => isProblem(health) && !waitsForAnother(report, health.waitingFor))
    .slice(0, most);
  const told = new Map(
    await Promise.all(
      wanted.map(async (service) => [keyOf(service), await detailsOf(cluster, service, snapshot, count)] as const),
    ),
  );
  return {
    ...report,
    tiers: report.tiers.map((tier) => ({
      ...tier,
      services: tier.services.map((service) => ({ ...service, ...told.get(keyOf(service)) })),
    })),
  };
}

const waitsForAnother = ({ causes }: Report, waitingFor: string | undefined): boolean =>
  causes.some(({ object }) => object === waitingFor);

async function detailsOf(
  cluster: Cluster,
  service: ServiceReport,
  { pods, systemPods = [], events }: Snapshot,
  count: number,
): Promise<Pick<ServiceReport, 'log' | 'warnings'>> {
  const { namespace, health } = service;
  const pod = [...pods, ...systemPods].find(
    ({ metadata }) => metadata.namespace === namespace && metadata.name === health.pod,
  );
  const about = pod ? eventsAbout('Pod', pod.metadata, events) : eventsAbout(service.kind, ofService(service), events);
  const failing = pod && failingContainer(pod);
  return {
    warnings: about.filter(({ type }) => type !== 'Normal').map(warned),
    log: failing && (await logOf(cluster, pod, failing, count)),
  };
}

const ofService = ({ object, namespace }: ServiceReport) => ({ name: object, namespace });

const warned = (event: Event): Warned => ({
  reason: event.reason ?? 'Warning',
  message: event.message ?? '',
  count: event.series?.count ?? event.count ?? 1,
  firstSeen: firstSeen(event),
  lastSeen: lastSeen(event),
});

/**
 * The container that keeps a pod from being well, and which of its runs says why. None of a pod whose containers have not
 * been made: there is no log.
 */
export function failingContainer(pod: Pod): { readonly name: string; readonly previous: boolean } | undefined {
  const containers = containersOf(pod);
  const found =
    containers.find(({ status }) => status.state?.waiting?.reason === 'CrashLoopBackOff') ??
    containers.find((each) => endedBadly(each, pod)) ??
    containers.find(({ init, status }) => status.state?.running && (init || !status.ready)) ??
    containers.find(({ status }) => status.lastState?.terminated);
  if (!found) return undefined;
  const { state, lastState, ready } = found.status;
  // While it waits to be started again, and when it runs well for now, the run before is the one that failed.
  const previous = lastState?.terminated !== undefined && !state?.terminated && (!state?.running || ready === true);
  const ran = state?.running ?? state?.terminated ?? lastState?.terminated;
  return ran && { name: found.name, previous };
}

const endedBadly = ({ init, status }: ObservedContainer, pod: Pod): boolean => {
  const end = status.state?.terminated;
  if (!end) return false;
  return end.exitCode !== 0 || (!init && !hasEnded(pod) && pod.spec.restartPolicy !== 'OnFailure');
};

async function logOf(
  cluster: Cluster,
  { metadata: { namespace = '', name } }: Pod,
  { name: container, previous }: { readonly name: string; readonly previous: boolean },
  count: number,
): Promise<FailingLog> {
  const parameters = { tailLines: String(count), ...(previous && { previous: 'true' }) };
  const log = { pod: name, container, previous };
  try {
    let text = '';
    for await (const chunk of await cluster.logs({ namespace, name, container }, parameters)) text += String(chunk);
    return { ...log, lines: lastLines(text, count) };
  } catch (error) {
    // It may just have been replaced, or its log may not be read.
    if (!(error instanceof ClusterError)) throw error;
    return { ...log, lines: [], refused: error.message };
  }
}
