import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from '@jest/globals';
import { Cluster } from '../../../src/cluster/client.ts';
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
