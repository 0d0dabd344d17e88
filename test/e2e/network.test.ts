import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { parseAllDocuments } from 'yaml';
import { images } from '../../charts/common/images.ts';
import type { ManifestObject } from '../../charts/common/manifest-object.ts';
import { matrix, podsOf } from '../charts/network-matrix.ts';
import { connections, stranger, type Target } from './connections.ts';
import { cluster, ensureCluster, kubectl, loadPublicImages, readPlan, repoctl } from './environment.ts';
import { apply, supplySecrets } from './production.ts';
import { eventually, run } from './run.ts';

jest.setTimeout(480_000);

/** A program that has a cluster enforce NetworkPolicies; a kind cluster accepts them and does nothing. */
const enforce = process.env.REPOCTL_E2E_NETWORK_POLICIES;
const enforced = enforce ? describe : describe.skip;

const { busybox } = images;
const serve = (...ports: number[]) =>
  `[sh, -c, "mkdir -p /tmp/www && echo ok > /tmp/www/index.html && ${ports.map((port) => `httpd -p ${port} -h /tmp/www`).join(' && ')} && exec sleep 86400"]`;

const shopYaml = (outside: string) => `name: shop
uses: { redis: { database: 1 } }
services: { postgres: {} }
workloads:
  api: { kind: http, image: "${busybox}", port: 8000, ports: { admin: 8001 }, metrics: /, health: { tcp: 8000 }, command: ${serve(8000, 8001)} }
  web: { kind: http, image: "${busybox}", port: 3000, health: /, command: ${serve(3000)}, after: [api] }
  ring: { kind: statefulset, image: "${busybox}", replicas: 2, ports: { gossip: 7946 }, health: { tcp: 7946 }, command: ${serve(7946)} }
  batch: { kind: job, image: "${busybox}", command: [sleep, "86400"], timeLimitSeconds: 86400 }
  clerk:
    kind: worker
    image: "${busybox}"
    command: [sleep, "86400"]
    health: { command: ["true"] }
    serviceAccount: { rules: [{ resources: [pods], verbs: [list] }] }
    egress: [{ to: ring }, { cidrs: [${outside}/32], ports: [9999] }]
`;
const newsYaml = `name: news
uses: { projects: [shop/api] }
workloads:
  page: { kind: http, image: "${busybox}", port: 80, user: 1000, health: { tcp: 8080 }, ports: { high: 8080 }, command: ${serve(8080)} }
`;

enforced('NetworkPolicies of production, where they are enforced', () => {
  let root: string;
  let objects: ManifestObject[];
  let reached: string[];
  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  const ours = ['grid', 'shop', 'news'];
  const others = ['outside', 'monitoring'];
  let outside = '';

  beforeAll(async () => {
    ensureCluster();
    kubectl('delete', 'namespace', ...ours, ...others, '--ignore-not-found', '--wait');
    run(enforce ?? '', [cluster]);
    root = mkdtempSync(join(tmpdir(), 'repoctl-network-'));
    symlinkSync(join(import.meta.dirname, '..', '..', 'node_modules'), join(root, 'node_modules'));
    write('repoctl.yaml', 'name: grid\nglobal: { minio: false, redisInsight: false }\n');
    write('.env.example', 'REDIS_PASSWORD=\n');
    write('apps/shop/infra/.env.example', 'POSTGRES_PASSWORD=\n');
    write('apps/shop/infra/project.yaml', shopYaml('203.0.113.1'));
    write('apps/news/infra/project.yaml', newsYaml);
    repoctl(root, 'synth', '--profile', 'production');
    loadPublicImages(root, readPlan(root, 'production'), cluster, 'production');
    for (const namespace of others) apply(stranger(namespace, 9999));
    await eventually('the strangers run', 60, () => {
      outside = kubectl('get', 'pod', 'stranger', '-n', 'outside', '-o', 'jsonpath={.status.podIP}').stdout;
      expect(outside).toMatch(/^\d+\./);
    });
    write('apps/shop/infra/project.yaml', shopYaml(outside));
    repoctl(root, 'synth', '--profile', 'production');
    const plan = readPlan(root, 'production');
    supplySecrets(plan);
    const texts = plan.namespaces.map(({ manifest }) =>
      readFileSync(join(root, 'dist', 'production', manifest), 'utf8'),
    );
    for (const text of texts) apply(text);
    objects = texts.flatMap((text) => parseAllDocuments(text).map((document) => document.toJS() as ManifestObject));
    for (const namespace of [...ours, ...others])
      kubectl('wait', '--for=condition=Ready', 'pod', '--all', '-n', namespace, '--timeout=240s');
    // Whoever enforces them needs a moment.
    await new Promise((resolve) => setTimeout(resolve, 10_000));
    reached = await connections([...ours, ...others], targets(), root);
  });

  afterAll(() => {
    kubectl('delete', 'namespace', ...ours, ...others, '--ignore-not-found', '--wait=false');
    rmSync(root, { recursive: true, force: true });
  });

  /** Where pods are tried: the Services, a pod of nobody's, and the API. */
  const targets = (): Target[] => [
    ...podsOf(objects).flatMap(({ name, namespace, ports }) =>
      ports.map(({ port }) => [`${name}:${port}`, `${name}.${namespace}.svc`, port] as const),
    ),
    ['outside:9999', outside, 9999],
    ['api-server:443', 'kubernetes.default.svc', 443],
  ];

  test('pods connect as the configuration tells, and in no other way', () => {
    const expected = [
      ...matrix(objects, podsOf(objects)),
      'monitoring → shop-api:8000',
      'shop-clerk → outside:9999',
      'shop-clerk → api-server:443',
      // Between the strangers nobody refuses anything.
      'monitoring → api-server:443',
      'monitoring → outside:9999',
      'outside → api-server:443',
      'outside → outside:9999',
    ];
    expect(reached).toEqual(expected.sort());
  });

  test('the matrix has flows of each sort, and many that are refused', () => {
    const sources = podsOf(objects).length + others.length;
    expect(reached).toEqual(
      expect.arrayContaining([
        'shop-api → shop-postgres:5432',
        'shop-batch → grid-redis:6379',
        'shop-web → shop-api:8000',
        'news-page → shop-api:8000',
        'shop-ring → shop-ring:7946',
        'shop-clerk → shop-ring:7946',
      ]),
    );
    expect(sources * targets().length - reached.length).toBeGreaterThan(60);
  });
});
