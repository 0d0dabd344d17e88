import { secondsSince } from '../../platform/text.ts';
import { commands } from './commands.ts';
import type { EndpointSlice, Pod, Service } from './objects.ts';
import { patience } from './patience.ts';
import { type Health, type Surroundings, verdict } from './verdict.ts';

/** How long a pod may be ready before its Service leads to it, in seconds: a controller has to hear of it. */
const patienceSeconds = 10;

/**
 * Whether a Service leads to the pods that it is there for, as far as these are ready: where they aren't, it is they that
 * are to blame. `around.pods` are the pods of the workload behind it.
 */
export function serviceHealth({ metadata, slices }: Service, around: Surroundings): Health {
  const ready = (around.pods ?? []).filter((pod) => isSettled(pod, around.now));
  const endpoints = slices.flatMap((slice) => slice.endpoints ?? []);
  const names = (wanted: typeof endpoints) =>
    wanted.flatMap(({ targetRef }) => (targetRef?.kind === 'Pod' ? (targetRef.name ?? []) : []));
  const expected = ready.map((pod) => pod.metadata.name);
  const reached = names(endpoints.filter(({ conditions }) => conditions?.ready !== false));
  const leads = reached.some((name) => expected.includes(name));
  if (expected.length === 0 || (leads && slices.some((slice) => hasPort(slice) || isHeadless(slice))))
    return verdict('healthy', 'Ready');
  const run = commands(metadata, around);
  const details = { advice: run.infra('start') ?? run.kubectl('describe service', metadata.name) };
  const subject = `the Service ${metadata.name}`;
  if (leads)
    return verdict('degraded', 'PortMissing', {
      ...details,
      cause: `${subject} leads to no port: ${expected[0]} has no port of the name that it expects`,
    });
  if (names(endpoints).some((name) => expected.includes(name)))
    return verdict(
      readyFor(ready, around.now) > patience.EndpointNotReady ? 'degraded' : 'progressing',
      'EndpointNotReady',
      {
        cause: `${subject} does not list ${expected[0]} yet, although it is ready`,
        advice: run.kubectl('describe service', metadata.name),
      },
    );
  return reached.length > 0
    ? verdict('degraded', 'WrongSelector', {
        ...details,
        cause: `${subject} leads to ${reached[0]} instead of ${expected[0]}: its selector matches other pods`,
      })
    : verdict('degraded', 'NoReadyEndpoint', {
        ...details,
        cause: `${subject} leads to no pod, although ${expected[0]} is ready: its selector does not match the pod's labels`,
      });
}

/** Where a Service that should be there isn't. */
export const missingService = (metadata: Service['metadata'], around: Surroundings): Health =>
  verdict('degraded', 'ServiceMissing', {
    cause: `there is no Service ${metadata.name}: nothing leads to its pods`,
    advice: commands(metadata, around).infra('start'),
  });

/** How long the longest of some pods has been ready, in seconds. */
const readyFor = (pods: readonly Pod[], now: Date): number =>
  Math.max(
    0,
    ...pods.map(
      ({ status }) =>
        secondsSince(status?.conditions?.find(({ type }) => type === 'Ready')?.lastTransitionTime, now) ?? 0,
    ),
  );

/** Whether the names of its pods are all that its Service is for: these lead to the pods, whatever their ports. */
const isHeadless = ({ metadata }: EndpointSlice): boolean => metadata.labels?.['service.kubernetes.io/headless'] === '';

const hasPort = ({ ports }: EndpointSlice): boolean => (ports ?? []).length > 0;

function isSettled({ metadata, status }: Pod, now: Date): boolean {
  if (metadata.deletionTimestamp !== undefined) return false;
  const ready = status?.conditions?.find(({ type }) => type === 'Ready');
  if (ready?.status !== 'True') return false;
  return (secondsSince(ready.lastTransitionTime, now) ?? patienceSeconds) >= patienceSeconds;
}
