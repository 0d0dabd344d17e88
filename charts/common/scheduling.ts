import { z } from 'zod';
import { existingName, seconds } from './fields.ts';
import type { PodTemplateSpec } from './k8s.ts';
import { type Labelled, labelKeys, selectorLabels } from './labels.ts';
import { fewestPods, type Scaling } from './scaling.ts';

const qualified = /^([a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?\/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;

/** The name of a label or an annotation. */
const key = z.string().regex(qualified, 'must be a name such as team or example.com/team');

const labelValue = z
  .union([z.string(), z.number().transform(String), z.boolean().transform(String)])
  .refine((text) => /^([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$/.test(text), {
    message: 'must be letters, digits, "-", "_" and ".", at most 63 characters',
  });

const ours = (name: string): boolean =>
  (Object.values(labelKeys) as string[]).includes(name) || name.startsWith('repoctl.dev/');
const ownKey = key.refine((name) => !ours(name), 'is set by repoctl itself');

/** Labels of the pods, and of what makes them. */
export const labelsField = z
  .record(ownKey, labelValue)
  .optional()
  .describe('Labels of its pods and of their controllers, in addition to repoctl’s.');

/** Annotations of the pods, and of what makes them. */
export const annotationsField = z
  .record(
    ownKey.refine(
      (name) => !name.startsWith('container.apparmor.security.beta.kubernetes.io/'),
      'does not belong here: Pod Security reads it',
    ),
    z.union([z.string(), z.number().transform(String), z.boolean().transform(String)]),
  )
  .optional()
  .describe('Annotations of its pods and of their controllers.');

const effects = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'] as const;

const toleration = z
  .strictObject({
    key: key.optional().describe('Name of the taint. Default: every taint, with the operator Exists.'),
    operator: z.enum(['Equal', 'Exists']).optional().describe('Default: Equal if a value is given, otherwise Exists.'),
    value: labelValue.optional().describe('Value of the taint.'),
    effect: z.enum(effects).optional().describe('Effect of the taint. Default: any.'),
    tolerationSeconds: seconds.optional().describe('How long it stays on a node with the taint; for NoExecute.'),
  })
  .superRefine(({ key, operator, value, effect, tolerationSeconds }, context) => {
    const refuse = (path: string, message: string) => context.addIssue({ code: 'custom', path: [path], message });
    if (operator === 'Exists' && value !== undefined) refuse('value', 'does not go with the operator Exists');
    if (operator === 'Equal' && value === undefined) refuse('operator', 'needs a value');
    if (key === undefined && value !== undefined) refuse('value', 'needs a key');
    if (tolerationSeconds !== undefined && effect !== 'NoExecute')
      refuse('tolerationSeconds', 'needs the effect NoExecute');
  })
  .transform(({ operator, ...rest }) => ({
    operator: operator ?? (rest.value === undefined ? 'Exists' : 'Equal'),
    ...rest,
  }));

const spreading = z.union([
  key.transform((topologyKey): Spread => ({ topologyKey, maxSkew: 1, whenUnsatisfiable: 'ScheduleAnyway' })),
  z.strictObject({
    topologyKey: key.describe('Label of nodes, such as topology.kubernetes.io/zone or kubernetes.io/hostname.'),
    maxSkew: z
      .int()
      .min(1)
      .default(1)
      .describe('The largest allowed difference in pods between the fullest and the emptiest.'),
    whenUnsatisfiable: z
      .enum(['ScheduleAnyway', 'DoNotSchedule'])
      .default('ScheduleAnyway')
      .describe('What happens to a pod that would break the rule.'),
  }),
]);

interface Spread {
  readonly topologyKey: string;
  readonly maxSkew: number;
  readonly whenUnsatisfiable: 'ScheduleAnyway' | 'DoNotSchedule';
}

/** Where pods may run. */
export const schedulingFields = {
  nodeSelector: z.record(key, labelValue).optional().describe('Labels of the nodes that its pods may run on.'),
  tolerations: z.array(toleration).optional().describe('Taints of nodes that its pods tolerate.'),
  priorityClassName: existingName.optional().describe('Priority class of its pods; the cluster must have it.'),
  runtimeClassName: existingName.optional().describe('Runtime class of its pods; the cluster must have it.'),
  topologySpreadConstraints: z
    .array(spreading)
    .optional()
    .describe(
      'How its pods spread over nodes: labels of nodes, or `{topologyKey, maxSkew, whenUnsatisfiable}`. Only its own pods count.',
    ),
};

/** Where pods may run, as the configuration gives it. */
export type Scheduling = {
  readonly [Field in keyof typeof schedulingFields]?: z.output<(typeof schedulingFields)[Field]>;
};

/** Over what several pods spread without a word about it: nodes and zones, as far as there are some. */
const spreadPods = ['kubernetes.io/hostname', 'topology.kubernetes.io/zone'].map((topologyKey) => ({
  topologyKey,
  maxSkew: 1,
  whenUnsatisfiable: 'ScheduleAnyway' as const,
}));

/** That pods spread, if there are several on a real cluster. */
export const spread = (scaling: Scaling, development: boolean): Pick<Scheduling, 'topologySpreadConstraints'> =>
  !development && fewestPods(scaling) > 1 ? { topologySpreadConstraints: spreadPods } : {};

/** The same as a pod has it. */
export function schedulingPart(labelled: Labelled, given: Scheduling): Partial<NonNullable<PodTemplateSpec['spec']>> {
  const { nodeSelector, tolerations, priorityClassName, runtimeClassName, topologySpreadConstraints } = given;
  return {
    nodeSelector,
    tolerations,
    priorityClassName,
    runtimeClassName,
    topologySpreadConstraints: topologySpreadConstraints?.map((each) => ({
      ...each,
      labelSelector: { matchLabels: selectorLabels(labelled) },
    })),
  };
}
