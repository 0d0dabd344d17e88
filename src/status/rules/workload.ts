import { labelKeys } from '../../../charts/common/labels.ts';
import { counted, oneLine, secondsSince, span } from '../../platform/text.ts';
import { commands } from './commands.ts';
import { eventsAbout, lastSeen, messageOf, standing } from './events.ts';
import type { Meta, Pod, Workload } from './objects.ts';
import { patience } from './patience.ts';
import { podHealth } from './pod.ts';
import { isShutDown } from './pod-lifetime.ts';
import { hasEnded } from './pod-rule.ts';
import { type Health, isProblem, type Surroundings, severity, verdict } from './verdict.ts';

/** A pod of a workload, and how it is. */
export interface JudgedPod {
  readonly pod: Pod;
  readonly health: Health;
}

/** The pods that count: those that go are counted only if they don't, those that have ended not at all. */
export const judgePods = (pods: readonly Pod[] = [], around: Surroundings): JudgedPod[] =>
  pods
    .filter((pod) => !hasEnded(pod) || pod.metadata.deletionTimestamp !== undefined)
    .map((pod) => ({ pod, health: podHealth(pod, around) }))
    .filter(({ pod, health }) => pod.metadata.deletionTimestamp === undefined || isProblem(health));

/** The worst of some pods; among equals one for which waiting is hopeless, then one that says what it waits for. */
export function worstPod(judged: readonly JudgedPod[]): JudgedPod | undefined {
  const weight = ({ health }: JudgedPod) =>
    severity(health) * 4 + (health.terminal ? 2 : 0) + (health.waitingFor === undefined ? 0 : 1);
  return judged.toSorted((a, b) => weight(b) - weight(a))[0];
}

/** What is the same in workloads of all kinds while they are removed. */
export function removed({ kind, metadata }: Workload, around: Surroundings): Health | undefined {
  const { name, deletionTimestamp, finalizers = [] } = metadata;
  const over = secondsSince(deletionTimestamp, around.now);
  if (over === undefined) return undefined;
  const left = (around.pods ?? []).map((pod) => pod.metadata.name);
  const held = finalizers.length > 0 ? `; waits for the finalizer ${finalizers.join(', ')}` : '';
  const pods = finalizers.includes('foregroundDeletion') && left.length > 0 ? `, and for the pod ${left[0]}` : '';
  const late = over > patience.Terminating;
  return verdict(late ? 'degraded' : 'progressing', 'Terminating', {
    cause: `being removed${late ? ` for ${span(over)}` : ''}${held}${pods}`,
    advice: commands(metadata, around).kubectl(
      'get',
      `${kind.toLowerCase()}/${name}`,
      "-o jsonpath='{.metadata.finalizers}'",
    ),
  });
}

/** That a workload's controller has not seen its last change yet. Its pods come before that: they may be broken meanwhile. */
export function unobserved({ kind, metadata, status }: Workload, around: Surroundings): Health | undefined {
  const { generation = 0 } = metadata;
  const seen = status !== undefined && 'observedGeneration' in status ? status.observedGeneration : undefined;
  if (!['Deployment', 'StatefulSet', 'DaemonSet'].includes(kind) || (seen ?? 0) >= generation) return undefined;
  const age = secondsSince(changedAt(metadata), around.now) ?? 0;
  const late = age > patience.NotObserved;
  return verdict(late ? 'degraded' : 'progressing', 'NotObserved', {
    cause: late
      ? `its controller has not seen the last change for ${span(age)}: is kube-controller-manager in kube-system running?`
      : 'its controller has not seen the last change yet',
    advice: late ? commands(metadata, around).clusterKubectl('-n kube-system get pods') : undefined,
  });
}

/** A workload that is to have no pods: stopped, or idle, unless some don't go, or nobody takes them away. */
export function scaledToZero(metadata: Meta, lag: Health | undefined, around: Surroundings): Health {
  const stuck = judgePods(around.pods, around).filter(({ pod }) => pod.metadata.deletionTimestamp !== undefined);
  const worst = worstPod(stuck);
  if (worst) return explained(worst.health, 'it is scaled to zero');
  if (lag && isProblem(lag) && (around.pods ?? []).length > 0) return lag;
  if (metadata.labels?.[labelKeys.scalesToZero] !== undefined) return verdict('healthy', 'Idle');
  return verdict('stopped', 'ScaledToZero', { advice: commands(metadata, around).infra('start') });
}

/** When what is wanted of a workload was changed last; unknown of one that was changed at a time that nobody kept. */
export const changedAt = ({ changedAt: known, generation = 1, creationTimestamp }: Meta): string | undefined =>
  known ?? (generation <= 1 ? creationTimestamp : undefined);

/** A verdict on a pod, with what explains it beside: a controller that lags, a rollout that is paused. */
export const explained = (health: Health, addition: string | undefined): Health =>
  addition === undefined ? health : { ...health, cause: `${health.cause ?? health.reason}; ${addition}` };

/** A verdict on pods beside a change that their controller has not seen: they say nothing of what it will make of it. */
export const beforeSeen = (health: Health, lag: Health | undefined): Health =>
  lag ? { ...explained(health, lag.cause), terminal: false } : health;

