import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import type { Cluster } from '../../src/cluster/client.ts';
import { readExpected } from '../../src/exporter/read-expected.ts';
import { Reporting } from '../../src/exporter/reporting.ts';
import { ExporterServer } from '../../src/exporter/server.ts';
import { assemble } from '../../src/status/report/assemble.ts';
import type { ExpectedEnvironment } from '../../src/status/report/expected.ts';
import { ApiServer } from '../status/report/api-server.ts';
import { deployment, namespace, podOf } from '../status/report/objects.ts';

jest.setTimeout(60_000);

const expected = (...workloads: string[]): ExpectedEnvironment => ({
  environment: 'dev',
  namespaces: [
    {
      name: 'shop',
      labels: namespace('shop').metadata.labels ?? {},
      services: [],
      workloads: workloads.map((name) => ({
        name,
        object: `shop-${name}`,
        controller: { kind: 'Deployment', name: `shop-${name}` },
        after: [],
      })),
    },
  ],
});

let api: ApiServer;
let cluster: Cluster;
let over: AbortController;
let server: ExporterServer;
let lines: string[];
let ended: Promise<void>;
let address: string;

async function serve(plan: ExpectedEnvironment | undefined = expected('api')): Promise<void> {
  const judge = (snapshot: Parameters<typeof assemble>[1]) => assemble(plan, snapshot);
  const subject = { cluster, view: { known: ['shop'] }, judge };
  const reporting = new Reporting(subject, { intervalSeconds: 0.05, tell: (line) => lines.push(line) });
  server = new ExporterServer(reporting, plan?.environment);
  address = `http://127.0.0.1:${await server.listen(0, '127.0.0.1')}`;
  ended = reporting.run(over.signal);
}

beforeEach(async () => {
  api = new ApiServer();
  cluster = await api.start();
  over = new AbortController();
  lines = [];
  api.put('namespaces', namespace('shop'));
  api.put('deployments', deployment('shop', 'api', 1));
  api.put('pods', podOf('shop', 'api'));
});
afterEach(async () => {
  over.abort();
  await ended;
  await server.close();
  await api.stop();
});

const get = async (route: string) => {
  const response = await fetch(address + route);
  return { status: response.status, type: response.headers.get('content-type'), text: await response.text() };
};

async function metrics(holds: (text: string) => boolean): Promise<string> {
  for (let tries = 0; tries < 600; tries += 1) {
    const { text } = await get('/metrics');
    if (holds(text)) return text;
    await sleep(20);
  }
  throw new Error(`never came:\n${(await get('/metrics')).text}\n${lines.join('\n')}`);
}

const up = (text: string) => /^repoctl_up\{environment="dev"\} 1$/m.test(text);
const state = (name: string, of: string) => (text: string) =>
  text.split('\n').some((line) => line.includes(`resource="shop-${name}"`) && line.endsWith(`state="${of}"} 1`));

describe('the exporter', () => {
  test('serves the state of each service, as it changes', async () => {
    await serve();
    const text = await metrics(up);
    expect(state('api', 'healthy')(text)).toBe(true);
    const states = text.split('\n').filter((line) => line.startsWith('repoctl_resource_state{'));
    expect(states).toHaveLength(7);
    expect(states.filter((line) => line.endsWith(' 1'))).toEqual([
      'repoctl_resource_state{environment="dev",namespace="shop",tier="project",project="shop",resource="shop-api",kind="Deployment",state="healthy"} 1',
    ]);
    expect(text).not.toContain('repoctl_resource_problem{');
    api.remove('deployments', deployment('shop', 'api', 1));
    const after = await metrics(state('api', 'missing'));
    expect(after).toMatch(/^repoctl_resource_problem\{.*state="missing",reason="\w+"\} 1$/m);
  });

  test('tells what is missing only by what is expected', async () => {
    await serve(expected('api', 'worker'));
    expect(state('worker', 'missing')(await metrics(up))).toBe(true);
  });

  test('serves the document of status, whose commands name no context', async () => {
    await serve(expected('api', 'worker'));
    await metrics(up);
    const { status, type, text } = await get('/report.json');
    expect([status, type]).toEqual([200, 'application/json']);
    expect(JSON.parse(text)).toMatchObject({
      kind: 'StatusReport',
      context: 'in-cluster',
      environment: 'dev',
      complete: true,
      tiers: [{ namespace: 'shop', services: [{ object: 'shop-worker', status: 'missing' }, { object: 'shop-api' }] }],
    });
    expect(text).not.toContain('--context');
  });

  test('is up and ready, and answers nothing but reading', async () => {
    await serve();
    await metrics(up);
    expect(await get('/readyz')).toMatchObject({ status: 200 });
    expect(await get('/healthz')).toMatchObject({ status: 200 });
    expect(await get('/x')).toMatchObject({ status: 404, text: expect.stringContaining('/metrics') });
    expect((await fetch(`${address}/metrics`, { method: 'POST' })).status).toBe(405);
  });

  test('is not up, and calls nothing healthy, where all rights are refused', async () => {
    api.forbidden = () => true;
    await serve();
    const text = await metrics(() => lines.some((line) => line.startsWith('nothing can be read')));
    expect(text).toContain('repoctl_up{environment="dev"} 0\n');
    expect(text).not.toContain('healthy');
    expect(await get('/readyz')).toMatchObject({ status: 503 });
    expect(await get('/healthz')).toMatchObject({ status: 200 });
  });

  test('calls unknown what it has no right to see, and says that the report is incomplete', async () => {
    api.forbidden = (path) => path.endsWith('/deployments');
    await serve();
    const text = await metrics(up);
    expect(text).toContain('repoctl_report_complete{environment="dev"} 0\n');
    expect(text).toContain('repoctl_report_unreadable_lists{environment="dev"} 1\n');
    expect(state('api', 'unknown')(text)).toBe(true);
  });

  test('is not up while there is no cluster, and says why', async () => {
    await api.stop();
    await serve();
    const text = await metrics(() => lines.length > 0);
    expect(text).toBe(
      '# HELP repoctl_up Whether the last health report is recent and the cluster could be read: 1, else 0.\n# TYPE repoctl_up gauge\nrepoctl_up{environment="dev"} 0\n',
    );
    expect(await get('/report.json')).toMatchObject({ status: 503 });
    expect(lines).toEqual([expect.stringMatching(/^no report: /)]);
  });

  test('names a port that can’t be had', async () => {
    await serve();
    const port = Number(new URL(address).port);
    const other = new ExporterServer({ known: { up: false }, idle: 0 });
    await expect(other.listen(port, '127.0.0.1')).rejects.toThrow(`can't listen on 127.0.0.1:${port}`);
  });

  test('is to be started again once its loop has hung', async () => {
    await serve();
    const hung = new ExporterServer({ known: { up: false }, idle: 601_000 });
    const port = await hung.listen(0, '127.0.0.1');
    expect((await fetch(`http://127.0.0.1:${port}/healthz`)).status).toBe(503);
    await hung.close();
  });
});

test('a file of what is expected that is none says what it should be', () => {
  expect(() => readExpected('package.json')).toThrow(/^package\.json: /);
  expect(() => readExpected('nowhere.json')).toThrow('ENOENT');
});
