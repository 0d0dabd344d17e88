import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { cluster, context, kubectl, makeAvailable, repoctl, setUp, tearDown } from './environment.ts';
import { killContainer } from './faults/node.ts';
import { eventually, kubectlProxy, run } from './run.ts';
import { Sites, sitesImage } from './sites.ts';

jest.setTimeout(900_000);

const folder = 'backends/svc-status-monitor';
const environment = setUp(folder);
const here = ['--context', context];

const workers = ['monitoring', 'status-change', 'notification'] as const;
type Worker = (typeof workers)[number];
/** What each reads. */
const streams: Record<Worker, string> = {
  monitoring: 'status:due',
  'status-change': 'status:results',
  notification: 'status:transitions',
};

const urls = 50;
const changesOfEach = 20;
/** How many transitions are told from one kill to the next. */
const perKill = 80;

interface Pod {
  readonly metadata: { readonly name: string; readonly deletionTimestamp?: string };
  readonly status: {
    readonly containerStatuses?: readonly { readonly ready: boolean; readonly containerID?: string }[];
  };
}

/** The pods of a workload that are to stay. */
function podsOf(name: string): Pod[] {
  const { stdout } = kubectl('get', 'pods', '-n', 'status', '-l', `app.kubernetes.io/name=${name}`, '-o', 'json');
  const { items } = JSON.parse(stdout) as { items: Pod[] };
  return items.filter(({ metadata }) => !metadata.deletionTimestamp);
}
const namesOf = (name: string): string[] =>
  podsOf(name)
    .map(({ metadata }) => metadata.name)
    .sort();
const isReady = ({ status }: Pod): boolean => status.containerStatuses?.[0]?.ready === true;

/** What Redis says, in the database of the project. */
const redis = (...command: string[]): unknown =>
  JSON.parse(
    repoctl(environment.root, 'infra', 'global', 'shell', 'redis', ...here, '--', '--json', '-n', '2', ...command)
      .stdout,
  );
const consumersOf = (worker: Worker) =>
  redis('XINFO', 'CONSUMERS', streams[worker], worker) as { name: string; pending: number }[];

const declared = new Map<Worker, number>(workers.map((worker) => [worker, 2]));
function declareReplicas(changed: Partial<Record<Worker, number>>): void {
  for (const [worker, replicas] of Object.entries(changed)) declared.set(worker as Worker, replicas);
  const file = join(environment.root, folder, 'infra/project.yaml');
  // As in production: nothing compiles when a pod starts, and signals reach the programs.
  let text = readFileSync(file, 'utf8').replaceAll(/^ {4}(replicas: \d|localTarget: .*)\n/gm, '');
  for (const [worker, replicas] of declared)
    text = text.replace(`  ${worker}:\n`, `  ${worker}:\n    replicas: ${replicas}\n`);
  writeFileSync(file, text);
}

const start = () => repoctl(environment.root, 'infra', 'project', 'start', 'status', ...here);

interface Monitor {
  readonly id: number;
}

interface Transition {
  readonly key: string;
  readonly to: string;
  readonly attempts: number;
  readonly last_error?: string;
  readonly delivered_at: string | null;
  readonly dead_at?: string;
}

let proxy: { url: string; stop(): void };
let sites: Sites;
const api = (path: string) => `${proxy.url}/api/v1/namespaces/status/services/status-api:8080/proxy/monitors${path}`;

async function register(site: string | number, webhook: string): Promise<Monitor> {
  const body = { url: `${sites.address}/site/${site}`, webhook: `${sites.address}/${webhook}`, interval_seconds: 1 };
  const response = await fetch(api(''), { method: 'POST', body: JSON.stringify(body) });
  expect(response.status).toBe(201);
  return (await response.json()) as Monitor;
}

async function historyOf({ id }: Monitor): Promise<Transition[]> {
  const response = await fetch(api(`/${id}/history`));
  return ((await response.json()) as { transitions: Transition[] }).transitions;
}

/** Ends a worker's pod or process, as hard as can be. */
const kills: Record<string, (pod: Pod) => void> = {
  'pod deleted': ({ metadata }) =>
    kubectl('delete', 'pod', '-n', 'status', metadata.name, '--grace-period=0', '--force', '--wait=false'),
  SIGKILL: ({ status }) => killContainer(status.containerStatuses?.[0]?.containerID ?? ''),
};

beforeAll(async () => {
  run('kind', ['load', 'docker-image', '--name', cluster, ...makeAvailable([sitesImage])]);
  proxy = await kubectlProxy(context);
  sites = new Sites(proxy.url);
  await sites.start();
  declareReplicas({});
  start();
});

afterAll(() => {
  sites?.remove();
  proxy?.stop();
  tearDown(environment);
});

test.each(workers)('%s is scaled by itself', (worker) => {
  const others = [...workers, 'api'].filter((each) => each !== worker);
  const before = others.map(namesOf);
  declareReplicas({ [worker]: 3 });
  start();
  expect(namesOf(worker)).toHaveLength(3);
  expect(others.map(namesOf)).toEqual(before);
});

