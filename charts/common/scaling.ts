import { z } from 'zod';

/** Number of pods. */
export const replicas = z.int().min(0).max(1000).default(1).describe('Number of pods.');

const percent = z.int().min(1).max(100);

/** How many pods a Deployment has as load asks for. */
export const autoscaleField = z
  .strictObject({
    min: z.int().min(1).max(1000).default(2).describe('Fewest pods.'),
    max: z.int().min(1).max(1000).describe('Most pods.'),
    cpu: percent.optional().describe('Percent of the requested CPU that they use on average.'),
    memory: percent.optional().describe('Percent of the requested memory that they use on average.'),
  })
  .superRefine(({ min, max, cpu, memory }, context) => {
    const refuse = (path: string[], message: string) => context.addIssue({ code: 'custom', path, message });
    if (min > max) refuse(['max'], `must be at least min, which is ${min}`);
    if (cpu === undefined && memory === undefined) refuse([], 'needs cpu or memory');
  })
  .optional()
  .describe(
    'Has Kubernetes set the number of pods by their load, in place of `replicas`: a HorizontalPodAutoscaler, which needs the ' +
      'metrics server. Development has `replicas` pods.',
  );

/** The number of pods, as the configuration gives it. */
export interface Scaling {
  readonly replicas?: number;
  readonly autoscale?: z.output<typeof autoscaleField>;
}

/** The number that a manifest has; none where Kubernetes sets it, or each new apply would take it back. */
export const statedReplicas = (
  { replicas, autoscale }: Scaling & { readonly replicas: number },
  development: boolean,
): number | undefined => (autoscale && !development ? undefined : replicas);

/** How many pods there are at least. */
export const fewestPods = ({ replicas = 1, autoscale }: Scaling): number => autoscale?.min ?? replicas;
