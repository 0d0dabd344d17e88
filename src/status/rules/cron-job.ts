import { commands } from './commands.ts';
import { jobHealth } from './job.ts';
import type { CronJob, Job, Meta, Pod } from './objects.ts';
import { type Health, isProblem, type Surroundings, verdict } from './verdict.ts';
import { inTransit } from './workload.ts';

export function cronJobHealth(cronJob: CronJob, around: Surroundings): Health {
  const { metadata, spec, status = {} } = cronJob;
  const run = commands(metadata, around);
  const transit = inTransit(cronJob, around);
  if (transit) return transit;
  if (spec.suspend)
    return verdict('stopped', 'Suspended', {
      cause: 'its schedule is suspended',
      advice: run.kubectl('patch', `cronjob/${metadata.name}`, `-p '{"spec":{"suspend":false}}'`),
    });
  const { active = [], lastScheduleTime, lastSuccessfulTime } = status;
  const health = (job: Job) => jobHealth(job, { ...around, pods: podsOf(job.metadata, around.pods) });
  if (active.length > 0) {
    const running = around.jobs?.filter(({ metadata: job }) => active.some(({ name }) => name === job.name)) ?? [];
    const problem = running.map(health).find(isProblem);
    // A run that is stuck does not keep the next one from being well.
    return problem ? { ...problem, terminal: false } : verdict('healthy', 'Active');
  }
  if (!lastScheduleTime) return verdict('healthy', 'Scheduled');
  if (lastSuccessfulTime && Date.parse(lastSuccessfulTime) >= Date.parse(lastScheduleTime))
    return verdict('healthy', 'Succeeded');
  const last = latest(around.jobs ?? []);
  const failure = last && health(last);
  return verdict('degraded', 'LastRunFailed', {
    cause: `its last run at ${lastScheduleTime} did not succeed${failure?.cause ? `: ${failure.cause}` : ''}`,
    advice: failure?.advice ?? run.kubectl('describe', `cronjob/${metadata.name}`),
    waitingFor: failure?.waitingFor,
    pod: failure?.pod,
  });
}

function latest(jobs: readonly Job[]): Job | undefined {
  const created = ({ metadata }: Job) => Date.parse(metadata.creationTimestamp ?? '') || 0;
  return jobs.toSorted((a, b) => created(b) - created(a))[0];
}

const podsOf = ({ name }: Meta, pods: readonly Pod[] = []): Pod[] =>
  pods.filter(({ metadata }) => metadata.ownerReferences?.some((owner) => owner.kind === 'Job' && owner.name === name));
