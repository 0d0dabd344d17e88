import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from '@jest/globals';
import { locationOf, RegistryClient } from '../../../src/deploy/images/registry-client.ts';

const manifest = JSON.stringify({ schemaVersion: 2, manifests: [] });
const digest = `sha256:${createHash('sha256').update(manifest).digest('hex')}`;

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

/** A registry of this machine, of which the test says what it answers. */
async function registry(answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<string> {
  const server = createServer(answer);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const login = (host: string) => ({
  auths: { [host]: { auth: Buffer.from('somebody:pass:word').toString('base64') } },
});
const basic = `Basic ${Buffer.from('somebody:pass:word').toString('base64')}`;

describe('a digest', () => {
  test('is that of what the registry has of a tag, an index before the manifest of one platform', async () => {
    const asked: (string | undefined)[] = [];
    const host = await registry((request, response) => {
      asked.push(request.url, request.headers.accept?.split(', ')[0]);
      response.end(manifest);
    });
    await expect(new RegistryClient({}).digest(`${host}/team/shop-app:1.4.2`)).resolves.toBe(digest);
    expect(asked).toEqual(['/v2/team/shop-app/manifests/1.4.2', 'application/vnd.oci.image.index.v1+json']);
  });

  test('is asked for with the login where the registry wants one', async () => {
    const seen: (string | undefined)[] = [];
    const host = await registry(({ headers }, response) => {
      seen.push(headers.authorization);
      if (headers.authorization === basic) return response.end(manifest);
      response.writeHead(401, { 'www-authenticate': 'Basic realm="x"' }).end();
    });
    await expect(new RegistryClient(login(host)).digest(`${host}/a:1`)).resolves.toBe(digest);
    expect(seen).toEqual([undefined, basic]);
  });

  test('is asked for with a token where the registry names who gives them; a second image of the same path needs no other', async () => {
    const tokens: string[] = [];
    const host: string = await registry(({ url = '', headers }, response) => {
      if (url.startsWith('/token')) {
        tokens.push(`${url} ${headers.authorization}`);
        return response.end(JSON.stringify({ token: 't0k' }));
      }
      if (headers.authorization === 'Bearer t0k') return response.end(manifest);
      const realm = `Bearer realm="http://${host}/token",service="reg",scope="repository:a:pull"`;
      response.writeHead(401, { 'www-authenticate': realm }).end();
    });
    const client = new RegistryClient(login(host));
    await expect(client.digest(`${host}/a:1`)).resolves.toBe(digest);
    await expect(client.digest(`${host}/a:2`)).resolves.toBe(digest);
    expect(tokens).toEqual([`/token?service=reg&scope=repository%3Aa%3Apull ${basic}`]);
  });

  test.each<[string, number, Record<string, string>, string]>([
    ['that is not there', 404, {}, 'does not have it'],
    ['that may not be read', 403, {}, 'does not let you read it'],
    ['for which nobody is logged in', 401, { 'www-authenticate': 'Basic realm="x"' }, 'does not let you read it'],
    ['of a registry that fails', 500, {}, 'answered 500'],
    [
      'of a registry that sends one to no address',
      401,
      { 'www-authenticate': 'Bearer realm="x"' },
      'does not let you read it',
    ],
  ])('%s is an error that names the image', async (_, status, headers, message) => {
    const host = await registry((_request, response) => void response.writeHead(status, headers).end('no'));
    await expect(new RegistryClient({}).digest(`${host}/a:1`)).rejects.toThrow(`${host}/a:1: ${host} ${message}`);
  });

  test('of a registry that is not there says so', async () => {
    await expect(new RegistryClient({}).digest('127.0.0.1:1/a:1')).rejects.toThrow(
      /127\.0\.0\.1:1\/a:1: can't reach 127\.0\.0\.1:1/,
    );
  });

  test('is not waited for where a page is endless', async () => {
    const host = await registry((_request, response) => {
      response.writeHead(200);
      const more = () =>
        void (response.write(Buffer.alloc(2 ** 20)) ? setImmediate(more) : response.once('drain', more));
      more();
    });
    await expect(new RegistryClient({}).digest(`${host}/a:1`)).rejects.toThrow('longer than a manifest is');
  });
});

test.each([
  ['redis', 'docker.io', 'library/redis', 'latest'],
  ['redis:7.2', 'docker.io', 'library/redis', '7.2'],
  ['bitnami/redis:7', 'docker.io', 'bitnami/redis', '7'],
  ['registry.example.com:5000/team/shop:1.4.2', 'registry.example.com:5000', 'team/shop', '1.4.2'],
  ['localhost/a', 'localhost', 'a', 'latest'],
])('%s is in %s', (reference, host, path, tag) => expect(locationOf(reference)).toEqual({ registry: host, path, tag }));
