import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { parseDocument } from 'yaml';
import { images } from '../../charts/common/images.ts';
import { bringImages, context, kubectl, repoctl, setUp, tearDown } from './environment.ts';
import { card, Ingest, type RaceCard } from './ingest.ts';
import { eventually, kubectlProxy } from './run.ts';
import { Sites, sitesImage } from './sites.ts';

jest.setTimeout(900_000);

const [turfoo, monitor] = ['backends/svc-turfoo-ingest', 'backends/svc-status-monitor'];
const environment = setUp(turfoo, monitor);
const here = ['--context', context];

let proxy: { url: string; stop(): void };
let sites: Sites;
const service = (namespace: string, name: string) =>
  `${proxy.url}/api/v1/namespaces/${namespace}/services/${name}/proxy`;

/** What Jaeger's API says of a span. */
interface SpanAnswer {
  readonly spanID: string;
  readonly operationName: string;
  readonly processID: string;
  readonly startTime: number;
  readonly references: readonly { readonly refType: string; readonly traceID: string; readonly spanID: string }[];
  readonly tags: readonly { readonly key: string; readonly value: unknown }[];
}

/** A span as Jaeger shows it: service, name, and the same of its parent. */
interface Span {
  readonly name: string;
  readonly parent: string;
}

/** Each trace with a span of this service and name, its spans in the order of their beginnings. */
async function traces(of: string, operation: string): Promise<Span[][]> {
  const query = new URLSearchParams({ service: of, operation, limit: '200', lookback: '1h' });
  const response = await fetch(`${service('monorepo', 'monorepo-jaeger:16686')}/api/traces?${query}`);
  if (!response.ok) throw new Error(`Jaeger: ${response.status} ${await response.text()}`);
  const { data } = (await response.json()) as {
    data: readonly {
      readonly spans: readonly SpanAnswer[];
      readonly processes: Record<string, { readonly serviceName: string }>;
    }[];
  };
  return data.map(({ spans, processes }) => {
    const nameOf = ({ processID, operationName }: SpanAnswer) =>
      `${processes[processID]?.serviceName} ${operationName}`;
    const byId = new Map(spans.map((span) => [span.spanID, nameOf(span)]));
    return [...spans]
      .sort((one, other) => one.startTime - other.startTime)
      .map((span) => {
        const parent = span.references.find(({ refType }) => refType === 'CHILD_OF')?.spanID;
        return { name: nameOf(span), parent: parent === undefined ? 'none' : (byId.get(parent) ?? 'not there') };
      });
  });
}

const request = { name: 'turfoo-api POST /races', parent: 'none' };
const task = { name: 'turfoo-celery-worker run/turfoo.ingest', parent: 'turfoo-api POST /races' };

/** Posts a card, and waits until it is stored. */
async function ingested(posted: RaceCard): Promise<void> {
  const ingest = new Ingest(service('turfoo', 'turfoo-api:8000'));
  await ingest.post(posted);
  await ingest.read(`/races/${posted.id}`);
}

beforeAll(async () => {
  const file = join(environment.root, 'repoctl.yaml');
  const document = parseDocument(readFileSync(file, 'utf8'));
  document.setIn(['global', 'services', 'jaeger'], document.createNode({ kind: 'jaeger' }));
  writeFileSync(file, String(document));
  // As in production: nothing compiles when a pod starts.
  const project = join(environment.root, monitor, 'infra/project.yaml');
  writeFileSync(project, readFileSync(project, 'utf8').replace(/^ {4}localTarget: .*\n/m, ''));
  bringImages(images.jaeger, sitesImage);
  proxy = await kubectlProxy(context);
  sites = new Sites(proxy.url);
  await sites.start();
  repoctl(environment.root, 'infra', 'project', 'start', 'turfoo', 'status', ...here);
});

afterAll(() => {
  sites?.remove();
  proxy?.stop();
  tearDown(environment);
});

test('a request and the task that it sends are one trace of two services', async () => {
  await ingested(card('2026-11-21', 1));
  await eventually('the trace is whole', 60, async () =>
    expect(await traces('turfoo-api', 'POST /races')).toEqual([[request, task]]),
  );
});

test('a worker that a saved file starts again sends traces, too', async () => {
  const log = () => kubectl('logs', '-n', 'turfoo', 'deployment/turfoo-celery-worker').stdout;
  const ready = () => log().split(' ready.').length;
  const before = ready();
  const save = 'echo "# saved" >> /app/src/turfoo/worker.py';
  kubectl('exec', '-n', 'turfoo', 'deployment/turfoo-celery-worker', '--', 'sh', '-c', save);
  await eventually('the worker has started again', 60, () => expect(ready()).toBeGreaterThan(before));
  await ingested(card('2026-11-21', 2));
  await eventually('the trace is whole', 60, async () =>
    expect(await traces('turfoo-api', 'POST /races')).toEqual([
      [request, task],
      [request, task],
    ]),
  );
});

test('beat’s sweep is a trace of beat and the worker', async () => {
  const sent = { name: 'turfoo-celery-beat apply_async/turfoo.sweep', parent: 'none' };
  const run = { name: 'turfoo-celery-worker run/turfoo.sweep', parent: sent.name };
  await eventually('a sweep', 150, async () => {
    const [first] = await traces('turfoo-celery-beat', 'apply_async/turfoo.sweep');
    expect(first).toEqual([sent, run]);
  });
});

test('probes and metrics are no traces', async () => {
  const response = await fetch(`${service('monorepo', 'monorepo-jaeger:16686')}/api/services/turfoo-api/operations`);
  const { data } = (await response.json()) as { data: string[] };
  expect(data.sort()).toEqual(['GET /races/{race_id}', 'POST /races']);
});

test('a check, its transition and its webhook are one trace of three Go programs, and the request is another', async () => {
  const body = { url: `${sites.address}/site/1`, webhook: `${sites.address}/hook`, interval_seconds: 1 };
  const monitors = `${service('status', 'status-api:8080')}/monitors`;
  const response = await fetch(monitors, { method: 'POST', body: JSON.stringify(body) });
  expect(response.status).toBe(201);
  await eventually('the site is known', 60, async () => {
    const { transitions } = (await (await fetch(`${monitors}/1/history`)).json()) as { transitions: unknown[] };
    expect(transitions).toHaveLength(1);
  });
  await sites.change(1, 1);
  const check = { name: 'status-monitoring process status:due', parent: 'none' };
  const change = { name: 'status-status-change process status:results', parent: check.name };
  const told = { name: 'status-notification process status:transitions', parent: change.name };
  await eventually('the trace is whole', 90, async () => {
    expect(await traces('status-api', 'POST /monitors')).toEqual([
      [{ name: 'status-api POST /monitors', parent: 'none' }],
    ]);
    const notified = await traces('status-notification', 'process status:transitions');
    expect(notified).toContainEqual([check, change, told]);
  });
});