/** What is on its way and lasts too long. */
export function overdue(progress: Health, waited: number | undefined, limit: number, since = 'not ready'): Health {
  if (progress.status !== 'progressing' || waited === undefined || waited <= limit) return progress;
  return {
    ...progress,
    status: 'degraded',
    reason: 'ProgressDeadlineExceeded',
    cause: `${since} for ${span(waited)}: ${progress.cause ?? progress.reason}`,
  };
}

/** Refusals that waiting does not fix. */
const refusals = /violates PodSecurity|admission webhook "[^"]{1,253}" denied|is invalid/i;

/** A message from behind the last of some texts that introduce it. */
function afterLast(message: string, introductions: readonly string[]): string {
  const ends = introductions.map((each) => ({ each, at: message.lastIndexOf(each) })).filter(({ at }) => at >= 0);
  return message.slice(Math.max(0, ...ends.map(({ each, at }) => at + each.length)));
}

/** That the API refuses the pods of a workload, by its message. */
export function podsRefused(
  metadata: Meta,
  message: string,
  around: Pick<Surroundings, 'now' | 'context'>,
  what = 'its pods are',
): Health {
  const run = commands(metadata, around);
  const text = oneLine(afterLast(messageOf({ message }), ['Error creating: ', 'Error creating job: ', ' forbidden: ']));
  return verdict('degraded', 'FailedCreate', {
    cause: `${what} refused: ${text}`,
    advice: /quota/.test(message) ? run.kubectl('describe resourcequota') : run.kubectl('get events'),
    terminal: refusals.test(message),
  });
}

/**
 * That a workload's controller can't make pods, as its events say. An event outlives its cause: it counts until a pod was
 * made, which the controller says by another event, or the pod by being there.
 */
export function cannotCreate({ kind, metadata }: Workload, around: Surroundings): Health | undefined {
  const events = eventsAbout(kind, metadata, around.events);
  const failed = standing(events, ['FailedCreate'], ['SuccessfulCreate']);
  if (!failed) return undefined;
  const at = Date.parse(lastSeen(failed));
  const later = (around.pods ?? []).some((pod) => Date.parse(pod.metadata.creationTimestamp ?? '') >= at);
  return later ? undefined : podsRefused(metadata, failed.message ?? '', around);
}

/**
 * That nodes refuse the pods of a workload, or end them: its controller makes others, which fare no better. Pods that were
 * refused once and replaced by others that run are nobody's trouble.
 */
export function rejected(judged: readonly JudgedPod[], around: Surroundings): Health | undefined {
  const failed = (around.pods ?? []).filter((pod) => pod.status?.phase === 'Failed');
  const refused = failed.filter((pod) => !isShutDown(pod) && pod.metadata.deletionTimestamp === undefined);
  const [last] = refused.toSorted((a, b) => created(b) - created(a));
  if (!last) return undefined;
  const successor = judged.some(({ pod, health }) => created(pod) > created(last) && health.status === 'healthy');
  const age = secondsSince(last.metadata.creationTimestamp, around.now) ?? 0;
  const replaced = judged.some(({ pod }) => created(pod) >= created(last)) && age > patience.Replaced;
  if (successor || replaced) return undefined;
  const health = podHealth(last, around);
  const alike = refused.filter(({ status }) => status?.reason === last.status?.reason).length;
  return {
    ...health,
    status: 'degraded',
    terminal: false,
    cause: `${alike > 1 ? `${alike} pods: ` : ''}${health.cause}`,
  };
}

/** When an object was made, in milliseconds. */
export const created = ({ metadata }: Pick<Pod, 'metadata'>): number =>
  Date.parse(metadata.creationTimestamp ?? '') || 0;

/** How many of some broken pods are broken as one of them is. */
export const alikeIn = (problems: readonly JudgedPod[], { health }: JudgedPod): number =>
  Math.max(1, problems.filter((each) => each.health.reason === health.reason).length);

/**
 * A pod's verdict as the workload's.
 *
 * @param of how many pods there should be
 * @param alike how many of them are in trouble
 */
export function promoted({ health }: JudgedPod, of: number, alike: number, addition = ''): Health {
  const some = of > 1 ? `${alike} of ${counted(of, 'pod')}: ` : '';
  return { ...health, cause: `${some}${health.cause ?? health.reason}${addition}` };
}

/** A workload's verdict when all is well, with what is worth knowing of its pods. */
export function well(reason: string, judged: readonly JudgedPod[]): Health {
  const warned = judged.find(({ health }) => health.warning !== undefined)?.health;
  return verdict('healthy', reason, warned && { warning: warned.warning, advice: warned.advice, pod: warned.pod });
}

/** What a workload is still busy with, as the pod says that is furthest behind. */
export function rollingOut(judged: readonly JudgedPod[], wanted: number, otherwise: string): Health {
  const pod = worstPod(judged.filter(({ health }) => health.status === 'progressing'));
  if (!pod) return verdict('progressing', 'RollingOut', { cause: otherwise });
  return promoted(pod, wanted, judged.filter(({ health }) => health.status === 'progressing').length);
}
