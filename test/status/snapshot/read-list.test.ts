import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from '@jest/globals';
import { Cluster } from '../../../src/cluster/client.ts';
import type { Pod } from '../../../src/status/rules/objects.ts';
import { readList, recordOf } from '../../../src/status/snapshot/read-list.ts';
import { sources } from '../../../src/status/snapshot/sources.ts';
import { podOf } from '../report/objects.ts';

/** The beginning of a page as the API server writes it. */
const head = (next?: string) =>
  `{"kind":"PodList","apiVersion":"v1","metadata":{"resourceVersion":"7"${next ? `,"continue":"${next}","remainingItemCount":1` : ''}},"items":[`;
const item = (name: string) => JSON.stringify(podOf('shop', name));

let stop: () => void = () => {};
afterEach(() => stop());

/** Lists pods of a server that is told of each request, with the token of the page that is asked for. */
async function list(answer: (next: string | null, response: ServerResponse) => void): Promise<string[]> {
  const server = createServer(({ url = '' }, response) =>
    answer(new URL(url, 'http://localhost').searchParams.get('continue'), response),
  );
  stop = () => {
    server.closeAllConnections();
    server.close();
  };
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const { items } = await readList(new Cluster('kind-test', url, async () => ({})), sources().pods);
  return items.map(({ metadata }) => metadata.name);
}

test('the next page is asked for while this one is on its way', async () => {
  let finish = () => {};
  const names = await list((next, response) => {
    if (next === null) {
      response.write(head('page+2='));
      finish = () => response.end(`${item('a')}]}`);
    } else {
      expect(next).toBe('page+2=');
      // Only now does the first page go on.
      finish();
      response.end(`${head()}${item('b')}]}`);
    }
  });
  expect(names).toEqual(['shop-a-1', 'shop-b-1']);
});

test('a page that is gone by then begins the list anew', async () => {
  let tries = 0;
  const names = await list((next, response) => {
    tries += next === null ? 1 : 0;
    if (next === null) response.end(`${head(tries === 1 ? 'old' : undefined)}${item(`try-${tries}`)}]}`);
    else response.writeHead(410).end('{"message":"too old"}');
  });
  expect(names).toEqual(['shop-try-2-1']);
});

test.each(['<html>Log in</html>', 'null', '7', '{"items":{}}', '{"items":[{"metadata":'])(
  'what is no list, %s, is no answer of the API server',
  async (answer) => {
    await expect(list((_next, response) => response.end(answer))).rejects.toMatchObject({
      name: 'ClusterError',
      message: expect.stringContaining(`(context kind-test): not an answer of Kubernetes: ${answer}`),
    });
  },
);

test('what an object says of itself is no next page', async () => {
  const asked: (string | null)[] = [];
  const pod = { ...podOf('shop', 'a'), metadata: { ...podOf('shop', 'a').metadata, name: '"continue":"x"' } };
  await list((next, response) => {
    asked.push(next);
    response.end(`${head()}${JSON.stringify(pod)}]}`);
  });
  expect(asked).toEqual([null]);
});

test.each(['metadata', 'spec', 'status'])(
  'an object whose %s is a text is kept by its name, with what is wrong',
  (part) => {
    const record = recordOf(sources().statefulSets, { metadata: { name: 'api' }, spec: {}, [part]: 'x' } as never);
    expect(record.metadata.unreadable).toBe(`its ${part} is a string, expected an object`);
    expect(record.metadata.name).toBe(part === 'metadata' ? '(no name)' : 'api');
  },
);

test('pods that are alike keep what they have in common once', () => {
  const parsed = (name: string, seconds: number) => {
    const pod = podOf('shop', name);
    const at = (second: number) => new Date(Date.UTC(2026, 0, 1, 0, 0, second)).toISOString();
    const conditions = [
      { type: 'PodScheduled', status: 'True', lastTransitionTime: at(seconds) },
      { type: 'Ready', status: 'True', lastTransitionTime: at(59) },
    ];
    const { metadata, status } = JSON.parse(JSON.stringify({ ...pod, status: { ...pod.status, conditions } }));
    const spec = { nodeName: 'node-1', containers: [{ name, image: 'shop/api' }] };
    return recordOf(sources().pods, { metadata: { ...metadata, labels: { of: 'both' } }, spec, status }) as typeof pod;
  };
  const [one, other] = [parsed('a', 1), parsed('b', 2)];
  expect(one.metadata.labels).toBe(other.metadata.labels);
  expect(one.spec.containers).not.toBe(other.spec.containers);
  expect(one.status?.containerStatuses).toBe(other.status?.containerStatuses);
  // When it was scheduled is of no interest, when it became ready is.
  expect(one.status?.conditions).toBe(other.status?.conditions);
  expect(one.status?.conditions?.map(({ lastTransitionTime }) => lastTransitionTime)).toEqual([
    undefined,
    '2026-01-01T00:00:59.000Z',
  ]);
});

test('since when a pod could not be scheduled is kept', () => {
  const lastTransitionTime = '2026-01-01T00:00:01Z';
  const conditions = [{ type: 'PodScheduled', status: 'False', lastTransitionTime }];
  const pod = { metadata: { name: 'a' }, spec: { containers: [] }, status: { conditions } };
  const record = recordOf(sources().pods, pod) as Pod;
  expect(record.status?.conditions?.[0]?.lastTransitionTime).toBe(lastTransitionTime);
});
