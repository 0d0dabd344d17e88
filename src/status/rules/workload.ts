import { commands } from './commands.ts';
import { eventsAbout, standing } from './events.ts';
import type { Meta, Pod, Workload } from './objects.ts';
import { podHealth } from './pod.ts';
import { hasEnded } from './pod-rule.ts';
import { counted, oneLine } from './text.ts';
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

/** The worst of some pods; among equals one for which waiting is in vain, then one that says what it waits for. */
export function worstPod(judged: readonly JudgedPod[]): JudgedPod | undefined {
  const weight = ({ health }: JudgedPod) =>
    severity(health) * 4 + (health.terminal ? 2 : 0) + (health.waitingFor === undefined ? 0 : 1);
  return judged.toSorted((a, b) => weight(b) - weight(a))[0];
}

/** What is the same in workloads of all kinds: it is being removed, or its controller has not seen the change yet. */
export function inTransit({ kind, metadata, status }: Workload, around: Surroundings): Health | undefined {
  const { name, generation = 0, deletionTimestamp, finalizers = [] } = metadata;
  const run = commands(metadata, around);
  const resource = `${kind.toLowerCase()}/${name}`;
  if (deletionTimestamp !== undefined)
    return verdict('progressing', 'Terminating', {
      cause: `being removed${finalizers.length > 0 ? `; waits for the finalizer ${finalizers.join(', ')}` : ''}`,
      advice: run.kubectl('get', resource, "-o jsonpath='{.metadata.finalizers}'"),
    });
  const seen = status !== undefined && 'observedGeneration' in status ? status.observedGeneration : undefined;
  const reports = kind === 'Deployment' || kind === 'StatefulSet' || kind === 'DaemonSet';
  return reports && (seen ?? 0) < generation
    ? verdict('progressing', 'NotObserved', { cause: 'its controller has not seen the last change yet' })
    : undefined;
}

/** Refusals that no waiting mends. */
const refusals = /violates PodSecurity|admission webhook|is invalid/i;

/** That the API refuses the pods of a workload, by its message. */
export function podsRefused(metadata: Meta, message: string, around: Surroundings): Health {
  const run = commands(metadata, around);
  const text = oneLine(message.replace(/^.*?(?:Error creating: |forbidden: )+/s, ''));
  return verdict('degraded', 'FailedCreate', {
    cause: `its pods are refused: ${text}`,
    advice: /quota/.test(message) ? run.kubectl('describe resourcequota') : run.kubectl('get events'),
    terminal: refusals.test(message),
  });
}

/** That a workload's controller can't make pods, as its events say. */
export function cannotCreate({ kind, metadata }: Workload, around: Surroundings): Health | undefined {
  const events = eventsAbout(kind, metadata, around.events);
  const failed = standing(events, ['FailedCreate'], ['SuccessfulCreate']);
  return failed && podsRefused(metadata, failed.message ?? '', around);
}

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
