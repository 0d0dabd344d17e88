import { describe, expect, test } from '@jest/globals';
import type { PresetName } from '../../../charts/model.ts';
import { type Given, projectObjectsOf } from '../declared.ts';
import { identity, one, podOf } from '../objects.ts';

const build = (workload: Given, profile: PresetName = 'production') =>
  projectObjectsOf({ workloads: { api: { kind: 'http', port: 80, ...workload } } }, { profile });
const spec = (objects: ReturnType<typeof build>, kind: string) => objects.find((each) => each.kind === kind)?.spec;
const kinds = ['HorizontalPodAutoscaler', 'PodDisruptionBudget'];
const made = (objects: ReturnType<typeof build>) =>
  objects.map(identity).filter((each) => kinds.includes(each.split('/')[0] ?? ''));

const selector = {
  'app.kubernetes.io/name': 'api',
  'app.kubernetes.io/instance': 'shop-api',
  'repoctl.dev/tier': 'project',
  'repoctl.dev/project': 'shop',
};

describe('several pods', () => {
  const objects = build({ replicas: 3 });

  test('leave their nodes one at a time, and those that never became ready at once', () => {
    expect(spec(objects, 'PodDisruptionBudget')).toEqual({
      maxUnavailable: 1,
      unhealthyPodEvictionPolicy: 'AlwaysAllow',
      selector: { matchLabels: selector },
    });
  });

  test('spread over nodes and zones, but for what is said', () => {
    const keys = (given: Given) => podOf(build(given)).topologySpreadConstraints?.map(({ topologyKey }) => topologyKey);
    expect(keys({ replicas: 2 })).toEqual(['kubernetes.io/hostname', 'topology.kubernetes.io/zone']);
    expect(keys({ replicas: 2, topologySpreadConstraints: ['example.com/rack'] })).toEqual(['example.com/rack']);
  });

  test('are replaced without a lost one, after they have drained', () => {
    expect(one(objects, 'Deployment').spec.strategy).toEqual({
      type: 'RollingUpdate',
      rollingUpdate: { maxSurge: 1, maxUnavailable: 0 },
    });
    const [container] = podOf(objects).containers;
    expect(container?.lifecycle).toEqual({ preStop: { sleep: { seconds: 5 } } });
    expect(container?.readinessProbe).toBeDefined();
    expect(podOf(objects).terminationGracePeriodSeconds).toBe(35);
  });

  test('are nothing but pods in development', () => {
    const local = build({ replicas: 3, autoscale: { min: 2, max: 9, cpu: 50 } }, 'local');
    expect(made(local)).toEqual([]);
    expect(one(local, 'Deployment').spec.replicas).toBe(3);
    expect(podOf(local).topologySpreadConstraints).toBeUndefined();
  });
});

test('one pod alone keeps no node from being drained', () => {
  expect(made(build({}))).toEqual([]);
  expect(made(build({ autoscale: { min: 1, max: 4, cpu: 60 } }))).toEqual(['HorizontalPodAutoscaler/shop-api']);
});

test('what Kubernetes scales states no number, so that no apply takes it back', () => {
  const objects = build({ replicas: 3, autoscale: { max: 8, cpu: 70, memory: 80 } });
  expect('replicas' in one(objects, 'Deployment').spec).toBe(false);
  const resource = (name: string, averageUtilization: number) => ({
    type: 'Resource',
    resource: { name, target: { type: 'Utilization', averageUtilization } },
  });
  expect(spec(objects, 'HorizontalPodAutoscaler')).toEqual({
    scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'shop-api' },
    minReplicas: 2,
    maxReplicas: 8,
    metrics: [resource('cpu', 70), resource('memory', 80)],
  });
});

