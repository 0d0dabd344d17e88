import { typeMeta } from '../../charts/common/api-versions.ts';
import type { ManifestObject } from '../../charts/common/manifest-object.ts';
import type { Cluster } from '../cluster/client.ts';
import { ClusterError, TimeoutError } from '../platform/errors.ts';
import { poll } from '../platform/poll.ts';

/** The backups of a service. */
export interface StoredBackups {
  readonly service: string;
  /** Name of the cron job that makes them. */
  readonly cronJob: string;
  readonly namespace: string;
}

/** What a restore said, and whether it reached its end. */
export interface RestoreOutcome {
  readonly lines: readonly string[];
  readonly succeeded: boolean;
  /** Name of the job. */
  readonly job: string;
}

interface Variable {
  readonly name: string;
  readonly value?: string;
}

/** What a cron job makes jobs of. */
interface JobTemplate {
  readonly metadata?: { readonly labels?: Readonly<Record<string, string>> };
  readonly spec: {
    readonly activeDeadlineSeconds?: number;
    readonly template: { readonly spec: { readonly containers: readonly { readonly env?: readonly Variable[] }[] } };
  };
}

interface JobObject extends ManifestObject {
  readonly status?: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
}

/** What the names of jobs that restore begin with. */
const jobPrefix = (cronJob: string): string => `${cronJob.slice(0, 40)}-restore-`;

/** Removes jobs of restores that were cut short: started again with the workloads, they would replace newer data. */
export async function removeRestoreJobs(cluster: Cluster, { namespace, cronJob }: StoredBackups): Promise<void> {
  const jobs = await cluster.list<JobObject>('Job', { namespace });
  for (const { metadata } of jobs)
    if (metadata?.name?.startsWith(jobPrefix(cronJob))) await cluster.remove({ ...typeMeta('Job'), metadata });
}

/** How long its pod may take to start and to end beside the time limit of the job, in milliseconds. */
const patience = 300_000;

/**
 * What the cron job of a service's backups makes jobs of.
 *
 * @throws ClusterError if the cron job is not in the cluster
 */
export async function backupTemplate(cluster: Cluster, { namespace, cronJob }: StoredBackups): Promise<JobTemplate> {
  const found = await cluster.get<ManifestObject>({ ...typeMeta('CronJob'), metadata: { namespace, name: cronJob } });
  if (!found)
    throw new ClusterError(`${cluster.context} has no cron job ${namespace}/${cronJob}`, 'repoctl deploy makes it');
  return (found.spec as { readonly jobTemplate: JobTemplate }).jobTemplate;
}

/**
 * Runs the restore of a service's backups in a job that is made from their cron job, and waits for its end.
 *
 * @param at time of the backup, or `latest`
 */
export async function runRestoreJob(
  cluster: Cluster,
  { namespace, cronJob }: StoredBackups,
  jobTemplate: JobTemplate,
  at: string,
  signal?: AbortSignal,
): Promise<RestoreOutcome> {
  const name = `${jobPrefix(cronJob)}${Date.now().toString(36)}`;
  await cluster.create(restoreJob(jobTemplate, { name, namespace, at }));
  const limit = (jobTemplate.spec.activeDeadlineSeconds ?? 7200) * 1000;
  const succeeded = await poll(
    async (): Promise<{ readonly ended: boolean } | undefined> => {
      const job = await cluster.get<JobObject>({ ...typeMeta('Job'), metadata: { namespace, name } });
      const holds = (type: string) =>
        job?.status?.conditions?.some((each) => each.type === type && each.status === 'True') ?? false;
      return holds('Complete') ? { ended: true } : holds('Failed') || !job ? { ended: false } : undefined;
    },
    () => new TimeoutError(`the job ${namespace}/${name} does not end`, `kubectl logs job/${name} -n ${namespace}`),
    { timeout: limit + patience, signal, interval: 1000 },
  );
  return { lines: await logOf(cluster, namespace, name), succeeded: succeeded.ended, job: name };
}

/**
 * The job that restores: that of a backup with another task. It is tried once, since a second try would find what the first
 * has changed, and goes after a day.
 */
export function restoreJob(
  { metadata, spec }: JobTemplate,
  { name, namespace, at }: { readonly name: string; readonly namespace: string; readonly at: string },
): ManifestObject {
  const instead: Readonly<Record<string, string>> = { TASK: 'restore', BACKUP: at };
  const { containers, ...pod } = spec.template.spec;
  const changed = containers.map((container) => ({
    ...container,
    env: container.env?.map((variable) => ({
      ...variable,
      ...(instead[variable.name] && { value: instead[variable.name] }),
    })),
  }));
  return {
    ...typeMeta('Job'),
    metadata: { name, namespace, labels: metadata?.labels },
    spec: {
      ...spec,
      backoffLimit: 0,
      ttlSecondsAfterFinished: 86_400,
      template: { ...spec.template, spec: { ...pod, containers: changed } },
    },
  };
}

/** The lines that its pod has printed. */
async function logOf(cluster: Cluster, namespace: string, job: string): Promise<string[]> {
  const [pod] = await cluster.list<ManifestObject>('Pod', {
    namespace,
    labels: { 'batch.kubernetes.io/job-name': job },
  });
  if (!pod) return [];
  const at = { namespace, name: pod.metadata?.name ?? '', container: 'backup' };
  let answer: Awaited<ReturnType<Cluster['logs']>>;
  try {
    answer = await cluster.logs(at, {});
  } catch (error) {
    // How it ended is known without them.
    if (!(error instanceof ClusterError)) throw error;
    return [`the log of ${namespace}/${job} could not be read: ${error.message}`];
  }
  const chunks: Buffer[] = [];
  for await (const chunk of answer) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks)
    .toString()
    .split('\n')
    .filter((line) => line.trim() !== '');
}
