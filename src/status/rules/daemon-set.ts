import { counted, secondsSince } from '../../platform/text.ts';
import { commands } from './commands.ts';
import type { DaemonSet } from './objects.ts';
import { patience } from './patience.ts';
import { type Health, isProblem, type Surroundings } from './verdict.ts';
import {
  alikeIn,
  beforeSeen,
  cannotCreate,
  changedAt,
  explained,
  judgePods,
  overdue,
  promoted,
  rejected,
  removed,
  rollingOut,
  unobserved,
  well,
  worstPod,
} from './workload.ts';

/** Judges a DaemonSet by its pods, then by how many nodes should have one. `around.pods` are its own. */
export function daemonSetHealth(set: DaemonSet, around: Surroundings): Health {
  const going = removed(set, around);
  if (going) return going;
  const { desiredNumberScheduled: wanted = 0, updatedNumberScheduled = 0, numberAvailable = 0 } = set.status ?? {};
  const lag = unobserved(set, around);
  const judged = judgePods(around.pods, around);
  const problems = judged.filter(({ health }) => isProblem(health));
  const worst = worstPod(problems);
  if (worst) return beforeSeen(promoted(worst, wanted, alikeIn(problems, worst)), lag);
  const turnedAway = numberAvailable < wanted ? rejected(judged, around) : undefined;
  if (turnedAway) return explained(turnedAway, lag?.cause);
  if (lag) return lag;
  const old = wanted - updatedNumberScheduled;
  const onDelete = set.spec?.updateStrategy?.type === 'OnDelete';
  if ((old <= 0 || onDelete) && numberAvailable >= wanted) {
    const warning = `${counted(old, 'pod')} of the previous revision: with OnDelete a pod is replaced only when it is deleted`;
    return { ...well('Available', judged), ...(old > 0 && { warning }) };
  }
  const refused = cannotCreate(set, around);
  if (refused) return refused;
  const progress = rollingOut(judged, wanted, `${numberAvailable} of ${wanted} pods are available`);
  const { metadata } = set;
  const waited = around.pods && judged.length < wanted ? secondsSince(changedAt(metadata), around.now) : undefined;
  const late = overdue(progress, waited, patience.RollingOut, 'not everywhere');
  return {
    ...late,
    advice: late.advice ?? commands(metadata, around).kubectl('describe', `daemonset/${metadata.name}`),
  };
}
