import assert from 'node:assert/strict';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { ApiError, listMonitors, listRaces } from '../src/index.ts';

/** Calls `use` with the URL of a server that answers so. */
async function withServer(answer: RequestListener, use: (url: string) => Promise<void>): Promise<void> {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    await use(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

test('lists what is below the base URL, with or without a slash at its end', () =>
  withServer(
    ({ url }, response) => response.end(JSON.stringify({ [url?.split('/').at(-1) ?? '']: [{ id: url }] })),
    async (url) => {
      assert.deepEqual(await listRaces(`${url}/api/`), [{ id: '/api/races' }]);
      assert.deepEqual(await listMonitors(url), [{ id: '/monitors' }]);
    },
  ));

const refusals: readonly [string, RequestListener, RegExp][] = [
  ['a status that is no success', (_, response) => response.writeHead(503).end('{"races": []}'), /status 503/],
  ['a page instead of JSON', (_, response) => response.end('<html>'), /expected JSON with a list "races"/],
  ['JSON without the list', (_, response) => response.end('null'), /expected JSON with a list "races"/],
];
for (const [what, answer, message] of refusals)
  test(`refuses ${what}`, () =>
    withServer(answer, (url) =>
      assert.rejects(listRaces(url), (error) => error instanceof ApiError && message.test(error.message)),
    ));

test('says that nobody listens', async () => {
  await assert.rejects(listRaces('http://127.0.0.1:1'), {
    name: 'ApiError',
    message: "races: the API can't be reached",
  });
});
