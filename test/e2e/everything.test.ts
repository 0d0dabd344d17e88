import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { images } from '../../charts/common/images.ts';
import { Checkout } from './checkout.ts';
import { cluster, leaveOutImmudb, loadPublicImages, makeAvailable, provideBases } from './environment.ts';
import { attempt, eventually, kubectlProxy, run } from './run.ts';

jest.setTimeout(1_800_000);

const hasTilt = attempt('sh', ['-c', 'command -v tilt']).status === 0;
if (!hasTilt) process.stderr.write('there is no tilt on PATH: `tilt ci` of everything is skipped\n');

const turfoo = 'backends/svc-turfoo-ingest';
const projects = ['turfoo', 'status', 'web'];
/** Of the repository's own, which has none of these. */
const services = `{ ${['jaeger', 'prometheus', 'mailpit', 'rabbitmq', 'opensearch', 'cassandra']
  .map((kind) => `${kind}: { kind: ${kind} }`)
  .join(', ')} }`;
/** In bytes: a laptop of 16 GB that runs other things, too. */
const limit = 8e9;

const units: Readonly<Record<string, number>> = { MiB: 2 ** 20, GiB: 2 ** 30 };

describe('all projects and the global tier on one node', () => {
  const checkout = new Checkout(cluster, 0);
  const tell = (what: string, since: number) =>
    process.stderr.write(`${what} after ${Math.round((performance.now() - since) / 1000)} s\n`);

  /** What all processes of the node take, as Docker counts it: without files that can be dropped. */
  function memory(): number {
    const { stdout } = run('docker', ['stats', '--no-stream', '--format', '{{.MemUsage}}', `${cluster}-control-plane`]);
    const [, number, unit = ''] = /^([\d.]+)(\w+)/.exec(stdout) ?? [];
    const bytes = Number(number) * (units[unit] ?? Number.NaN);
    process.stderr.write(`the node takes ${(bytes / 1e9).toFixed(2)} GB\n`);
    return bytes;
  }

  beforeAll(async () => {
    for (const path of ['repoctl.yaml', '.env.example', 'kind-config.yaml', 'backends', 'apps']) checkout.copy(path);
    if (makeAvailable([images.immudb]).length === 0) leaveOutImmudb(`${checkout.root}/${turfoo}/infra`);
    checkout.edit('repoctl.yaml', /$/, `global: { services: ${services} }\n`);
    checkout.edit('.env.example', /$/, 'RABBITMQ_PASSWORD=\nCASSANDRA_PASSWORD=\n');
    expect(checkout.repoctl('init', '--yes')).toMatchObject({ status: 0 });
    makeAvailable([images.registry]);
    await checkout.makeCluster();
    provideBases(checkout.root);
    loadPublicImages(checkout.root, checkout.plan, checkout.cluster);
  });

  afterAll(() => checkout.remove());

  (hasTilt ? test : test.skip)('are green under tilt ci', () => {
    const began = performance.now();
    const { status, stdout, stderr } = checkout.tilt('ci', '--context', checkout.context);
    expect([status, status === 0 ? '' : (stdout + stderr).slice(-6000)]).toEqual([0, '']);
    tell('tilt ci ended', began);
    expect(memory()).toBeLessThan(limit);
  });

  test('become healthy from an empty cluster', async () => {
    checkout.kubectl('delete', 'namespace', '--selector', 'app.kubernetes.io/managed-by=repoctl', '--wait');
    const began = performance.now();
    const { status, stderr } = checkout.repoctl(
      'infra',
      'project',
      'start',
      ...projects,
      '--context',
      checkout.context,
    );
    expect([status, status === 0 ? '' : stderr.slice(-6000)]).toEqual([0, '']);
    tell('healthy', began);
    // What Prometheus asked before a program answered counts until it asks again.
    await eventually('the report with its deep checks', 90, () => {
      const report = checkout.repoctl('status', '--deep', '--context', checkout.context);
      expect([report.status, report.status === 0 ? '' : report.stdout]).toEqual([0, '']);
    });
    expect(memory()).toBeLessThan(limit);
  });

  test('send traces to one place', async () => {
    const seed = ['infra', 'project', 'run', 'turfoo', 'seed', '--context', checkout.context];
    expect(checkout.repoctl(...seed)).toMatchObject({ status: 0 });
    const proxy = await kubectlProxy(checkout.context);
    const service = (namespace: string, name: string) =>
      `${proxy.url}/api/v1/namespaces/${namespace}/services/${name}/proxy`;
    try {
      const body = JSON.stringify({ url: 'http://status-api.status.svc:8080/health', interval_seconds: 1 });
      const posted = await fetch(`${service('status', 'status-api:8080')}/monitors`, { method: 'POST', body });
      expect(posted.status).toBe(201);
      await eventually('the traces of both backends', 120, async () => {
        const response = await fetch(`${service('monorepo', 'monorepo-jaeger:16686')}/api/services`);
        const { data } = (await response.json()) as { data: string[] };
        const expected = ['turfoo-api', 'turfoo-celery-worker', 'status-api', 'status-monitoring'];
        expect(data).toEqual(expect.arrayContaining(expected));
      });
    } finally {
      proxy.stop();
    }
  });
});
