import type { PresetName } from '../../charts/model.ts';
import { type Given, projectObjectsOf } from './declared.ts';
import type { FieldCase } from './fields.ts';
import { containerOf, environmentOf, type Objects, one, podOf } from './objects.ts';
import { podFieldCases } from './pod-field-cases.ts';

/** A project `shop` with one workload, `shop-it`, of a kind. It builds two images and uses Redis. */
export const workloadObjects = (kind: string, settings: Given, profile?: PresetName): Objects =>
  projectObjectsOf(
    {
      images: { app: [], other: [] },
      uses: { redis: { database: 1 } },
      workloads: { it: { kind, ...settings } },
    },
    { profile },
  );

/** Cases of the fields that all kinds of workload have. */
export const workloadFieldCases = {
  image: { given: 'other', seen: (objects) => containerOf(objects).image, expected: 'shop-other:local' },
  args: { given: ['--verbose'], seen: (objects) => containerOf(objects).args, expected: ['--verbose'] },
  env: {
    given: { COLOUR: 'red', SIZE: 3, DRY: false },
    seen: (objects) => Object.entries(environmentOf(containerOf(objects))).slice(-3),
    expected: [
      ['COLOUR', 'red'],
      ['SIZE', '3'],
      ['DRY', 'false'],
    ],
  },
  after: {
    given: ['redis'],
    seen: (objects) => podOf(objects).initContainers?.map(({ name }) => name),
    expected: ['wait-redis'],
  },
  ...podFieldCases(),
} satisfies Record<string, FieldCase>;

/** The case of `command`, for the kinds that have one. */
export const commandCase: FieldCase = {
  given: ['/bin/serve', '--now'],
  seen: (objects) => containerOf(objects).command,
  expected: ['/bin/serve', '--now'],
};

/** The case of `localCommand`, for the kinds that have one: `command` is for real clusters. */
export const localCommandCase: FieldCase = {
  given: ['/bin/serve', '--reload'],
  beside: { command: ['/bin/serve'] },
  seen: (objects) => containerOf(objects).command,
  expected: ['/bin/serve', '--reload'],
};

/** The case of `autoscale`, for the kinds that have one. */
export const autoscaleCase: FieldCase = {
  profile: 'production',
  given: { min: 2, max: 6, cpu: 70 },
  seen: (objects) => {
    const kinds = ['HorizontalPodAutoscaler', 'PodDisruptionBudget'];
    const made = objects.filter(({ kind, metadata }) => kinds.includes(kind) && metadata?.name === 'shop-it');
    return [made.map(({ kind }) => kind), one(objects, 'Deployment').spec.replicas];
  },
  expected: [['HorizontalPodAutoscaler', 'PodDisruptionBudget'], undefined],
};

/** The case of `resources`. */
export const resourcesCase: FieldCase = {
  given: { requests: { cpu: '250m', memory: '100Mi' }, limits: { cpu: 3, memory: '3Gi' } },
  seen: (objects) => containerOf(objects).resources,
  expected: { requests: { cpu: '250m', memory: '100Mi' }, limits: { cpu: '3', memory: '3Gi' } },
};

/** The case of `startupSeconds`. */
export const startupCase: FieldCase = {
  given: 301,
  seen: (objects) => {
    const { periodSeconds, failureThreshold } = containerOf(objects).startupProbe;
    return periodSeconds * failureThreshold;
  },
  expected: 302,
};

/** The case of `stopSeconds`. */
export const stopCase: FieldCase = {
  given: 77,
  seen: (objects) => podOf(objects).terminationGracePeriodSeconds,
  expected: 77,
};
