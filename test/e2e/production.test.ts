import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { parseAllDocuments } from 'yaml';
import { typeMeta } from '../../charts/common/api-versions.ts';
import { images } from '../../charts/common/images.ts';
import type { ManifestObject } from '../../charts/common/manifest-object.ts';
import { matrix, type Pods, podsOf } from '../charts/network-matrix.ts';
import { connections, podOfEach, stranger, type Target } from './connections.ts';
import {
  bringImages,
  cluster,
  context,
  ensureCluster,
  kubectl,
  leaveOutImmudb,
  makeAvailable,
  repoctl as mustSucceed,
  readPlan,
} from './environment.ts';
import { apply, loadProductionImages, supplySecrets, useLoadedImages } from './production.ts';
import { attempt, eventually, run } from './run.ts';

jest.setTimeout(900_000);

/** A program that has a cluster enforce NetworkPolicies; a kind cluster accepts them and does nothing. */
const enforce = process.env.REPOCTL_E2E_NETWORK_POLICIES;
const enforced = enforce ? describe : describe.skip;

const repository = join(import.meta.dirname, '..', '..');
const projects = ['backends/svc-turfoo-ingest', 'backends/svc-status-monitor'];
const ours = ['monorepo', 'turfoo', 'status'];
const others = ['outside', 'monitoring'];
/** Where nobody is told to connect to, and where the checks of the status monitor may: any address, port 80. */
const [anyPort, webPort] = [9999, 80];

const isWithin = (flow: string): boolean => /^(\S+) → \1:\d+$/.test(flow);

/** Pods with the labels of jobs, which have ended. */
const ended = (objects: readonly ManifestObject[]): object[] =>
  objects
    .filter(({ kind }) => kind === 'Job')
    .map(({ metadata, spec }) => ({
      ...typeMeta('Pod'),
      metadata: {
        name: `as-${metadata?.name}`,
        namespace: metadata?.namespace,
        labels: (spec as { template: { metadata: { labels: object } } }).template.metadata.labels,
      },
      spec: {
        terminationGracePeriodSeconds: 0,
        securityContext: { runAsNonRoot: true, runAsUser: 1000, seccompProfile: { type: 'RuntimeDefault' } },
        containers: [
          {
            name: 'main',
            image: images.busybox,
            command: ['sleep', '86400'],
            securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
          },
        ],
      },
    }));

