import { describe, expect, test } from '@jest/globals';
import { globalObjects, projectObjects } from '../../charts/app.ts';
import { declareEnvironment, declareProject, type Given, type ManifestObject } from './declared.ts';
import { identity } from './objects.ts';

const resources = (cpu: string, memory: string) => ({ requests: { cpu, memory }, limits: { cpu, memory } });

function made(workloads: Readonly<Record<string, Given>>, added: readonly ManifestObject[] = [], quota = true) {
  const manifests = [{ path: 'backends/shop/infra/manifests/a.yaml', objects: added }];
  const project = declareProject({ workloads, manifests });
  const environment = declareEnvironment([project], {});
  const profile = { ...environment.profiles.production, quota };
  return { environment, profile, objects: projectObjects(environment, profile, project).objects };
}

const spec = (objects: readonly ManifestObject[], kind: string) =>
  objects.find((each) => each.kind === kind)?.spec as
    | { hard: Record<string, string>; limits: Record<string, Record<string, string>>[] }
    | undefined;
const hard = (workloads: Readonly<Record<string, Given>>, added?: readonly ManifestObject[]) =>
  spec(made(workloads, added).objects, 'ResourceQuota')?.hard;

const api = { kind: 'http', port: 80, resources: resources('500m', '1Gi') };

describe('the quota of a namespace', () => {
  test('has room for a rolling update whose old pod still ends, and for one more pod', () => {
    expect(hard({ api: { ...api, replicas: 3 } })).toEqual({
      pods: '6',
      'requests.cpu': '3',
      'requests.memory': '6Gi',
      'requests.ephemeral-storage': '384Mi',
      'limits.cpu': '3',
      'limits.memory': '6Gi',
      'limits.ephemeral-storage': '6Gi',
    });
  });

  test('counts as many pods as an autoscaler may make', () => {
    expect(hard({ api: { ...api, autoscale: { max: 10, cpu: 70 } } })?.pods).toBe('13');
    const queues = [{ list: 'celery', perPod: 5 }];
    expect(hard({ api: { ...api, autoscale: { max: 20, queues } } })?.pods).toBe('23');
  });

  test('counts a job twice, since one of an earlier version may run', () => {
    expect(hard({ migrate: { kind: 'job', resources: resources('1', '1Gi') } })).toMatchObject({
      pods: '3',
      'requests.cpu': '3',
    });
  });

  test('counts what starts before as long as it is more than what runs then', () => {
    const first = (cpu: string) => ({ prepare: { image: 'busybox:1.37', resources: resources(cpu, '1Gi') } });
    const cpu = (init: string) => hard({ api: { ...api, replicas: 1, initContainers: first(init) } })?.['requests.cpu'];
    expect([cpu('100m'), cpu('2')]).toEqual(['2', '8']);
    const sidecars = { proxy: { image: 'busybox:1.37', resources: resources('250m', '1Gi') } };
    expect(hard({ api: { ...api, sidecars } })?.['requests.cpu']).toBe('3');
  });

  test('counts what nodes add by its requests', () => {
    const gpu = { limits: { cpu: '1', memory: '1Gi', 'nvidia.com/gpu': 2 } };
    const given = hard({ train: { kind: 'worker', health: { tcp: 1 }, resources: gpu } });
    expect(given).toMatchObject({ 'requests.nvidia.com/gpu': '8' });
    expect(Object.keys(given ?? {})).not.toContain('limits.nvidia.com/gpu');
  });

  const daemon = (kind: string, apiVersion: string): ManifestObject => ({
    apiVersion,
    kind,
    metadata: { name: 'shop-agent' },
    spec: {
      selector: { matchLabels: { app: 'agent' } },
      template: { metadata: { labels: { app: 'agent' } }, spec: { containers: [{ name: 'a', image: 'a:1' }] } },
    },
  });

  test.each([
    ['DaemonSet', 'apps/v1'],
    ['Rollout', 'argoproj.io/v1alpha1'],
  ])('is left out where nobody can tell how many pods there are: %s', (kind, apiVersion) => {
    expect(hard({ api }, [daemon(kind, apiVersion)])).toBeUndefined();
  });

  test('is there in the global tier, too, and nowhere if the profile says so', () => {
    const { environment, profile, objects } = made({ api }, [], false);
    expect(objects.map(identity)).not.toContain('ResourceQuota/shop-quota');
    const global = declareEnvironment([], { redis: {} });
    expect(globalObjects(global, global.profiles.production).objects.slice(0, 3).map(identity)).toEqual([
      'Namespace/dev',
      'ResourceQuota/dev-quota',
      'LimitRange/dev-limits',
    ]);
    expect(globalObjects(environment, profile).objects.map(identity)).toEqual([
      'Namespace/dev',
      'NetworkPolicy/dev-default-deny',
    ]);
  });
});

test('a container that states nothing gets a little, and none more than the largest', () => {
  const [limit] =
    spec(made({ api: { ...api, resources: resources('250m', '2Gi') } }).objects, 'LimitRange')?.limits ?? [];
  expect(limit).toEqual({
    type: 'Container',
    default: { cpu: '250m', memory: '256Mi', 'ephemeral-storage': '1Gi' },
    defaultRequest: { cpu: '50m', memory: '64Mi', 'ephemeral-storage': '64Mi' },
    max: { cpu: '250m', memory: '2Gi', 'ephemeral-storage': '1Gi' },
  });
});
