import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { parseAllDocuments } from 'yaml';
import { knownKind } from '../../charts/common/api-kinds.ts';
import { type ApiKind, apiVersions } from '../../charts/common/api-versions.ts';
import type { ManifestObject } from '../../charts/common/manifest-object.ts';
import { type ApiServer, startApiServer } from '../../scripts/bench/api-server.ts';
import { poll } from '../../src/platform/poll.ts';
import { repoctl } from './repository.ts';

jest.setTimeout(180_000);

// Definitions of custom resources as .ci/custom-resources writes them, and etcd and kube-apiserver as envtest has them.
const { REPOCTL_CUSTOM_RESOURCES: definitions = '', KUBEBUILDER_ASSETS: assets = '' } = process.env;
const available = existsSync(definitions) && existsSync(join(assets, 'kube-apiserver'));

/** The kinds that are not Kubernetes' own. */
const customKinds = (Object.entries(apiVersions) as [ApiKind, string][]).filter(
  ([kind, version]) => version.includes('.') && !knownKind(version, kind).builtIn,
);

const exporter = 'exporter: { image: registry.example.com/repoctl:1.0.0 }';
const repositoryFile = `
name: custom
global: { services: { rabbitmq: { kind: rabbitmq }, metrics: { kind: prometheus } } }
profiles:
  production:
    images: { registry: registry.example.com/custom, tag: 1.0.0 }
  stores:
    extends: production
    backup: { schedule: '0 2 * * *', bucket: custom-backups, endpoint: https://s3.example.com }
    secrets: { store: vault, kind: SecretStore, prefix: team/, refreshInterval: 30m }
    monitoring: { ${exporter}, monitors: service, rules: true, dashboards: true, labels: { release: prometheus } }
  sealed:
    extends: production
    secrets: { certificate: sealed.pem, scope: namespace-wide }
    monitoring: { ${exporter}, monitors: pod }
`;
const projectFile = `
name: shop
images: { app: {} }
uses: { redis: { database: 1 }, rabbitmq: {}, metrics: {} }
services:
  postgres: {}
  ledger: { kind: postgres, cluster: { instances: 3, synchronous: 1, walStorage: 2Gi } }
  books: { kind: postgres, cluster: { archive: b2, recovery: { archive: b1, time: '2026-11-27T09:30:00Z' } } }
workloads:
  api:
    kind: http
    port: 8080
    metrics: /metrics
    expose: { host: shop.example.com, via: gateway, gateway: infra/main, hsts: 31536000, path: /shop, annotations: { a: b } }
  worker: { autoscale: { min: 0, max: 9, cpu: 70, queues: [{ list: a, perPod: 5 }, { stream: b, group: c, perPod: 5 }, { queue: d, perPod: 5 }] }, kind: worker, command: [work], health: { command: [check] }, ports: { metrics: 9090 }, metrics: { port: metrics } }
`;

/** Every object that is written for a real cluster, by the names of the files. */
let objects: ReadonlyMap<string, readonly ManifestObject[]>;
let root: string;
let server: ApiServer | undefined;

