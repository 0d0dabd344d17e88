import { describe, expect, test } from '@jest/globals';
import { assemble } from '../../../src/status/report/assemble.ts';
import { selected } from '../../../src/status/report/select.ts';
import type { Node, Pod, Workload } from '../../../src/status/rules/objects.ts';
import type { Snapshot } from '../../../src/status/snapshot/snapshot.ts';
import { ago, condition, event } from '../rules/fixtures/objects.ts';
import { crashedPodOf, deployment, namespace, podOf, snapshot, waitingPodOf } from './objects.ts';

const context = 'kind-dev';
const system = (kind: 'Deployment' | 'DaemonSet', name: string, ready: number, wanted = 1): Workload =>
  ({
    kind,
    metadata: { name, namespace: 'kube-system', creationTimestamp: ago(90_000) },
    spec: { replicas: wanted },
    status:
      kind === 'Deployment'
        ? { replicas: ready, updatedReplicas: ready, availableReplicas: ready, readyReplicas: ready }
        : { desiredNumberScheduled: wanted, updatedNumberScheduled: wanted, numberAvailable: ready },
  }) as Workload;
const node = (more: object = {}, conditions: object[] = []): Node => ({
  metadata: { name: 'node-1' },
  status: { conditions: [condition('Ready', 'True'), ...conditions] as never },
  ...more,
});
const minio = { workloads: [deployment('dev', 'minio', 1)], pods: [podOf('dev', 'minio')] };
const report = ({ workloads = [], pods = [], ...more }: Partial<Snapshot>) =>
  assemble(
    undefined,
    snapshot({
      namespaces: [namespace('dev'), namespace('shop')],
      workloads: [...minio.workloads, deployment('shop', 'api', 0), ...workloads],
      pods: [...minio.pods, ...pods],
      ...more,
    }),
    context,
  );
const causes = (given: Partial<Snapshot>) =>
  report(given).causes.map(({ object, health, victims }) => [object, `${health.status} ${health.reason}`, ...victims]);
const row = (given: Partial<Snapshot>) =>
  report(given)
    .tiers.flatMap(({ services }) => services)
    .find(({ object }) => object === 'shop-api')?.health;
const unscheduled = (more: Parameters<typeof podOf>[2] = {}): Pod =>
  podOf('shop', 'api', {
    phase: 'Pending',
    spec: { nodeName: undefined },
    meta: { creationTimestamp: ago(600) },
    conditions: [],
    status: { ready: false, state: undefined },
    ...more,
  });
const noNode = (message: string) =>
  unscheduled({ conditions: [condition('PodScheduled', 'False', { message, lastTransitionTime: ago(60) })] });
const lease = (name: string, seconds: number) => ({
  metadata: { name, namespace: 'kube-system' },
  spec: { renewTime: ago(seconds) },
});
const dnsDown = [system('Deployment', 'coredns', 0, 0)];

describe('the cluster’s own parts are named where they are the cause', () => {
  test.each<[string, Partial<Snapshot>, string[]]>([
    [
      'DNS, of what waits for something healthy',
      { workloads: dnsDown, pods: [waitingPodOf('shop', 'api', 'dev/minio')] },
      ['kube-system/coredns', 'degraded ScaledToZero', 'shop/shop-api'],
    ],
    [
      'DNS, of what says that a name can’t be resolved',
      {
        workloads: dnsDown,
        pods: [
          podOf('shop', 'api', {
            status: {
              ready: false,
              restartCount: 4,
              state: { waiting: { reason: 'CrashLoopBackOff' } },
              lastState: { terminated: { exitCode: 1, message: 'Error: getaddrinfo EAI_AGAIN dev-minio.dev' } },
            },
          }),
        ],
      },
      ['kube-system/coredns', 'degraded ScaledToZero', 'shop/shop-api'],
    ],
    [
      'the scheduler',
      { leases: [lease('kube-scheduler', 600)], pods: [unscheduled()] },
      ['kube-system/kube-scheduler', 'degraded NotRunning', 'shop/shop-api'],
    ],
    [
      'a cordoned node',
      {
        nodes: [node({ spec: { unschedulable: true } })],
        pods: [noNode('0/1 nodes are available: 1 node(s) were unschedulable.')],
      },
      ['node/node-1', 'degraded Cordoned', 'shop/shop-api'],
    ],
    [
      'a node that is not ready',
      { nodes: [{ ...node(), status: { conditions: [condition('Ready', 'Unknown')] } }], pods: [podOf('shop', 'api')] },
      ['node/node-1', 'unknown NodeNotReady', 'dev/dev-minio', 'shop/shop-api'],
    ],
    [
      'a node without room on its disk',
      {
        nodes: [node({}, [condition('DiskPressure', 'True')])],
        pods: [
          noNode('0/1 nodes are available: 1 node(s) had untolerated taint {node.kubernetes.io/disk-pressure: }.'),
        ],
      },
      ['node/node-1', 'degraded DiskPressure', 'shop/shop-api'],
    ],
    [
      'the pods’ network',
      {
        workloads: [system('DaemonSet', 'kindnet', 0)],
        pods: [
          podOf('shop', 'api', {
            phase: 'Pending',
            status: { ready: false, state: { waiting: { reason: 'ContainerCreating' } } },
          }),
        ],
        events: [
          event('FailedCreatePodSandBox', 'plugin type="cni" failed (add): no network', 5, {
            involvedObject: { kind: 'Pod', namespace: 'shop', name: 'shop-api-1' },
          }),
        ],
      },
      ['kube-system/kindnet', 'degraded ProgressDeadlineExceeded', 'shop/shop-api'],
    ],
  ])('%s', (_what, given, expected) => expect(causes(given)).toEqual([expected]));

  test('a webhook that does not answer', () => {
    const message =
      'Internal error occurred: failed calling webhook "a.b.c": failed to call webhook: Post "https://hook.guard.svc:443/x": connection refused';
    const refused = {
      ...deployment('shop', 'api', 0),
      status: { conditions: [condition('ReplicaFailure', 'True', { message })] },
    } as Workload;
    const found = assemble(undefined, snapshot({ namespaces: [namespace('shop')], workloads: [refused] }), context);
    expect(found.causes.map(({ object, health, victims }) => [object, health.reason, victims])).toEqual([
      ['guard/hook', 'WebhookFailed', ['shop/shop-api']],
    ]);
  });

  test('the storage provisioner, of a claim that gets no volume', () => {
    const claim = {
      kind: 'PersistentVolumeClaim' as const,
      metadata: { name: 'data', namespace: 'shop', creationTimestamp: ago(900) },
      spec: { storageClassName: 'standard' },
      status: { phase: 'Pending' },
    };
    const volumes = [{ name: 'd', persistentVolumeClaim: { claimName: 'data' } }];
    const provisioner = {
      ...system('Deployment', 'local-path-provisioner', 0, 0),
      metadata: { name: 'local-path-provisioner', namespace: 'local-path-storage' },
    };
    const given = {
      claims: [claim],
      workloads: [provisioner as Workload],
      pods: [unscheduled({ spec: { nodeName: undefined, volumes } })],
    };
    expect(causes(given)).toEqual([
      ['local-path-storage/local-path-provisioner', 'degraded ScaledToZero', 'shop/shop-api'],
    ]);
  });
});

