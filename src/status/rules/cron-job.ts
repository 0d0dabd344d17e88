import { counted, oneLine, secondsSince, span } from '../../platform/text.ts';
import { backupHealth } from './backup.ts';
import { commands } from './commands.ts';
import { eventsAbout, lastSeen, standing } from './events.ts';
import { jobHealth } from './job.ts';
import type { CronJob, Job, Meta, Node, Pod } from './objects.ts';
import { patience } from './patience.ts';
import { dueTimes, type Schedule, scheduleOf } from './schedule.ts';
import { type Health, isProblem, type Surroundings, verdict } from './verdict.ts';
import { created, podsRefused, removed } from './workload.ts';

/** A run that goes on for so many times the interval of its schedule, and so long, is stuck. */
const stuckIntervals = 10;
const stuckSeconds = 3600;

/**
 * Judges a cron job: its schedule, the runs that go on, those that were due and never began, and the last one that ended.
 * `around.jobs` are its own jobs, `around.pods` theirs.
 */
export function cronJobHealth(cronJob: CronJob, around: Surroundings): Health {
  const { metadata, spec } = cronJob;
  const run = commands(metadata, around);
  const going = removed(cronJob, around);
  if (going) return going;
  const suspended = verdict('stopped', 'Suspended', {
    cause: 'its schedule is suspended',
    advice: run.kubectl('patch', `cronjob/${metadata.name}`, `-p '{"spec":{"suspend":false}}'`),
  });
  const schedule = readSchedule(cronJob);
  if (schedule instanceof Error && spec.suspend) return suspended;
  if (schedule instanceof Error)
    return verdict('degraded', 'InvalidSchedule', {
      cause: `it never runs: ${oneLine(schedule.message)}`,
      advice: run.kubectl('describe', `cronjob/${metadata.name}`),
      terminal: true,
    });
  return backupHealth(cronJob, spec.suspend ? suspended : runHealth(cronJob, schedule, around), schedule, around);
}

/** Judges the runs of a cron job whose schedule is right. */
function runHealth(cronJob: CronJob, schedule: Schedule | undefined, around: Surroundings): Health {
  const runs = runsOf(cronJob, around);
  const stuck = runs.going.map((each) => stuckRun(cronJob, each, schedule, around)).find((each) => each !== undefined);
  return (
    stuck ??
    refusedRun(cronJob, around) ??
    missedRun(cronJob, runs, schedule, around) ??
    neverEnds(cronJob, runs, schedule, around) ??
    pilesUp(cronJob, runs, around) ??
    lastRun(cronJob, runs, around)
  );
}

function readSchedule({ spec }: CronJob): Schedule | Error | undefined {
  if (spec.schedule === undefined) return undefined;
  try {
    return scheduleOf(spec.schedule, spec.timeZone);
  } catch (error) {
    return error as Error;
  }
}

/** A run, and how it is. */
interface Run {
  readonly job: Job;
  readonly health: Health;
}

/** The runs of a cron job that are known: those that go on, and the last that has ended. */
interface Runs {
  readonly going: readonly Run[];
  readonly ended?: Run;
  /** Whether any is running, seen or not. */
  readonly active: boolean;
}

function runsOf({ status = {} }: CronJob, around: Surroundings): Runs {
  const newest = (around.jobs ?? []).toSorted((a, b) => created(b) - created(a));
  const judge = (job: Job): Run => ({
    job,
    health: jobHealth(job, { ...around, pods: podsOf(job.metadata, around.pods) }),
  });
  const going = newest.filter((job) => !hasEnded(job) && job.metadata.deletionTimestamp === undefined).map(judge);
  const [ended] = newest.filter(hasEnded);
  return { going, ended: ended && judge(ended), active: going.length > 0 || (status.active ?? []).length > 0 };
}

const hasEnded = ({ status }: Job): boolean =>
  status?.conditions?.some(
    ({ type, status: holds }) => (type === 'Complete' || type === 'Failed') && holds === 'True',
  ) ?? false;

