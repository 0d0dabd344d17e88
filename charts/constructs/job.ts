import type { Construct } from 'constructs';
import { z } from 'zod';
import { command, resources, seconds } from '../common/fields.ts';
import type { Workload, WorkloadContext, WorkloadKind } from '../common/kind.ts';
import { commandField, stopSeconds, workloadFields } from '../common/workload-fields.ts';
import { workloadPod } from '../common/workload-pod.ts';
import { HashedJob } from './hashed-job.ts';

const component = 'job';

const schema = z.strictObject({
  ...workloadFields,
  command: commandField,
  check: command
    .optional()
    .describe(
      'Program in the same image that exits 0 once the job has done its work. Workloads that are `after` the job wait ' +
        'for it; without `check`, no workload can be `after` the job. Needs sh in the image.',
    ),
  timeLimitSeconds: seconds.min(1).default(900).describe('The longest time of all its tries together.'),
  retries: z.int().min(0).max(100).default(6).describe('How many times it is tried again when it fails.'),
  stopSeconds,
  resources: resources(['50m', '64Mi'], ['1', '512Mi']),
});

type JobSettings = z.output<typeof schema>;

/** A process that runs once for each version of its image and settings, for instance migrations. */
export class ProjectJob extends HashedJob {
  constructor(scope: Construct, workload: Workload<JobSettings>, context: WorkloadContext) {
    const { timeLimitSeconds, retries } = workload.settings;
    super(scope, workload.name, { ...workloadPod(workload, component, context), timeLimitSeconds, retries });
  }
}

export const job: WorkloadKind<JobSettings> = {
  summary: 'A process that runs once for each version of its image and settings, for instance migrations: a Job.',
  component,
  schema,
  controller: 'Job',
  check: ({ settings }, image) => settings.check && { image, command: settings.check },
  ports: () => [],
  build: (scope, workload, context) => new ProjectJob(scope, workload, context),
};
