import { z } from 'zod';
import { existingName } from './fields.ts';

/** Number of pods. */
export const replicas = z.int().min(0).max(1000).default(1).describe('Number of pods.');

const percent = z.int().min(1).max(100);

const serviceName = (kind: string) =>
  z
    .string()
    .min(1)
    .default(kind.toLowerCase())
    .describe(`The ${kind} that has it: a service of the project, or one under \`uses\`.`);

const asked = {
  perPod: z.int().min(1).describe('How many messages may wait for each pod.'),
  authentication: existingName
    .optional()
    .describe(
      'A TriggerAuthentication of KEDA with the address and the login, which is there already. Required where Redis is managed: ' +
        'KEDA takes no URL of it.',
    ),
};

const list = z.strictObject({
  list: z.string().min(1).describe('Key of a list in Redis, such as a queue of Celery.'),
  service: serviceName('Redis'),
  ...asked,
});

const stream = z.strictObject({
  stream: z.string().min(1).describe('Key of a stream in Redis 7 or newer.'),
  group: z.string().min(1).describe('Its consumer group, whose entries that nobody has read yet are counted.'),
  service: serviceName('Redis'),
  ...asked,
});

const queue = z.strictObject({
  queue: z.string().min(1).describe('Name of a queue in RabbitMQ, in the vhost of the project.'),
  service: serviceName('RabbitMQ'),
  ...asked,
});

/** A queue by whose length a workload is scaled. */
const waiting = z
  .union([list, stream, queue])
  .describe('One of `{list, perPod}`, `{stream, group, perPod}`, `{queue, perPod}`.');

/** A queue by whose length a workload is scaled, as the configuration gives it. */
export type Waiting = z.output<typeof waiting>;

/** How many pods a Deployment has as load asks for. */
export const autoscaleField = z
  .strictObject({
    min: z.int().min(0).max(1000).default(2).describe('Fewest pods; 0 with `queues` only.'),
    max: z.int().min(1).max(1000).describe('Most pods.'),
    cpu: percent.optional().describe('Percent of the requested CPU that they use on average.'),
    memory: percent.optional().describe('Percent of the requested memory that they use on average.'),
    queues: z
      .array(waiting)
      .min(1)
      .optional()
      .describe(
        'What waits for them: `{list, perPod}` and `{stream, group, perPod}` in Redis, `{queue, perPod}` in RabbitMQ. Needs KEDA, which ' +
          'a ScaledObject then asks instead of a HorizontalPodAutoscaler.',
      ),
  })
  .superRefine(({ min, max, cpu, memory, queues }, context) => {
    const refuse = (path: string[], message: string) => context.addIssue({ code: 'custom', path, message });
    if (min > max) refuse(['max'], `must be at least min, which is ${min}`);
    if (min === 0 && !queues)
      refuse(['min'], 'must be at least 1 without queues, which tell when the first pod is needed');
    if (cpu === undefined && memory === undefined && !queues) refuse([], 'needs cpu, memory or queues');
  })
  .optional()
  .describe(
    'Has Kubernetes set the number of pods by their load, in place of `replicas`: a HorizontalPodAutoscaler, which needs the ' +
      'metrics server, or with `queues` a ScaledObject of KEDA. Development has `replicas` pods.',
  );

/** The number of pods, as the configuration gives it. */
export interface Scaling {
  readonly replicas?: number;
  readonly autoscale?: z.output<typeof autoscaleField>;
}

/** The queues by whose length a workload is scaled. */
export const queuesOf = (settings: unknown): readonly Waiting[] => (settings as Scaling).autoscale?.queues ?? [];

/** The number that a manifest has; none where Kubernetes sets it, or each new apply would take it back. */
export const statedReplicas = (
  { replicas, autoscale }: Scaling & { readonly replicas: number },
  development: boolean,
): number | undefined => (autoscale && !development ? undefined : replicas);

/** How many pods there are at least. */
export const fewestPods = ({ replicas = 1, autoscale }: Scaling): number => autoscale?.min ?? replicas;
