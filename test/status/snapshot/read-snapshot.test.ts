import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Cluster } from '../../../src/cluster/client.ts';
import { readSnapshot } from '../../../src/status/snapshot/read-snapshot.ts';
import { ApiServer } from '../report/api-server.ts';
import { deployment, namespace, podOf } from '../report/objects.ts';

let server: ApiServer;
let cluster: Cluster;
beforeEach(async () => {
  server = new ApiServer();
  cluster = await server.start();
});
afterEach(() => server.stop());

const read = (known: readonly string[] = [], needsEvents = false) =>
  readSnapshot(cluster, { environment: 'dev', known }, () => needsEvents);

function fill(namespaces: number): void {
  for (let index = 0; index < namespaces; index += 1) {
    const name = `shop-${index}`;
    server.put('namespaces', namespace(name));
    server.put('deployments', deployment(name, 'api', 1));
    server.put('pods', podOf(name, 'api'));
  }
}

describe('a snapshot', () => {
  test('takes as many requests of many namespaces as of one, and asks for events only if they are needed', async () => {
    fill(1);
    await read();
    const few = server.requests.length;
    fill(200);
    server.requests.length = 0;
    const snapshot = await read();
    expect([snapshot.pods.length, snapshot.workloads.length]).toEqual([200, 200]);
    expect(server.requests).toHaveLength(few);
    expect(server.requests.some(({ pathname }) => pathname.endsWith('/events'))).toBe(false);
    server.requests.length = 0;
    await read([], true);
    const asked = (path: string) => server.requests.filter(({ pathname }) => pathname.endsWith(path)).length;
    // Warnings of everything; and what is said of claims if one has no volume.
    const causes = () => [asked('/events'), asked('/leases'), asked('/storageclasses'), server.requests.length - few];
    expect(causes()).toEqual([1, 1, 0, 3]);
    server.put('persistentvolumeclaims', {
      ...({ spec: {}, status: { phase: 'Pending' } } as object),
      metadata: { name: 'data', namespace: 'shop-1' },
    });
    server.requests.length = 0;
    await read([], true);
    expect(causes()).toEqual([2, 1, 1, 5]);
  });

  test('is read in pages', async () => {
    fill(501);
    expect((await read()).pods).toHaveLength(501);
    expect(server.requests.filter(({ searchParams }) => searchParams.get('continue') === '500')).not.toHaveLength(0);
  });

  test('keeps nothing of an object that nobody asks for', async () => {
    const pod = podOf('shop', 'api');
    const spec = { ...pod.spec, containers: [{ name: 'api', image: 'a', env: [{ name: 'PASSWORD', value: 'x' }] }] };
    server.put('pods', { ...pod, spec, metadata: { ...pod.metadata, managedFields: [] } } as never);
    const { pods } = await read();
    expect(JSON.stringify(pods)).toContain('"image":"a"');
    expect(JSON.stringify(pods)).not.toMatch(/PASSWORD|managedFields|resourceVersion/);
  });

  test('keeps once what many pods have alike, so that 100,000 fit', async () => {
    for (const name of ['shop-api-1', 'shop-api-2'])
      server.put(
        'pods',
        podOf('shop', 'api', { meta: { name, ownerReferences: [{ kind: 'ReplicaSet', name: 'x' }] } }),
      );
    const [one, other] = (await read()).pods;
    expect(one?.metadata.name).not.toBe(other?.metadata.name);
    expect(one?.spec.containers).toBe(other?.spec.containers);
    expect(one?.metadata.labels).toBe(other?.metadata.labels);
    expect(one?.metadata.ownerReferences).toBe(other?.metadata.ownerReferences);
  });
});

describe('with rights in some namespaces only', () => {
  beforeEach(() => fill(3));

  test('reads those, and says what it could not', async () => {
    server.forbidden = (path) => !path.includes('/namespaces/shop-1');
    const snapshot = await read(['shop-0', 'shop-1']);
    expect(snapshot.pods.map(({ metadata }) => metadata.namespace)).toEqual(['shop-1']);
    expect(snapshot.readAnything).toBe(true);
    const refused = snapshot.refusals.map(({ resource, namespace, code }) => [resource, namespace, code]);
    expect(refused).toContainEqual(['deployments.apps', 'shop-0', 403]);
    expect(refused).toContainEqual(['nodes', undefined, 403]);
    expect(refused).not.toContainEqual(['pods', 'shop-1', 403]);
  });

  test('and in none, says so once for each kind', async () => {
    server.forbidden = () => true;
    const { readAnything, refusals } = await read(['shop-0', 'shop-1']);
    expect(readAnything).toBe(false);
    expect(refusals.filter(({ resource }) => resource === 'deployments.apps')).toEqual([
      { code: 403, verb: 'list', resource: 'deployments.apps', message: '/apis/apps/v1/deployments is forbidden' },
    ]);
  });
});

test('a server that is away is an error, not an empty snapshot', async () => {
  await server.stop();
  await expect(read()).rejects.toThrow("can't reach");
});
