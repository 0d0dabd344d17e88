import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Cluster } from '../../src/cluster/client.ts';
import { awaitHealth } from '../../src/lifecycle/await-health.ts';
import type { Shown } from '../../src/lifecycle/progress.ts';
import { FailureError, TimeoutError } from '../../src/platform/errors.ts';
import { ApiServer } from '../status/report/api-server.ts';
import { crashedPodOf, deployment, namespace, plan, planned, podOf, waitingPodOf } from '../status/report/objects.ts';
import { ago, waitingPod } from '../status/rules/fixtures/objects.ts';

const made = plan(planned('dev', { minio: [] }), planned('shop', { api: ['dev/dev-minio'] }));
let server: ApiServer;
let cluster: Cluster;
let shown: readonly Shown[];
beforeEach(async () => {
  server = new ApiServer();
  cluster = await server.start();
  for (const name of ['dev', 'shop']) server.put('namespaces', namespace(name));
  server.put('deployments', deployment('dev', 'minio', 1));
  server.put('pods', podOf('dev', 'minio'));
});
afterEach(() => server.stop());

const waited = (timeoutSeconds: number, objects?: readonly string[]) => {
  const show = (items: readonly Shown[]) => {
    shown = items;
  };
  const [, shop] = made.namespaces;
  return awaitHealth(cluster, shop ? [shop] : [], {
    plan: made,
    timeoutSeconds,
    objects,
    progress: { show, end: () => {} },
  });
};
const coredns = (replicas: number) => ({
  metadata: { name: 'coredns', namespace: 'kube-system', creationTimestamp: ago(9000) },
  spec: { replicas },
  status: { replicas, updatedReplicas: replicas, readyReplicas: replicas, availableReplicas: replicas },
});

describe('a start waits', () => {
  test('until what is planned is healthy; what was left behind holds up nothing', async () => {
    server.put('deployments', deployment('shop', 'api', 1));
    server.put('pods', podOf('shop', 'api'));
    server.put('deployments', deployment('shop', 'old', 0));
    await waited(5);
    expect(shown.map(({ object, health }) => `${object} ${health.status}`)).toEqual(['shop-api healthy']);
  });

  test('for a Cluster of CloudNativePG, which few clusters know', async () => {
    const object = 'shop-postgres';
    const controller = { kind: 'Cluster', name: object };
    const service = { name: 'postgres', kind: 'postgres', object, controller, ports: [], after: [] };
    const shop = { ...planned('shop', {}), services: [service] };
    const healthy = {
      metadata: { ...deployment('shop', 'postgres', 1).metadata, name: object },
      spec: { instances: 1 },
      status: { phase: 'Cluster in healthy state', readyInstances: 1, currentPrimary: 'shop-postgres-1' },
    };
    server.put('clusters', healthy);
    const show = (items: readonly Shown[]) => {
      shown = items;
    };
    await awaitHealth(cluster, [shop], { plan: plan(shop), timeoutSeconds: 5, progress: { show, end: () => {} } });
    expect(shown.map(({ object, health }) => `${object} ${health.status}`)).toEqual(['shop-postgres healthy']);
  });

  test('for nothing at all where there is nothing to wait for', async () => {
    const progress = { show: () => {}, end: () => {} };
    await awaitHealth(cluster, [], { plan: made, timeoutSeconds: 5, progress });
    expect(server.requests).toEqual([]);
  });

  test('for some objects only, if they are named', async () => {
    server.put('deployments', deployment('shop', 'api', 0));
    server.put('pods', crashedPodOf('shop', 'api'));
    await waited(5, []);
    await expect(waited(1, ['shop-api'])).rejects.toThrow(TimeoutError);
  });

  test('and names the part of the cluster that is the cause, as status does', async () => {
    server.put('deployments', coredns(0));
    server.put('deployments', deployment('shop', 'api', 0));
    server.put('pods', waitingPodOf('shop', 'api', 'dev/dev-minio'));
    const failed = await waited(1).catch((error: unknown) => error);
    expect(failed).toBeInstanceOf(TimeoutError);
    expect((failed as TimeoutError).message).toContain(
      'shop-api: PodInitializing: waiting for kube-system/coredns, which is in ScaledToZero: cluster DNS: it is scaled to zero',
    );
    expect((failed as TimeoutError).advice).toMatch(/scale deployment\/coredns --replicas=1$/);
    expect(shown.map(({ object }) => object)).toEqual(['shop-api', 'coredns']);
  });

  test('no longer than until something can’t become healthy', async () => {
    server.put('deployments', deployment('shop', 'api', 0));
    const { spec, status } = waitingPod('InvalidImageName', 'Failed to apply default image tag "::"');
    server.put('pods', { ...podOf('shop', 'api'), spec, status } as never);
    const failed = await waited(60).catch((error: unknown) => error);
    expect(failed).toBeInstanceOf(FailureError);
    expect((failed as FailureError).message).toMatch(/^shop-api: InvalidImageName: .*\nThe rest stays as it is$/s);
  });

  test('and ends with its signal’s reason', async () => {
    server.put('deployments', deployment('shop', 'api', 0));
    const [, shop] = made.namespaces;
    const waiting = awaitHealth(cluster, shop ? [shop] : [], {
      plan: made,
      timeoutSeconds: 60,
      progress: { show: () => {}, end: () => {} },
      signal: AbortSignal.timeout(300),
    });
    await expect(waiting).rejects.toThrow(/timeout/);
  });
});
