import { labelKeys, ownerPart } from '../../charts/common/labels.ts';
import type { ManifestObject } from '../../charts/common/manifest-object.ts';
import type { Cluster } from '../cluster/client.ts';
import { removeAndWait } from '../cluster/remove-and-wait.ts';
import { eachOf } from '../platform/each-of.ts';
import { TimeoutError } from '../platform/errors.ts';
import { poll } from '../platform/poll.ts';
import type { PlannedNamespace } from '../synth/plan.ts';

interface Job extends ManifestObject {
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Record<string, string>;
    readonly ownerReferences?: readonly unknown[];
  };
  readonly status?: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
}

interface Pod extends ManifestObject {
  readonly status?: {
    readonly containerStatuses?: readonly { readonly state?: { readonly running?: object } }[];
  };
}

export interface EarlierJobsOptions {
  /** How long one that runs is waited for, in seconds. */
  readonly timeoutSeconds: number;
  readonly report: (line: string) => void;
  readonly signal?: AbortSignal;
}

/**
 * Ends earlier jobs of a workload before the new one is applied: two migrations would change the
 * same tables. One that does its work is waited for; one that hangs before it, such as at a bad image, is removed.
 *
 * @throws TimeoutError if one still runs
 */
export async function endEarlierJobs(
  cluster: Cluster,
  { name: namespace, labels, workloads }: PlannedNamespace,
  { timeoutSeconds, report, signal }: EarlierJobsOptions,
): Promise<void> {
  const { [labelKeys.managedBy]: _tool, ...own } = ownerPart(labels);
  const wanted = new Set(workloads.map(({ controller }) => controller?.name));
  const jobs = await cluster.list<Job>('Job', { namespace, labels: own });
  // The run of a cron job also has a name that ends in eight digits, and is nobody's predecessor.
  const named = ({ metadata: { name, ownerReferences = [] } }: Job) =>
    ownerReferences.length === 0 && workloads.some(({ object }) => new RegExp(`^${object}-[0-9a-f]{8}$`).test(name));
  const earlier = jobs.filter((job) => !wanted.has(job.metadata.name) && named(job) && !hasEnded(job));
  await eachOf(earlier, (job) =>
    poll(
      async (waiting) => {
        const now = await cluster.get<Job>(job);
        if (!now || hasEnded(now)) return true;
        if (await isWorking(cluster, now)) return waiting(`job ${job.metadata.name} of the last deployment still runs`);
        report(`removed job ${job.metadata.name} of the last deployment, which has not begun its work`);
        await removeAndWait(cluster, job, { signal });
        return true;
      },
      () =>
        new TimeoutError(
          `job ${job.metadata.name} of the last deployment still runs after ${timeoutSeconds} s; its successor must not run beside it`,
          `kubectl --context ${cluster.context} logs -n ${namespace} job/${job.metadata.name}; delete it if it hangs`,
        ),
      { timeout: timeoutSeconds * 1000, signal, report },
    ),
  );
}

export const hasEnded = ({ status }: ManifestObject): boolean =>
  ((status as Job['status'])?.conditions ?? []).some(
    ({ type, status: value }) => value === 'True' && (type === 'Complete' || type === 'Failed'),
  );

async function isWorking(cluster: Cluster, { metadata }: Job): Promise<boolean> {
  const labels = { 'batch.kubernetes.io/job-name': metadata.name };
  const pods = await cluster.list<Pod>('Pod', { namespace: metadata.namespace, labels });
  return pods.some(({ status }) => status?.containerStatuses?.some(({ state }) => state?.running !== undefined));
}