beforeAll(async () => {
  if (!available) return;
  root = mkdtempSync(join(tmpdir(), 'repoctl-custom-'));
  const write = (path: string, text: string) => {
    mkdirSync(join(root, path, '..'), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  mkdirSync(join(root, 'node_modules', '.cache'), { recursive: true });
  write('repoctl.yaml', repositoryFile);
  write('.env.example', 'REDIS_PASSWORD=\n');
  write('apps/shop/Dockerfile', 'FROM scratch\n');
  write('apps/shop/infra/project.yaml', projectFile);
  write('apps/shop/infra/.env.example', 'POSTGRES_PASSWORD=\nLEDGER_POSTGRES_PASSWORD=\nBOOKS_POSTGRES_PASSWORD=\n');
  const key = ['-newkey', 'rsa:2048', '-nodes', '-keyout', join(root, 'sealed.key'), '-out', join(root, 'sealed.pem')];
  spawnSync('openssl', ['req', '-x509', '-days', '2', '-subj', '/CN=sealed', ...key]);
  await succeeds('secrets', 'seal', '--profile', 'sealed');
  for (const profile of ['stores', 'sealed']) {
    await succeeds('synth', '--profile', profile, '--out', join(root, 'out', profile));
    for (const tool of ['--argocd', '--flux'])
      await succeeds('gitops', 'init', tool, '--profile', profile, '--repo', 'https://git.example.com/custom');
  }
  const folders = ['out', 'gitops'].map((folder) => join(root, folder));
  objects = new Map(
    folders.flatMap((folder) =>
      readdirSync(folder, { recursive: true, encoding: 'utf8' })
        .filter((path) => path.endsWith('.yaml') && !path.endsWith('kustomization.yaml'))
        .map((path) => {
          const documents = parseAllDocuments(readFileSync(join(folder, path), 'utf8'));
          return [path, documents.map((each) => each.toJS() as ManifestObject)] as const;
        }),
    ),
  );
  server = await startApiServer(assets);
  kubectl(['apply', '--server-side', '-f', definitions]);
  await established();
  for (const each of ['custom', 'shop', 'argocd', 'flux-system']) kubectl(['create', 'namespace', each]);
});

afterAll(async () => {
  await server?.stop();
  if (root) rmSync(root, { recursive: true, force: true });
});

async function succeeds(...args: readonly string[]): Promise<void> {
  const { status, stdout, stderr } = await repoctl(root, ...args);
  if (status !== 0) throw new Error(`repoctl ${args.join(' ')} ended with ${status}:\n${stdout}${stderr}`);
}

/** Waits until every definition is in force. `kubectl wait` fails while one has no conditions at all. */
const established = () =>
  poll(
    async (waiting) => {
      try {
        return kubectl(['wait', '--for=condition=Established', 'crd', '--all', '--timeout=60s']);
      } catch (error) {
        return waiting((error as Error).message);
      }
    },
    (why) => new Error(why),
    { timeout: 60_000 },
  );

/** @throws Error with what it said */
function kubectl(args: readonly string[], input?: string): string {
  const { context = '', kubeconfig = '' } = server ?? {};
  const known = ['--context', context, '--kubeconfig', kubeconfig];
  const { status, stdout, stderr } = spawnSync('kubectl', [...known, ...args], { input, encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  return stdout;
}

/** What an API server says of objects: nothing if it would take all, with no field that it does not know. */
function refusals(given: readonly ManifestObject[]): string {
  try {
    const input = given.map((each) => JSON.stringify(each)).join('\n---\n');
    kubectl(['apply', '--server-side', '--dry-run=server', '--validate=strict', '-f', '-'], input);
    return '';
  } catch (error) {
    return (error as Error).message;
  }
}

describe('the API server takes', () => {
  const judged = available ? test : test.skip;

  // Not every module can be had everywhere.
  const defined = available
    ? readdirSync(definitions).map((name) => readFileSync(join(definitions, name), 'utf8'))
    : [];
  const isDefined = (kind: string) => defined.some((text) => text.includes(`\n    kind: ${kind}\n`));

  for (const [kind] of customKinds)
    (isDefined(kind) ? test : test.skip)(`each ${kind}`, () => {
      const made = [...objects.values()].flat().filter((each) => each.kind === kind);
      expect(made.length).toBeGreaterThan(0);
      expect(refusals(made)).toBe('');
    });

  judged('no object with a field that its definition has not, which an Ingress would', () => {
    const [route] = [...objects.values()].flat().filter(({ kind }) => kind === 'HTTPRoute');
    const wrong = { ...(route as ManifestObject), spec: { hostnames: ['a.example.com'], className: 'nginx' } };
    expect(refusals([wrong])).toContain('.spec.className: field not declared in schema');
  });
});
