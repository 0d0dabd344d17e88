import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { inProcess } from '../cli/in-process.ts';
import { copyRepository, repoctl, repoctlProcess } from '../synth/repository.ts';
import { PodServer } from './pod-server.ts';

const kubeconfig = (server: string, names: readonly string[]) =>
  JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'c', cluster: { server, ...(/^http:/.test(server) && { 'insecure-skip-tls-verify': true }) } }],
    users: [{ name: 'u', user: { token: 't' } }],
    contexts: names.map((name) => ({ name, context: { cluster: 'c', user: 'u' } })),
    'current-context': names[0],
  });

let root: string;
beforeEach(() => {
  root = copyRepository();
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const configAt = (config: string): string => {
  const path = join(root, 'kubeconfig');
  writeFileSync(path, config);
  return path;
};

const apply = (config: string, ...args: string[]) =>
  inProcess(root, ['secrets', 'apply', ...args], { KUBECONFIG: configAt(config) });

const nobody = 'https://127.0.0.1:9';

describe('repoctl secrets apply', () => {
  test('takes no other cluster than the environment’s own, however local its address looks', () => {
    const { status, stderr } = repoctlProcess(
      root,
      ...['secrets', 'apply', '--kubeconfig', configAt(kubeconfig(nobody, ['prod']))],
    );
    expect(status).toBe(3);
    expect(stderr).toContain('error: the kubeconfig has no context "kind-monorepo"');
    expect(stderr).toContain('repoctl up makes the cluster');
  });

  test('says in its first line where it changes something', async () => {
    const { stderr } = await apply(kubeconfig(nobody, ['other', 'kind-monorepo']));
    expect(stderr.split('\n')[0]).toBe(`context kind-monorepo (${nobody})`);
  });

  test('refuses a context that there isn’t, and says which there are', async () => {
    const { status, stderr } = await apply(kubeconfig(nobody, ['kind-monorepo', 'other']), '--context', 'kind-monorep');
    expect(status).toBe(2);
    expect(stderr).toContain(
      'no context "kind-monorep" in the kubeconfig; allowed: kind-monorepo, other; did you mean "kind-monorepo"?',
    );
  });

  test('says which cluster it could not reach', async () => {
    const { status, stderr } = await apply(kubeconfig(nobody, ['kind-monorepo']));
    expect(status).toBe(3);
    expect(stderr).toContain(`error: can't reach ${nobody} (context kind-monorepo): ECONNREFUSED`);
  });

  test('says that a kubeconfig is no kubeconfig', async () => {
    const { status, stderr } = await apply('not: [valid');
    expect([status, stderr]).toEqual([2, expect.stringContaining("error: can't read the kubeconfig")]);
  });

  test('makes no .env before it knows what the cluster has', async () => {
    await apply(kubeconfig(nobody, ['kind-monorepo']));
    expect(existsSync(join(root, '.env'))).toBe(false);
  });

  test('makes nothing when the configuration is wrong', async () => {
    writeFileSync(join(root, 'repoctl.yaml'), 'nam: monorepo\n');
    expect((await apply(kubeconfig(nobody, ['kind-monorepo']))).status).toBe(2);
    expect(existsSync(join(root, '.env'))).toBe(false);
  });
});

/** Applies to a server that has nothing, and takes everything. @returns the namespaces in which something was changed */
async function changedBy(...names: string[]): Promise<string[]> {
  const server = new PodServer();
  const changed = new Set<string>();
  server.behaviour.route = (path, response, request) => {
    const namespace = /^\/api\/v1\/namespaces\/([^/?]+)/.exec(path)?.[1];
    if (request.method === 'GET') {
      const isList = !/\/namespaces\/[^/?]+(\/\w+\/[^/?]+)?$/.test(path);
      response.writeHead(isList ? 200 : 404).end(JSON.stringify(isList ? { items: [] } : { message: 'no' }));
      return;
    }
    if (namespace) changed.add(namespace);
    let body = '';
    request.on('data', (chunk) => {
      body += String(chunk);
    });
    request.on('end', () => response.writeHead(200, { 'content-type': 'application/json' }).end(body));
  };
  try {
    const path = configAt(kubeconfig((await server.start()).server, ['kind-monorepo']));
    const { status, stderr } = await repoctl(root, 'secrets', 'apply', ...names, '--kubeconfig', path);
    expect([status, stderr]).toEqual([0, expect.anything()]);
    return [...changed].sort();
  } finally {
    await server.stop();
  }
}

test.each([
  ['everything', [], ['monorepo', 'turfoo']],
  ['a project and the global tier', ['turfoo'], ['monorepo', 'turfoo']],
  ['the global tier alone', ['monorepo'], ['monorepo']],
])('repoctl secrets apply touches %s', async (_, names, namespaces) => {
  expect(await changedBy(...names)).toEqual(namespaces);
});

describe('a .env that is not there', () => {
  const file = 'backends/svc-turfoo-ingest/infra/.env';
  const tier = { 'app.kubernetes.io/part-of': 'monorepo', 'repoctl.dev/tier': 'project' };

  /** Applies to a server that has the namespace and the Secret of turfoo with these labels, and refuses every change. */
  async function appliedTo(labels: { readonly namespace: object; readonly secret: object }) {
    const server = new PodServer();
    const changes: string[] = [];
    server.behaviour.route = (path, response, { method }) => {
      if (method !== 'GET') changes.push(`${method} ${path}`);
      const data = { POSTGRES_PASSWORD: Buffer.from('of-the-cluster-0123').toString('base64') };
      const found = {
        '/api/v1/namespaces/turfoo': { metadata: { name: 'turfoo', labels: labels.namespace } },
        '/api/v1/namespaces/turfoo/secrets/turfoo-postgres': {
          metadata: { name: 'turfoo-postgres', labels: labels.secret },
          data,
        },
      }[path];
      response.writeHead(method === 'GET' ? (found ? 200 : 404) : 403).end(JSON.stringify(found ?? { message: 'no' }));
    };
    try {
      const path = configAt(kubeconfig((await server.start()).server, ['kind-monorepo']));
      return { ...(await repoctl(root, 'secrets', 'apply', 'turfoo', '--kubeconfig', path)), changes };
    } finally {
      await server.stop();
    }
  }

  const password = () => /^POSTGRES_PASSWORD=(.*)$/m.exec(readFileSync(join(root, file), 'utf8'))?.[1];

  test('is not made from the Secrets of somebody else’s namespace, which is refused first', async () => {
    const { status, stderr, changes } = await appliedTo({ namespace: {}, secret: tier });
    expect([status, changes]).toEqual([2, []]);
    expect(stderr).toContain('the namespace turfoo already exists and is not repoctl’s; nothing was changed');
    expect(existsSync(join(root, file))).toBe(false);
  });

  test('gets nothing from a Secret that is not ours in a namespace of ours', async () => {
    const { stderr } = await appliedTo({ namespace: tier, secret: {} });
    expect(stderr).toContain(`made ${file} from its .env.example\n`);
    expect(password()).toMatch(/./);
    expect(password()).not.toBe('of-the-cluster-0123');
  });

  test('gets back what our Secret has', async () => {
    const { stderr } = await appliedTo({ namespace: tier, secret: tier });
    expect(stderr).toContain(`made ${file} from its .env.example, with the values that the cluster has`);
    expect(password()).toBe('of-the-cluster-0123');
  });
});