enforced('this repository in production, with enforced NetworkPolicies and restricted Pod Security', () => {
  let root: string;
  let objects: ManifestObject[];
  let reached: string[];
  let targets: Target[];
  const repoctl = (...args: string[]) => {
    const program = join(repository, 'bin', 'repoctl.mjs');
    return attempt(process.execPath, [program, ...args, '--profile', 'production', '--context', context], {
      cwd: root,
    });
  };
  const healthy = () => {
    const { status, stdout, stderr } = repoctl('status', '--wait', '--timeout', '400');
    expect([status, status === 0 ? '' : stdout + stderr]).toEqual([0, '']);
  };

  beforeAll(async () => {
    ensureCluster();
    kubectl('delete', 'namespace', ...ours, ...others, '--ignore-not-found', '--wait');
    run(enforce ?? '', [cluster]);
    root = mkdtempSync(join(tmpdir(), 'repoctl-production-'));
    for (const path of ['repoctl.yaml', '.env.example', ...projects]) {
      const filter = (source: string) => !/\.venv|__pycache__|\.env$/.test(source);
      cpSync(join(repository, path), join(root, path), { recursive: true, filter });
    }
    symlinkSync(join(repository, 'node_modules'), join(root, 'node_modules'));
    if (makeAvailable([images.immudb]).length === 0) leaveOutImmudb(join(root, projects[0] ?? '', 'infra'));
    useLoadedImages(root);
    mustSucceed(root, 'synth', '--profile', 'production');
    loadProductionImages(root);
    bringImages(images.busybox);
    const plan = readPlan(root, 'production');
    const texts = plan.namespaces.map(({ manifest }) =>
      readFileSync(join(root, 'dist', 'production', manifest), 'utf8'),
    );
    objects = texts.flatMap((text) => parseAllDocuments(text).map((document) => document.toJS() as ManifestObject));
    for (const namespace of others) apply(stranger(namespace, anyPort, webPort));
    supplySecrets(plan);
    for (const text of texts) apply(text);
    healthy();
    apply(
      ended(objects)
        .map((each) => JSON.stringify(each))
        .join('\n---\n'),
    );
    await eventually('the pods of nobody run', 120, () =>
      expect(podOfEach([...ours, ...others]).map(({ workload }) => workload)).toEqual(
        expect.arrayContaining([...podsOf(objects).map(({ name }) => name), ...others]),
      ),
    );
    const addresses = new Map(podOfEach([...ours, ...others]).map(({ workload, address }) => [workload, address]));
    targets = [
      // By the addresses of pods: what has no Service, or no name, is no safer for that.
      ...[...podsOf(objects), ...strangers].flatMap(({ name, ports }) =>
        ports.map(({ port }) => [`${name}:${port}`, addresses.get(name) ?? '', port] as const),
      ),
      ...watched.map((name) => [`${name}:8080`, addresses.get(name) ?? '', 8080] as const),
      ['api-server:443', 'kubernetes.default.svc', 443],
    ];
    // Whoever enforces them needs a moment.
    await new Promise((resolve) => setTimeout(resolve, 10_000));
    // What a pod asks of its own address never leaves it.
    reached = (await connections([...ours, ...others], targets, root)).filter((flow) => !isWithin(flow));
  });

  afterAll(() => {
    kubectl('delete', 'namespace', ...ours, ...others, '--ignore-not-found', '--wait=false');
    rmSync(root, { recursive: true, force: true });
  });

  const strangers: Pods[] = others.map((name) => ({
    name,
    namespace: name,
    labels: { app: 'stranger' },
    ports: [anyPort, webPort].map((port) => ({ port, protocol: 'TCP' })),
  }));
  /** Workers whose port is for the kubelet's probes alone. */
  const watched = ['status-monitoring', 'status-status-change', 'status-notification'];

  test('is healthy: every pod is ready, and every job is done', () => {
    healthy();
    for (const namespace of ours) {
      const phases = kubectl(
        ...['get', 'pods', '-n', namespace, '-o'],
        'jsonpath={range .items[*]}{.metadata.name}={.status.phase}/{.status.conditions[?(@.type=="Ready")].status}\n{end}',
      ).stdout;
      for (const line of phases.trim().split('\n')) expect(line).toMatch(/=(Running\/True|Succeeded\/False)$/);
    }
  });

  test('works: a card that is posted goes through its queue into the database and the bucket', () => {
    const smoke = attempt('kubectl', [
      ...['--context', context, 'exec', '-n', 'turfoo', 'deployment/turfoo-api', '--', 'turfoo-smoke'],
    ]);
    expect([smoke.status, smoke.status === 0 ? '' : smoke.stdout + smoke.stderr]).toEqual([0, '']);
  });

  test.each(ours)('Pod Security refuses a pod in %s that is not restricted', (namespace) => {
    const refused = attempt('kubectl', [
      ...['--context', context, 'run', 'loose', '-n', namespace, '--image', images.busybox, '--dry-run=server'],
    ]);
    expect([refused.status, refused.stderr]).toEqual([1, expect.stringContaining('violates PodSecurity "restricted:')]);
  });

  test('pods connect as the configuration tells, and in no other way', () => {
    const expected = [
      ...matrix(objects, [...podsOf(objects), ...strangers]),
      // Checks and webhooks may go to any address.
      ...['status-monitoring', 'status-notification'].flatMap((from) =>
        others.map((to) => `${from} → ${to}:${webPort}`),
      ),
      ...others.map((from) => `${from} → api-server:443`),
    ];
    expect(reached).toEqual(expected.filter((flow) => !isWithin(flow)).sort());
  });

  test('the matrix has flows of each sort, and many that are refused', () => {
    expect(reached).toEqual(
      expect.arrayContaining([
        'turfoo-api → turfoo-postgres:5432',
        'turfoo-celery-worker → monorepo-minio:9000',
        'turfoo-migrate → turfoo-postgres:5432',
        'status-monitoring → monorepo-redis:6379',
        'monitoring → turfoo-api:8000',
        'monitoring → status-api:8080',
      ]),
    );
    const tried = (podsOf(objects).length + others.length) * targets.length;
    process.stderr.write(`${tried} connections tried, ${reached.length} succeeded, all others were refused\n`);
    expect(tried - reached.length).toBeGreaterThan(150);
  });
});