describe('a part of the cluster', () => {
  test('is told first, in a tier of its own, with a command', () => {
    const [tier] = report({ workloads: dnsDown, pods: [podOf('shop', 'api')] }).tiers;
    expect(tier).toMatchObject({ name: 'cluster', tier: 'cluster', status: 'degraded' });
    expect(tier?.services[0]?.health).toMatchObject({
      cause: 'cluster DNS: it is scaled to zero',
      advice: 'kubectl --context kind-dev -n kube-system scale deployment/coredns --replicas=1',
    });
  });

  test('is not told when it is well, or when nobody suffers from it', () => {
    const well = [system('Deployment', 'coredns', 1), system('Deployment', 'metrics-server', 0, 0)];
    const cordoned = [node({ spec: { unschedulable: true } })];
    const tiers = report({ workloads: well, nodes: cordoned, pods: [crashedPodOf('shop', 'api')] }).tiers;
    expect(tiers.map(({ name }) => name)).toEqual(['shop', 'dev']);
  });

  test('is in the report on a project that suffers from it, and in no other', () => {
    const whole = report({
      nodes: [node({ spec: { unschedulable: true } })],
      pods: [noNode('0/1 nodes are available: 1 node(s) were unschedulable.')],
    });
    const names = (...args: Parameters<typeof selected>) => selected(...args).tiers.map(({ name }) => name);
    expect(names(whole, 'project', ['shop'])).toEqual(['cluster', 'shop']);
    expect(names(whole, 'global', [])).toEqual(['dev']);
  });

  test('is not blamed by what has a cause of its own', () => {
    expect(row({ workloads: dnsDown, pods: [crashedPodOf('shop', 'api')] })).toMatchObject({
      cause: expect.stringContaining('no space left'),
      reason: 'CrashLoopBackOff',
    });
  });
});

test('what waits for something healthy is asked why, and is not believed for long', () => {
  const pod = waitingPodOf('shop', 'api', 'dev/minio');
  const old = { ...pod, status: { ...pod.status, startTime: ago(300) } };
  const lastLines = new Map([['shop/shop-api-1/wait-dev--minio', 'no answer yet: connection refused']]);
  const ready = podOf('dev', 'minio', { conditions: [condition('Ready', 'True', { lastTransitionTime: ago(4000) })] });
  const found = assemble(
    undefined,
    snapshot({
      namespaces: [namespace('dev'), namespace('shop')],
      workloads: [...minio.workloads, deployment('shop', 'api', 0)],
      pods: [ready, old],
      lastLines,
    }),
    context,
  );
  const health = found.tiers.flatMap(({ services }) => services).find(({ object }) => object === 'shop-api')?.health;
  expect(health).toMatchObject({
    status: 'degraded',
    reason: 'WaitsInVain',
    cause:
      'waiting for dev/dev-minio for 30 s (wait-dev--minio, 1/1): no answer yet: connection refused; dev/dev-minio has been healthy for 5 min',
  });
});
