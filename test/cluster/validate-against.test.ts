import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { inProcess } from '../cli/in-process.ts';
import { copyRepository } from '../synth/repository.ts';
import { PodServer } from './pod-server.ts';

let root: string;
let server: PodServer | undefined;
beforeEach(() => {
  root = copyRepository();
  server = undefined;
});
afterEach(async () => {
  rmSync(root, { recursive: true, force: true });
  await server?.stop();
});

const kubeconfig = (address: string, names: readonly string[]) => ({
  apiVersion: 'v1',
  kind: 'Config',
  clusters: [{ name: 'c', cluster: { server: address, 'insecure-skip-tls-verify': true } }],
  users: [{ name: 'u', user: {} }],
  contexts: names.map((name) => ({ name, context: { cluster: 'c', user: 'u' } })),
  'current-context': names[0],
});

async function validate(address: string, ...args: string[]) {
  const path = join(root, 'kubeconfig');
  writeFileSync(path, JSON.stringify(kubeconfig(address, ['kind-monorepo', 'prod-eu'])));
  const { status, stdout, stderr } = await inProcess(root, ['validate', ...args], { KUBECONFIG: path });
  return { status, output: stdout + stderr };
}

/** What production of this repository needs: Secrets by path, with their keys. */
const needed: Readonly<Record<string, readonly string[]>> = {
  'monorepo/monorepo-redis': ['REDIS_PASSWORD'],
  'monorepo/monorepo-minio': ['MINIO_ROOT_USER', 'MINIO_ROOT_PASSWORD'],
  'monorepo/monorepo-minio-users': ['turfoo'],
  'turfoo/turfoo-postgres': ['POSTGRES_PASSWORD'],
  'turfoo/turfoo-immudb': ['IMMUDB_ADMIN_PASSWORD'],
  'turfoo/turfoo-redis': ['REDIS_PASSWORD'],
  'turfoo/turfoo-minio': ['MINIO_SECRET_KEY'],
};

/** A cluster with these Secrets; `false` refuses to show one. @returns its address and what was asked for */
async function clusterWith(secrets: Readonly<Record<string, readonly string[] | false>>) {
  const asked: string[] = [];
  server = new PodServer();
  server.behaviour.route = (path, response, { method }) => {
    const [, namespace, name] = /^\/api\/v1\/namespaces\/([^/]+)\/secrets\/([^/?]+)/.exec(path) ?? [];
    asked.push(`${method} ${namespace}/${name}`);
    const keys = secrets[`${namespace}/${name}`];
    if (!keys) {
      const code = keys === false ? 403 : 404;
      response.writeHead(code).end(JSON.stringify({ kind: 'Status', code, message: 'no' }));
      return;
    }
    const data = Object.fromEntries(keys.map((key) => [key, Buffer.from('geheim').toString('base64')]));
    response.writeHead(200).end(JSON.stringify({ metadata: { name, namespace }, data }));
  };
  return { address: (await server.start()).server, asked };
}

const against = ['--profile', 'production', '--against', 'prod-eu'];

describe('repoctl validate --against', () => {
  test('finds every Secret, and only reads', async () => {
    const { address, asked } = await clusterWith(needed);
    const { status, output } = await validate(address, ...against);
    expect([status, output.trim().split('\n').at(-1)]).toEqual([0, 'prod-eu: every Secret is there']);
    expect(asked.sort()).toEqual(
      Object.keys(needed)
        .map((each) => `GET ${each}`)
        .sort(),
    );
  });

  test('names a Secret that is missing and a key that one lacks, and what makes them, of the global tier too', async () => {
    const { 'turfoo/turfoo-postgres': _, ...rest } = needed;
    const { address } = await clusterWith({ ...rest, 'monorepo/monorepo-minio': ['MINIO_ROOT_USER'] });
    const { status, output } = await validate(address, ...against);
    expect(status).toBe(1);
    expect(output.split('\n').filter((line) => /^missing|kubectl/.test(line))).toEqual([
      'missing: the Secret monorepo/monorepo-minio lacks MINIO_ROOT_PASSWORD',
      '  kubectl --context prod-eu edit secret monorepo-minio -n monorepo',
      'missing: there is no Secret turfoo/turfoo-postgres; it needs POSTGRES_PASSWORD',
      '  kubectl --context prod-eu create secret generic turfoo-postgres -n turfoo --from-literal=POSTGRES_PASSWORD=…',
    ]);
  });

  test('names what is wrong with the values of managed services, without them', async () => {
    const production =
      'production: { managed: [postgres, redis], images: { registry: registry.example.com/it, tag: 1.0.0 } }';
    writeFileSync(join(root, 'repoctl.yaml'), `name: monorepo\nprofiles:\n  ${production}\n`);
    const managed = { 'turfoo/turfoo-postgres': ['DATABASE_URL'], 'turfoo/turfoo-redis': ['REDIS_URL'] };
    const { address } = await clusterWith({ ...needed, ...managed });
    const { status, output } = await validate(address, ...against);
    expect(status).toBe(1);
    expect(output.split('\n').filter((line) => /^missing|kubectl/.test(line))).toEqual([
      'missing: the Secret turfoo/turfoo-redis has no usable value: REDIS_URL is no URL of a Redis; expected rediss://USER:PASSWORD@HOST:PORT',
      '  kubectl --context prod-eu edit secret turfoo-redis -n turfoo',
      'missing: the Secret turfoo/turfoo-postgres has no usable value: DATABASE_URL is no URL of a database; expected postgresql://USER:PASSWORD@HOST/DATABASE?sslmode=require',
      '  kubectl --context prod-eu edit secret turfoo-postgres -n turfoo',
    ]);
    expect(output).not.toContain('geheim');
  });

  test('takes a Secret that may not be read for right', async () => {
    const { address } = await clusterWith({ ...needed, 'turfoo/turfoo-redis': false });
    expect((await validate(address, ...against)).status).toBe(0);
  });

  test('refuses a context that there isn’t, and says which there are', async () => {
    const { status, output } = await validate('http://127.0.0.1:9', '--profile', 'production', '--against', 'prod-e');
    expect(status).toBe(2);
    expect(output).toContain(
      'no context "prod-e" in the kubeconfig; allowed: kind-monorepo, prod-eu; did you mean "prod-eu"?',
    );
  });

  test('says which cluster it could not reach', async () => {
    const { status, output } = await validate('http://127.0.0.1:9', ...against);
    expect([status, output]).toEqual([3, expect.stringContaining("can't reach http://127.0.0.1:9 (context prod-eu)")]);
  });

  test('is for real clusters: development makes its Secrets itself', async () => {
    const { status, output } = await validate('http://127.0.0.1:9', '--against', 'prod-eu');
    expect([status, output]).toEqual([2, expect.stringContaining('--against is for profiles of real clusters')]);
  });
});