/** A run that is in trouble, or goes on much longer than it should. */
function stuckRun(
  { spec }: CronJob,
  { job, health }: Run,
  schedule: Schedule | undefined,
  around: Surroundings,
): Health | undefined {
  // A run that was suspended starts later than it was made.
  const begins = [job.metadata.creationTimestamp, job.status?.startTime].map((each) => secondsSince(each, around.now));
  const age = Math.min(...begins.filter((each) => each !== undefined), begins[0] ?? begins[1] ?? 0);
  const begun = new Date(around.now.getTime() - age * 1000);
  const due = schedule ? dueTimes(schedule, begun, around.now).count : 0;
  const others =
    spec.concurrencyPolicy === 'Forbid' && due > 0
      ? '; concurrencyPolicy Forbid keeps the next runs from starting'
      : '';
  if (isProblem(health))
    return {
      ...health,
      cause: `its run ${job.metadata.name}: ${health.cause ?? health.reason}${others}`,
      terminal: false,
    };
  if (due < stuckIntervals || age < stuckSeconds || spec.concurrencyPolicy !== 'Forbid') return undefined;
  return verdict('degraded', 'RunStuck', {
    cause: `its run ${job.metadata.name} has been running for ${span(age)}: ${health.cause ?? health.reason}${others}`,
    advice: health.advice ?? commands(job.metadata, around).kubectl('describe', `job/${job.metadata.name}`),
    pod: health.pod,
  });
}

/** That the API refuses its jobs, by events about the cron job itself. */
function refusedRun({ metadata, status = {} }: CronJob, around: Surroundings): Health | undefined {
  const events = eventsAbout('CronJob', metadata, around.events);
  const failed = standing(events, ['FailedCreate'], ['SuccessfulCreate']);
  if (!failed) return undefined;
  const later = [status.lastScheduleTime, ...(around.jobs ?? []).map((job) => job.metadata.creationTimestamp)];
  if (later.some((each) => Date.parse(each ?? '') > Date.parse(lastSeen(failed)))) return undefined;
  return podsRefused(metadata, failed.message ?? '', around, 'its jobs are');
}

/** That it was due and did not start. */
function missedRun(
  { metadata, spec, status = {} }: CronJob,
  { going }: Runs,
  schedule: Schedule | undefined,
  around: Surroundings,
): Health | undefined {
  // A run that only its status knows, and that is not there, keeps nothing from starting for long.
  if (!schedule || (going.length > 0 && spec.concurrencyPolicy === 'Forbid')) return undefined;
  const started = [status.lastScheduleTime, ...going.map(({ job }) => job.metadata.creationTimestamp)];
  const times = started.map((each) => Date.parse(each ?? '') || 0);
  const since = Math.max(Date.parse(metadata.changedAt ?? metadata.creationTimestamp ?? '') || 0, ...times);
  if (since === 0) return undefined;
  const until = new Date(around.now.getTime() - patience.CronStart * 1000);
  const { count, first, last } = dueTimes(schedule, new Date(since), until);
  if (!first || !last) return undefined;
  const zone = spec.timeZone === undefined ? '' : ` (${spec.timeZone})`;
  const late = span((around.now.getTime() - first.getTime()) / 1000);
  const never = status.lastScheduleTime == null;
  const times_ = count >= 100 ? 'more than 100 times' : counted(count, 'time');
  const cause = never
    ? `due by "${spec.schedule}"${zone} ${times_} in ${late}, and never ran`
    : `due by "${spec.schedule}"${zone} ${times_} since ${first.toISOString()}, and did not run`;
  const told = standing(eventsAbout('CronJob', metadata, around.events), [
    'TooManyMissedTimes',
    'UnknownTimeZone',
    'UnparseableSchedule',
    'InvalidSchedule',
    'MissSchedule',
    'FailedNeedsStart',
  ]);
  const asleep = count === 1 && !ranThen(around.nodes, last);
  if (asleep)
    return verdict('healthy', 'Scheduled', {
      warning: `its run at ${last.toISOString()} was missed: its node was not up`,
    });
  const short =
    (spec.startingDeadlineSeconds ?? 10) < 10
      ? '; startingDeadlineSeconds is below 10, shorter than the interval of its controller'
      : '';
  const [lost] = going.length === 0 ? (status.active ?? []) : [];
  const ghost = lost ? `; its run ${lost.name} counts as active, and does not exist` : '';
  return verdict('degraded', 'MissedRun', {
    cause: `${cause}${short}${ghost}${told ? `: ${oneLine(told.message ?? '')}` : ''}`,
    advice: commands(metadata, around).kubectl('describe', `cronjob/${metadata.name}`),
  });
}

