import type { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import { z } from 'zod';
import { resources, seconds } from '../common/fields.ts';
import { addCronJob } from '../common/k8s.ts';
import type { Workload, WorkloadContext, WorkloadKind } from '../common/kind.ts';
import { controllerMetadata, podTemplate } from '../common/pod.ts';
import { scheduleField, timeZoneField } from '../common/schedule-fields.ts';
import { commandField, stopSeconds, workloadFields } from '../common/workload-fields.ts';
import { workloadPod } from '../common/workload-pod.ts';

const component = 'cronjob';

const schema = z.strictObject({
  ...workloadFields,
  command: commandField,
  schedule: scheduleField,
  timeZone: timeZoneField,
  overlap: z
    .enum(['Allow', 'Forbid', 'Replace'])
    .default('Forbid')
    .describe('What happens when a run is due while another one is running (`concurrencyPolicy`).'),
  timeLimitSeconds: seconds.min(1).default(3600).describe('The longest time of a run.'),
  mayFail: z
    .boolean()
    .default(false)
    .describe('Whether a run that failed is only a warning in `repoctl status`, which `--wait` does not wait for.'),
  retries: z.int().min(0).max(100).default(2).describe('How many times a failed run is tried again.'),
  stopSeconds,
  resources: resources(['50m', '64Mi'], ['1', '512Mi']),
});

type CronJobSettings = z.output<typeof schema>;

/** A process that runs on a schedule. */
export class ProjectCronJob extends Construct {
  readonly cronJob: ApiObject;

  constructor(scope: Construct, workload: Workload<CronJobSettings>, context: WorkloadContext) {
    super(scope, workload.name);
    const { settings } = workload;
    const pod = workloadPod(workload, component, context);
    const metadata = controllerMetadata(pod);
    this.cronJob = addCronJob(this, 'cron-job', {
      metadata,
      spec: {
        schedule: settings.schedule,
        suspend: false,
        timeZone: settings.timeZone,
        concurrencyPolicy: settings.overlap,
        // A run that was missed because the cluster slept is made up for within five minutes, later ones are skipped.
        startingDeadlineSeconds: 300,
        successfulJobsHistoryLimit: 3,
        failedJobsHistoryLimit: 3,
        jobTemplate: {
          metadata: { labels: metadata.labels },
          spec: {
            backoffLimit: settings.retries,
            activeDeadlineSeconds: settings.timeLimitSeconds,
            template: podTemplate({ ...pod, restartPolicy: 'Never' }),
          },
        },
      },
    });
    this.node.defaultChild = this.cronJob;
  }
}

export const cronJob: WorkloadKind<CronJobSettings> = {
  summary: 'A process that runs on a schedule: a CronJob.',
  component,
  schema,
  controller: 'CronJob',
  ports: () => [],
  build: (scope, workload, context) => new ProjectCronJob(scope, workload, context),
};