test('a thousand transitions are told once each by their keys, while each worker is killed again and again', async () => {
  for (let site = 0; site < urls; site++) await register(site, 'hook');
  const began = Date.now();
  for (let site = 0; site < urls; site++) await sites.change(site, changesOfEach);
  await eventually('each pod takes messages', 90, () => {
    for (const worker of workers) {
      const consumers = consumersOf(worker).map(({ name }) => name);
      for (const pod of namesOf(worker))
        expect([pod, consumers.some((name) => name.startsWith(`${pod}-`))]).toEqual([pod, true]);
    }
  });
  const killed: string[] = [];
  const ways = Object.entries(kills);
  const total = urls * changesOfEach;
  for (let state = await sites.state(); state.told < total; state = await sites.state()) {
    const round = killed.length;
    const worker = workers[round % workers.length] ?? 'monitoring';
    const [how, kill] = ways[Math.floor(round / workers.length) % ways.length] ?? [];
    const victim = podsOf(worker).find(isReady);
    if (state.told >= (round + 1) * perKill && victim && how && kill) {
      kill(victim);
      killed.push(`${worker} ${how}`);
    }
    if (Date.now() - began > 600_000) throw new Error(`not told within 10 minutes: ${JSON.stringify(state)}`);
    await sleep(200);
  }
  const seconds = (Date.now() - began) / 1000;
  // What the dead have left is claimed after 20 s, and would be told now.
  await eventually('nothing is pending', 90, () => {
    for (const worker of workers) {
      expect(consumersOf(worker).filter(({ pending }) => pending > 0)).toEqual([]);
      expect(redis('XINFO', 'GROUPS', streams[worker])).toMatchObject([{ lag: 0 }]);
    }
  });
  const state = await sites.state();
  process.stderr.write(
    `${state.told} transitions in ${seconds.toFixed(0)} s, ${killed.length} kills (${killed.join(', ')}), ` +
      `${state.calls - state.told} calls repeated under the same key\n`,
  );
  expect(state).toMatchObject({ told: total, wrong: 0 });
  expect(new Set(killed).size).toBe(workers.length * ways.length);
  // Only who dies between the webhook's answer and its record leaves it open.
  expect(state.calls - state.told).toBeLessThanOrEqual(killed.length * 16);
  const sql = "select count(*), count(distinct key), count(delivered_at) from transition where webhook <> ''";
  const shell = ['infra', 'project', 'shell', 'status', 'postgres', ...here, '--', '-Atc', sql];
  const rows = repoctl(environment.root, ...shell).stdout.trim();
  expect(rows).toBe(`${total}|${total}|${total}`);
});

describe('a delivery', () => {
  test('that was under way in a process that is killed is claimed by another, and told under the same key', async () => {
    const before = await sites.state();
    const monitor = await register('slow', 'hook/slow/8000');
    const pods = podsOf('notification');
    await sites.change('slow', 1);
    // Taken is not sent: the kill has to come after the webhook was called, and before it answers.
    await eventually('the webhook is called', 60, async () => expect((await sites.state()).answering).toBe(1));
    const dead = consumersOf('notification').find(({ pending }) => pending > 0)?.name ?? '';
    const victim = pods.find(({ metadata }) => dead.startsWith(`${metadata.name}-`));
    expect(victim).toBeDefined();
    if (victim) kills.SIGKILL?.(victim);
    expect((await sites.state()).answering).toBe(1);
    const delivered = await eventually('it is delivered', 90, async () => {
      const [last] = await historyOf(monitor);
      expect(last).toMatchObject({ to: 'down', delivered_at: expect.any(String) });
      return last;
    });
    expect(delivered).toMatchObject({ attempts: 1 });
    const after = await sites.state();
    expect([after.told - before.told, after.calls - before.calls]).toEqual([1, 2]);
    expect(consumersOf('notification').find(({ name }) => name === dead)).toMatchObject({ pending: 0 });
  });

  test('that is refused goes to the dead letters, with the reason, and is not tried again', async () => {
    const monitor = await register('refused', 'refuse');
    await sites.change('refused', 1);
    await eventually('it is given up', 60, async () => {
      const [last] = await historyOf(monitor);
      expect(last).toMatchObject({ to: 'down', delivered_at: null, dead_at: expect.any(String), attempts: 1 });
    });
    expect((await sites.state()).refused).toBe(1);
    const [letter] = redis('XRANGE', 'status:transitions:dead', '-', '+') as [string, string[]][];
    expect(letter?.[1]).toContain('refused with status 410');
    expect(redis('XLEN', 'status:transitions:dead')).toBe(1);
  });
});

test.each([...workers, 'api'])('%s stops at once when it is told to', (name) => {
  const pod = podsOf(name).find(isReady)?.metadata.name ?? '';
  const script = `
kubectl --context ${context} logs -n status ${pod} -f --tail 1 >log & until [ -s log ]; do sleep 0.1; done
date +%s%3N; kubectl --context ${context} delete pod -n status ${pod} >/dev/null; date +%s%3N
wait; cat log`;
  const [began, ended, ...log] = run('sh', ['-c', script], { cwd: environment.root }).stdout.split('\n');
  const [, time = ''] = /"time":"([^"]+)".*"msg":"stopped"/.exec(log.join('\n')) ?? [];
  expect(time).not.toBe('');
  process.stderr.write(
    `${name}: its program ended after ${Date.parse(time) - Number(began)} ms, its pod was gone after ${Number(ended) - Number(began)} ms\n`,
  );
});
