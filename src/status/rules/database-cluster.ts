import { oneLine, secondsSince, span } from '../../platform/text.ts';
import { missedRuns } from './backup.ts';
import { commands } from './commands.ts';
import type { DatabaseCluster } from './objects.ts';
import { patience } from './patience.ts';
import { dueTimes, type Schedule, scheduleOf } from './schedule.ts';
import { type Health, isProblem, type Surroundings, verdict } from './verdict.ts';
import { changedAt, judgePods, overdue, promoted, removed, well, worstPod } from './workload.ts';

/**
 * Phases that CloudNativePG does not leave by itself, by the word of the report.
 *
 * @see https://github.com/cloudnative-pg/cloudnative-pg/blob/main/api/v1/cluster_types.go
 */
const hopeless: Readonly<Record<string, string>> = {
  'Cluster cannot proceed to reconciliation due to an unknown plugin being required': 'UnknownPlugin',
  'Cluster cannot proceed to reconciliation due to an error while interacting with plugins': 'PluginFailed',
  'Cluster has incomplete or invalid image catalog': 'InvalidImage',
  'Cluster is unrecoverable and needs manual intervention': 'Unrecoverable',
  'Unable to create required cluster objects': 'CannotCreate',
  'Invalid cluster definition': 'InvalidDefinition',
  'Waiting for user action': 'WaitingForUser',
};

const healthyPhase = 'Cluster in healthy state';

/** While a new primary is chosen nothing is written. */
const changing: readonly string[] = ['Failing over', 'Switchover in progress'];

/** Judges a Cluster of CloudNativePG by its phase, its instances and whether its log is archived. `around.pods` are its instances. */
export function databaseClusterHealth(cluster: DatabaseCluster, around: Surroundings): Health {
  const { metadata, spec, status } = cluster;
  const going = removed(cluster, around);
  if (going) return going;
  const run = commands(metadata, around);
  const describe = run.kubectl('describe', `cluster.postgresql.cnpg.io/${metadata.name}`);
  const { instances: wanted = 1 } = spec;
  const age = secondsSince(changedAt(metadata), around.now) ?? 0;
  if (status?.phase === undefined || status.phase === '') {
    const late = age > patience.NotObserved;
    return verdict(late ? 'degraded' : 'progressing', 'NotObserved', {
      cause: 'the CloudNativePG operator has not seen it yet: is it running?',
      advice: run.clusterKubectl('get pods -A -l app.kubernetes.io/name=cloudnative-pg'),
    });
  }
  const { phase, phaseReason, readyInstances = 0, currentPrimary } = status;
  const reason = hopeless[phase];
  const told = phaseReason ? `${phase}: ${phaseReason}` : phase;
  if (reason !== undefined)
    return verdict('degraded', reason, {
      cause: told,
      advice: describe,
      terminal: phase !== 'Waiting for user action',
    });
  const judged = judgePods(around.pods, around);
  const problems = judged.filter(({ health }) => isProblem(health));
  const worst = worstPod(problems);
  if (worst) return { ...promoted(worst, wanted, problems.length), terminal: false };
  const primary = currentPrimary === undefined ? 'no primary' : `the primary is ${currentPrimary}`;
  const cause = `${told}; ${readyInstances} of ${wanted} instances are ready, ${primary}`;
  if (phase === healthyPhase && readyInstances >= wanted) {
    const archiving = status.conditions?.find(({ type }) => type === 'ContinuousArchiving');
    if (archiving?.status === 'False')
      return verdict('degraded', 'ArchivingFailed', {
        cause: `its log is not archived, so that it can’t be recovered to a point in time: ${archiving.message ?? archiving.reason}`,
        advice: describe,
      });
    return backupTrouble(cluster, around) ?? well('Ready', judged);
  }
  const progress = verdict('progressing', changing.includes(phase) ? 'FailingOver' : 'RollingOut', { cause });
  const late = overdue(progress, age, patience.RollingOut);
  return { ...late, advice: late.advice ?? describe };
}

/**
 * That its last base backup failed, or that the newest one is old; `undefined` if neither is so, or it has no archive. The
 * operator's condition changes when a backup begins and when it ends, so that its time is that of the newest.
 *
 * @see https://github.com/cloudnative-pg/cloudnative-pg/blob/main/api/v1/cluster_conditions.go
 */
function backupTrouble(
  { metadata, status, backupSchedule }: DatabaseCluster,
  around: Surroundings,
): Health | undefined {
  if (backupSchedule === undefined) return undefined;
  const last = status?.conditions?.find(({ type }) => type === 'LastBackupSucceeded');
  const advice = commands(metadata, around).kubectl('get', 'backups.postgresql.cnpg.io');
  if (last?.reason === 'LastBackupFailed')
    return verdict('degraded', 'BackupFailed', {
      cause: `its last base backup failed: ${oneLine(last.message ?? '')}`,
      advice,
    });
  const since = last?.lastTransitionTime ?? metadata.creationTimestamp ?? '';
  const until = new Date(around.now.getTime() - patience.CronStart * 1000);
  const schedule = readable(backupSchedule);
  const due = schedule && Date.parse(since) ? dueTimes(schedule, new Date(since), until, missedRuns).count : 0;
  if (due < missedRuns) return undefined;
  const age = span(secondsSince(since, around.now) ?? 0);
  const cause = !last
    ? `there is no base backup yet; the Cluster is ${age} old`
    : last.status === 'True'
      ? `the newest base backup is ${age} old, of ${since}`
      : `a base backup has been running for ${age}, and the one before is older`;
  return verdict('degraded', 'BackupOld', { cause, advice });
}

/** A schedule; none where somebody has changed the annotation: the operator goes by its ScheduledBackup. */
function readable(schedule: string): Schedule | undefined {
  try {
    return scheduleOf(schedule);
  } catch {
    return undefined;
  }
}
