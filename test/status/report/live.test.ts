import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import type { Cluster } from '../../../src/cluster/client.ts';
import type { Timing } from '../../../src/status/live/informer.ts';
import { Live } from '../../../src/status/live/live.ts';
import { ApiServer } from './api-server.ts';
import { deployment, namespace, podOf } from './objects.ts';

const timing: Timing = { watch: 60_000, silence: 60_000, answer: 5000, backoff: [10, 40] };

jest.setTimeout(30_000);

let server: ApiServer;
let cluster: Cluster;
let over: AbortController;
beforeEach(async () => {
  server = new ApiServer();
  cluster = await server.start();
  over = new AbortController();
  server.put('namespaces', namespace('shop'));
  server.put('pods', podOf('shop', 'api'));
});
afterEach(async () => {
  over.abort();
  await server.stop();
});

async function opened(given: Partial<Timing> = {}): Promise<Live> {
  const live = await Live.open(cluster, { known: [] }, over.signal, { ...timing, ...given });
  await until(() => server.watches >= 15);
  return live;
}

async function until(holds: () => boolean): Promise<void> {
  for (let tries = 0; !holds(); tries += 1) {
    if (tries > 2000) throw new Error('never came');
    await sleep(10);
  }
}

const names = (live: Live) => live.snapshot.pods.map(({ metadata }) => metadata.name).sort();
const lists = (plural: string) =>
  server.requests.filter(({ pathname, searchParams }) => pathname.endsWith(`/${plural}`) && !searchParams.has('watch'));
const versions = (plural: string) =>
  server.requests
    .filter(({ pathname, searchParams }) => pathname.endsWith(`/${plural}`) && searchParams.has('watch'))
    .map(({ searchParams }) => searchParams.get('resourceVersion'));

describe('a live snapshot', () => {
  test('has what comes, changes and goes, and lists nothing again', async () => {
    const live = await opened();
    server.put('pods', podOf('shop', 'worker'));
    await until(() => names(live).length === 2);
    server.remove('pods', podOf('shop', 'api'));
    await until(() => names(live).length === 1);
    server.put('deployments', deployment('shop', 'worker', 0));
    await until(() => live.snapshot.workloads.length === 1);
    expect(names(live)).toEqual(['shop-worker-1']);
    expect(lists('deployments')).toHaveLength(1);
  });

  test('goes on where it was when a watch ends, from the last bookmark on', async () => {
    const live = await opened();
    server.tell('deployments', { type: 'BOOKMARK', object: { metadata: { resourceVersion: '777' } } });
    server.put('pods', podOf('shop', 'last'));
    await until(() => names(live).includes('shop-last-1'));
    server.endWatches();
    await until(() => versions('deployments').includes('777'));
    expect(lists('deployments')).toHaveLength(1);
  });

  test.each([
    [
      'the answer to a watch',
      () => {
        server.gone = true;
        server.endWatches();
      },
    ],
    ['within a watch', () => server.tell('pods', { type: 'ERROR', object: { code: 410, message: 'too old' } })],
  ])('is read anew after 410 Gone, as %s', async (_, lose) => {
    const live = await opened();
    const before = server.requests.length;
    server.putUnseen('pods', podOf('shop', 'unseen'));
    lose();
    const listed = () => server.requests.slice(before).some(({ searchParams }) => !searchParams.has('watch'));
    await until(listed);
    await until(() => server.watches >= 15);
    if (_ === 'within a watch') await until(() => names(live).join(' ') === 'shop-api-1 shop-unseen-1');
    // One of the lists is not counted as a watch; its connection may be the one that is made again last.
    await until(() => live.staleness === undefined);
  });

  test('is stale while the server is away, keeps what it has, and is not when it is back', async () => {
    const live = await opened();
    await server.stop();
    await until(() => live.staleness !== undefined);
    expect(live.staleness?.message).toMatch(/lost the connection|can't reach/);
    expect(names(live)).toEqual(['shop-api-1']);
    await server.start();
    await until(() => live.staleness === undefined);
    await until(() => server.watches >= 15);
    server.put('pods', podOf('shop', 'worker'));
    await until(() => names(live).length === 2);
  });

  test('gives up a connection on which nothing comes', async () => {
    const live = await opened({ silence: 150 });
    const messages = new Set<string | undefined>();
    live.onChange(() => messages.add(live.staleness?.message));
    await until(() => messages.has('no data for 0.15 s'));
    await until(() => versions('deployments').length > 1);
    expect(lists('deployments')).toHaveLength(1);
  });
});