describe('what waits in queues', () => {
  const queues = [
    { list: 'celery', perPod: 10 },
    { stream: 'cards', group: 'ingest', perPod: 100 },
    { queue: 'mails', perPod: 5 },
  ];
  const given = (autoscale: Given) => ({
    uses: { redis: { database: 3 } },
    services: { rabbitmq: {} },
    workloads: { api: { kind: 'http', port: 80, autoscale } },
  });
  const objects = projectObjectsOf(given({ min: 0, max: 20, cpu: 70, queues }), { profile: 'production' });

  test('has KEDA set the number of pods, with the variables of the workload itself', () => {
    const redis = {
      address: 'dev-redis.dev.svc:6379',
      username: 'default',
      passwordFromEnv: 'REDIS_PASSWORD',
      databaseIndex: '3',
    };
    expect(spec(objects, 'ScaledObject')).toEqual({
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'shop-api' },
      minReplicaCount: 0,
      maxReplicaCount: 20,
      triggers: [
        { type: 'redis', metadata: { ...redis, listName: 'celery', listLength: '10' } },
        { type: 'redis-streams', metadata: { ...redis, stream: 'cards', consumerGroup: 'ingest', lagCount: '100' } },
        {
          type: 'rabbitmq',
          metadata: { hostFromEnv: 'RABBITMQ_URL', queueName: 'mails', mode: 'QueueLength', value: '5' },
        },
        { type: 'cpu', metricType: 'Utilization', metadata: { value: '70' } },
      ],
    });
    const names = podOf(objects, 'shop-api').containers[0]?.env?.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['REDIS_PASSWORD', 'RABBITMQ_URL']));
  });

  test('leaves no number in the manifest, no HorizontalPodAutoscaler and, from none on, no budget', () => {
    expect(made(objects)).toEqual([]);
    expect('replicas' in one(objects, 'Deployment').spec).toBe(false);
  });

  test('tells the health report where it may leave no pod', () => {
    const labels = (min: number) =>
      one(
        projectObjectsOf(given({ min, max: 3, queues: [{ list: 'celery', perPod: 10 }] }), { profile: 'production' }),
        'Deployment',
      ).metadata.labels;
    expect(labels(0)).toMatchObject({ 'repoctl.dev/scales-to-zero': 'true' });
    expect(labels(1)).not.toHaveProperty('repoctl.dev/scales-to-zero');
  });

  test('is asked for with a login that is there, where one is named', () => {
    const own = [{ list: 'celery', perPod: 10, authentication: 'cache' }];
    expect(
      spec(projectObjectsOf(given({ max: 3, queues: own }), { profile: 'production' }), 'ScaledObject'),
    ).toMatchObject({
      triggers: [
        { type: 'redis', metadata: { listName: 'celery', listLength: '10' }, authenticationRef: { name: 'cache' } },
      ],
    });
  });

  test('is nothing in development, and gives way to an autoscaler of the project’s own', () => {
    const local = projectObjectsOf(given({ max: 3, queues }), { profile: 'local' });
    expect(spec(local, 'ScaledObject')).toBeUndefined();
    const own = {
      apiVersion: 'autoscaling/v2',
      kind: 'HorizontalPodAutoscaler',
      metadata: { name: 'own' },
      spec: { scaleTargetRef: { kind: 'Deployment', name: 'shop-api' }, maxReplicas: 3 },
    };
    const manifests = [{ path: 'backends/shop/infra/manifests/a.yaml', objects: [own] }];
    const replaced = projectObjectsOf({ ...given({ max: 3, queues }), manifests }, { profile: 'production' });
    expect(spec(replaced, 'ScaledObject')).toBeUndefined();
  });
});

test('gives way to what the project adds for the same pods', () => {
  const budget = (name: string, labels: Readonly<Record<string, string>>) => ({
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: { name },
    spec: { minAvailable: 1, selector: { matchLabels: labels } },
  });
  const withBudget = (labels: Readonly<Record<string, string>>) =>
    projectObjectsOf(
      {
        workloads: { api: { kind: 'http', port: 80, replicas: 2 } },
        manifests: [{ path: 'backends/shop/infra/manifests/a.yaml', objects: [budget('own', labels)] }],
      },
      { profile: 'production' },
    );
  expect(made(withBudget({ 'app.kubernetes.io/name': 'api' }))).toEqual(['PodDisruptionBudget/own']);
  expect(made(withBudget({ 'app.kubernetes.io/name': 'other' }))).toHaveLength(2);
});

test('a job has none of it', () => {
  const objects = projectObjectsOf({ workloads: { migrate: { kind: 'job' } } }, { profile: 'production' });
  expect(made(objects)).toEqual([]);
});
