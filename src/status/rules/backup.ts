import { backupComponents } from '../../../charts/common/backup-labels.ts';
import { labelKeys } from '../../../charts/common/labels.ts';
import { secondsSince, span } from '../../platform/text.ts';
import { commands } from './commands.ts';
import type { CronJob } from './objects.ts';
import { patience } from './patience.ts';
import { dueTimes, type Schedule } from './schedule.ts';
import { type Health, type Surroundings, verdict } from './verdict.ts';

/** What the verdicts on a cron job of backups are called. */
interface Role {
  readonly failed: string;
  readonly old: string;
  /** What is there if it has succeeded. */
  readonly result: string;
}

const roles: Readonly<Record<string, Role>> = {
  [backupComponents.backup]: { failed: 'BackupFailed', old: 'BackupOld', result: 'complete backup' },
  [backupComponents.check]: {
    failed: 'BackupCheckFailed',
    old: 'BackupCheckOld',
    result: 'backup that was restored and checked',
  },
};

/** Runs that were due since the last success until what it made is old. One that fails is tried again by the next. */
export const missedRuns = 2;

/**
 * The verdict on a cron job that makes or checks backups: those of any cron job by names of their own, and that the newest
 * good backup is old, whatever the reason.
 *
 * @param judged the verdict on it as on any cron job
 */
export function backupHealth(
  cronJob: CronJob,
  judged: Health,
  schedule: Schedule | undefined,
  around: Surroundings,
): Health {
  const { metadata, status = {} } = cronJob;
  const role = roles[metadata.labels?.[labelKeys.component] ?? ''];
  if (!role) return judged;
  const last = status.lastSuccessfulTime ?? undefined;
  const since = Date.parse(last ?? metadata.creationTimestamp ?? '') || 0;
  const until = new Date(around.now.getTime() - patience.CronStart * 1000);
  const due = schedule && since > 0 ? dueTimes(schedule, new Date(since), until, missedRuns).count : 0;
  // A run that goes on may be the one that succeeds.
  if (due >= missedRuns && judged.reason !== 'Active') {
    const age = span(secondsSince(last ?? metadata.creationTimestamp, around.now) ?? 0);
    const found = last
      ? `the newest ${role.result} is ${age} old, of ${last}`
      : `there is no ${role.result} yet; its cron job is ${age} old`;
    const { name } = metadata;
    const now = commands(metadata, around).kubectl('create job', `${name}-now`, `--from=cronjob/${name}`);
    return verdict('degraded', role.old, {
      cause: judged.cause ? `${found}: ${judged.cause}` : found,
      advice: judged.status === 'healthy' ? now : (judged.advice ?? now),
      waitingFor: judged.waitingFor,
      pod: judged.pod,
    });
  }
  return judged.reason === 'LastRunFailed' ? { ...judged, reason: role.failed } : judged;
}
