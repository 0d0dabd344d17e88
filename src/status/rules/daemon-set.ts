import type { DaemonSet } from './objects.ts';
import { type Health, isProblem, type Surroundings } from './verdict.ts';
import { cannotCreate, inTransit, judgePods, promoted, rollingOut, well, worstPod } from './workload.ts';

export function daemonSetHealth(set: DaemonSet, around: Surroundings): Health {
  const transit = inTransit(set, around);
  if (transit) return transit;
  const { desiredNumberScheduled: wanted = 0, updatedNumberScheduled = 0, numberAvailable = 0 } = set.status ?? {};
  const judged = judgePods(around.pods, around);
  const problems = judged.filter(({ health }) => isProblem(health));
  const worst = worstPod(problems);
  if (worst) return promoted(worst, wanted, problems.length);
  if (updatedNumberScheduled >= wanted && numberAvailable >= wanted) return well('Available', judged);
  return cannotCreate(set, around) ?? rollingOut(judged, wanted, `${numberAvailable} of ${wanted} pods are available`);
}
