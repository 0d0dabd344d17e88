import { Testing } from 'cdk8s';
import type { Construct } from 'constructs';
import type { Labelled } from '../../charts/common/labels.ts';
import type { ContainerProps, PodProps } from '../../charts/common/pod.ts';
import type { Objects } from './objects.ts';

export const labelled: Labelled = {
  name: 'api',
  object: 'shop-api',
  component: 'http',
  owner: { environment: 'dev', tier: 'project', project: 'shop' },
};

/** A container of which only the least is said. */
export const minimalContainer: ContainerProps = {
  name: 'api',
  image: 'shop-app:local',
  resources: { requests: { cpu: '50m', memory: '64Mi' }, limits: { cpu: '1', memory: '256Mi' } },
};

/** A pod of which only the least is said. */
export const minimalPod: PodProps = { labelled, user: 1000, graceSeconds: 30, container: minimalContainer };

/** What constructs become, without the fields that are not set. */
export function synthesized(build: (scope: Construct) => void): Objects {
  const chart = Testing.chart();
  build(chart);
  return JSON.parse(JSON.stringify(Testing.synth(chart)));
}
