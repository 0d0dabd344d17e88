import { commands } from './commands.ts';
import type { Deployment } from './objects.ts';
import { type Health, isProblem, type Surroundings, verdict } from './verdict.ts';
import { inTransit, type JudgedPod, judgePods, podsRefused, promoted, rollingOut, well, worstPod } from './workload.ts';

export function deploymentHealth(deployment: Deployment, around: Surroundings): Health {
  const { metadata, spec, status = {} } = deployment;
  const { replicas: wanted = 1, paused = false } = spec;
  const { replicas = 0, updatedReplicas = 0, availableReplicas = 0 } = status;
  const run = commands(metadata, around);
  const condition = (type: string) => status.conditions?.find((each) => each.type === type);
  const transit = inTransit(deployment, around);
  if (transit) return transit;
  if (wanted === 0) return verdict('stopped', 'ScaledToZero', { advice: run.infra('start') });
  if (paused)
    return verdict('stopped', 'Paused', {
      cause: 'its rollout is paused',
      advice: run.kubectl('rollout resume', `deployment/${metadata.name}`),
    });
  const refused = condition('ReplicaFailure');
  if (refused?.status === 'True') return podsRefused(metadata, refused.message ?? '', around);
  const judged = judgePods(around.pods, around);
  const current = newest(judged);
  const old = judged.filter((each) => !current.includes(each));
  const problems = current.filter(({ health }) => isProblem(health));
  const worst = worstPod(problems) ?? worstPod(old.filter(({ health }) => isProblem(health)));
  if (worst) {
    const serving = current.includes(worst) && old.some(({ health }) => health.status === 'healthy');
    return promoted(worst, wanted, Math.max(1, problems.length), serving ? '; the version before still runs' : '');
  }
  const done = updatedReplicas >= wanted && replicas <= updatedReplicas && availableReplicas >= updatedReplicas;
  if (done) return well('Available', judged);
  const progress = rollingOut(current, wanted, `${availableReplicas} of ${wanted} pods are available`);
  if (condition('Progressing')?.reason !== 'ProgressDeadlineExceeded') return progress;
  return {
    ...progress,
    status: 'degraded',
    reason: 'ProgressDeadlineExceeded',
    cause: `no progress within its deadline: ${progress.cause}`,
    advice: progress.advice ?? run.kubectl('describe', `deployment/${metadata.name}`),
  };
}

/** The pods of the version that is being rolled out: of the one that the latest pod is of. */
function newest(judged: readonly JudgedPod[]): readonly JudgedPod[] {
  const version = ({ pod }: JudgedPod) => pod.metadata.labels?.['pod-template-hash'];
  const created = ({ pod }: JudgedPod) => Date.parse(pod.metadata.creationTimestamp ?? '') || 0;
  const staying = judged.filter(({ pod }) => pod.metadata.deletionTimestamp === undefined);
  const [latest] = staying.toSorted((a, b) => created(b) - created(a));
  return staying.filter((each) => latest !== undefined && version(each) === version(latest));
}