/** Whether any node has been ready since an instant, as far as that is known. */
const ranThen = (nodes: readonly Node[] = [], at: Date): boolean => {
  const readies = nodes.flatMap(({ status }) => status?.conditions?.filter(({ type }) => type === 'Ready') ?? []);
  return (
    readies.length === 0 ||
    readies.some(({ lastTransitionTime }) => !(Date.parse(lastTransitionTime ?? '') > at.getTime()))
  );
};

/** Times that one run after the other is replaced until it counts as trouble. */
const replacedTimes = 3;

/** That each run is replaced by the next before it has ended: something always goes on, and nothing is ever done. */
function neverEnds(
  { metadata, spec, status = {} }: CronJob,
  { active, ended }: Runs,
  schedule: Schedule | undefined,
  around: Surroundings,
): Health | undefined {
  if (spec.concurrencyPolicy !== 'Replace' || !active || ended || !schedule) return undefined;
  const { lastSuccessfulTime, lastScheduleTime } = status;
  const since = Math.max(
    ...[lastSuccessfulTime, metadata.changedAt ?? metadata.creationTimestamp].map(
      (each) => Date.parse(each ?? '') || 0,
    ),
  );
  const until = new Date(lastScheduleTime ?? around.now);
  if (since === 0 || dueTimes(schedule, new Date(since), until).count < replacedTimes) return undefined;
  const last = lastSuccessfulTime ? `since ${lastSuccessfulTime}` : 'so far';
  return verdict('degraded', 'AlwaysReplaced', {
    cause: `each run is replaced by the next before it ends (Replace), and none has succeeded ${last}`,
    advice: commands(metadata, around).kubectl('describe', `cronjob/${metadata.name}`),
  });
}

/** That runs are started faster than they end, and none ends well. */
function pilesUp({ metadata, status = {} }: CronJob, { going }: Runs, around: Surroundings): Health | undefined {
  const [oldest] = going.toSorted((a, b) => created(a.job) - created(b.job));
  if (!oldest || going.length < stuckIntervals) return undefined;
  if ((Date.parse(status.lastSuccessfulTime ?? '') || 0) > created(oldest.job)) return undefined;
  const age = secondsSince(oldest.job.metadata.creationTimestamp, around.now) ?? 0;
  return verdict('degraded', 'RunsPileUp', {
    cause: `${going.length} runs go on at once, the oldest for ${span(age)}, and none has succeeded meanwhile`,
    advice: commands(metadata, around).kubectl('describe', `job/${oldest.job.metadata.name}`),
    pod: oldest.health.pod,
  });
}

/** How the last run that has ended did so, whether or not the next one goes on. */
function lastRun({ metadata, status = {} }: CronJob, { going, ended, active }: Runs, around: Surroundings): Health {
  const { lastScheduleTime, lastSuccessfulTime } = status;
  const at = (instant: string | null | undefined) => Date.parse(instant ?? '') || 0;
  // What a run left behind may be removed before it is seen.
  const seen = ended && (active || created(ended.job) >= at(lastScheduleTime)) ? ended : undefined;
  const scheduled = seen ? seen.job.metadata.creationTimestamp : lastScheduleTime;
  const failed = seen
    ? isProblem(seen.health) && at(lastSuccessfulTime) < created(seen.job)
    : !active && at(lastScheduleTime) > at(lastSuccessfulTime);
  if (!failed) {
    if (active) return verdict('healthy', 'Active');
    return lastScheduleTime ? verdict('healthy', 'Succeeded') : verdict('healthy', 'Scheduled');
  }
  const why = seen?.health;
  const next = going.length > 0 ? '; the next run is in progress' : '';
  return verdict('degraded', 'LastRunFailed', {
    cause: `its last run at ${scheduled} did not succeed${why?.cause ? `: ${why.cause}` : ''}${next}`,
    advice: why?.advice ?? commands(metadata, around).kubectl('describe', `cronjob/${metadata.name}`),
    waitingFor: why?.waitingFor,
    pod: why?.pod,
  });
}

const podsOf = ({ name }: Meta, pods: readonly Pod[] = []): Pod[] =>
  pods.filter(({ metadata }) => metadata.ownerReferences?.some((owner) => owner.kind === 'Job' && owner.name === name));
