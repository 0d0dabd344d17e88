import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { images } from '../../charts/common/images.ts';
import { bringImages, context, kubectl, repoctl, setUp, tearDown } from './environment.ts';
import { flaw } from './faults/advice.ts';
import { containerFaults } from './faults/container-faults.ts';
import { cramped, type Fault, namespace, objectOf, undo } from './faults/fault.ts';
import { deleteHeld, held, letGo, release } from './faults/held-namespace.ts';
import { bringApiServerBack, mend, node, startKubelet, stopKubelet, takeApiServerAway } from './faults/node.ts';
import { objectFaults } from './faults/object-faults.ts';
import { type Outage, outages } from './faults/outages.ts';
import { init, podFaults } from './faults/pod-faults.ts';
import { server, writeProject } from './faults/project.ts';
import { blamed, Reports, type Row, rowsOf } from './faults/reports.ts';
import { Watching } from './faults/watching.ts';
import { eventually, run } from './run.ts';

jest.setTimeout(900_000);

const environment = setUp();
const reports = new Reports(environment.root);
const faults = [...containerFaults, ...podFaults, ...objectFaults];
const start = (...projects: string[]) =>
  repoctl(environment.root, 'infra', 'project', 'start', ...projects, '--context', context, '--timeout', '300');

beforeAll(() => {
  bringImages(images.busybox);
  for (const project of [namespace, cramped]) {
    const own = faults.filter((fault) => (fault.project ?? namespace) === project);
    const workloads = Object.fromEntries(own.map(({ name, settings = server }) => [name, settings]));
    writeProject(environment.root, project, { ...workloads, ...(project === namespace && { well: server }) });
  }
  writeProject(environment.root, held, { api: server });
  start('turfoo', namespace, cramped, held);
});

afterAll(() => {
  // Others use the cluster after this.
  mend();
  letGo();
  tearDown(environment);
});

const told = ({ status, reason, cause, advice }: Row): string =>
  `${status} ${reason}: ${cause}\n  ${advice[0]?.command.join(' ')}`;
const healthy = (...args: string[]) => {
  const { status, stdout, stderr } = reports.run('--wait', '--timeout', '240', ...args);
  expect([status, status === 0 ? '' : `${stdout}\n${stderr}`]).toEqual([0, '']);
  expect(blamed(reports.read(), () => false)).toEqual([]);
};

test('all is healthy before, by what services say in their own protocols, too', () => {
  const document = reports.read('--deep');
  expect(blamed(document, () => false)).toEqual([]);
  expect(document.complete).toBe(true);
  expect(reports.run('--deep').status).toBe(0);
});

describe('services that are broken side by side', () => {
  const last = new Map<string, Row>();
  const asExpected = new Map<string, Row>();
  const flaws = new Map<string, string | undefined>();
  const others = new Set<string>();

  const isBroken = ({ namespace: of, object }: Row) =>
    of === held || faults.some((fault) => objectOf(fault) === object);

  const matches = ({ expected }: Fault, { status, reason, cause = '', advice }: Row): boolean =>
    status === expected.status &&
    expected.reason.test(reason) &&
    expected.cause.test(cause) &&
    expected.advice.test(advice[0]?.command.join(' ') ?? '');

  function look(): void {
    const document = reports.read();
    for (const line of blamed(document, isBroken)) if (!line.startsWith(`${held} `)) others.add(line);
    for (const row of rowsOf(document)) last.set(row.object, row);
    for (const fault of faults.filter(({ name }) => !asExpected.has(name))) {
      const row = last.get(objectOf(fault));
      if (!row || !matches(fault, row)) continue;
      asExpected.set(fault.name, row);
      flaws.set(fault.name, flaw(environment.root, row.advice[0]?.command ?? []));
    }
  }

  test('are all seen', async () => {
    deleteHeld();
    for (const fault of faults) fault.break(objectOf(fault));
    await eventually('the faults', 240, () => {
      look();
      const waiting = faults.filter(({ name }) => !asExpected.has(name));
      if (waiting.length > 0) throw new Error(waiting.map(({ name }) => name).join(', '));
    });
  });

  test.each(faults)('$name: the report names the cause, and a command that exists', (fault) => {
    const row = last.get(objectOf(fault));
    if (!asExpected.has(fault.name)) throw new Error(row ? told(row) : 'not in the report');
    expect(flaws.get(fault.name)).toBeUndefined();
  });

  test('a namespace that can’t go: the report names what holds it, and a command that exists', async () => {
    await eventually('the namespace is stuck', 90, () => {
      const { status, reason, cause, advice = [] } = reports.read().tiers.find((tier) => tier.namespace === held) ?? {};
      expect([status, reason, cause]).toEqual(['degraded', 'Terminating', expect.stringContaining('example.com/hold')]);
      expect(flaw(environment.root, advice[0]?.command ?? [])).toBeUndefined();
    });
  });

  test('make the report fail, and nothing else is blamed at any time', () => {
    expect(reports.run().status).toBe(1);
    expect([...others]).toEqual([]);
  });

  test('are healthy again after the repair', () => {
    release();
    for (const { repair = undo, ...fault } of faults) repair(objectOf(fault));
    start(namespace, cramped, held);
    healthy();
  });
});

describe('what others suffer from', () => {
  const rowOf = (document: ReturnType<typeof reports.read>, key: string) =>
    rowsOf(document).find((each) => `${each.namespace}/${each.object}` === key);

  // Where no ImmuDB image can be had, the test configuration leaves ImmuDB out.
  const possible = (outage: Outage) => environment.hasImmudb || !outage.immudb;
  for (const { what } of outages.filter((each) => !possible(each))) test.skip(what, () => {});

  test.each(outages.filter(possible))('$what', async ({ deep, culprit, victims, repair, advised, ...outage }) => {
    outage.break();
    const args = deep ? ['--deep'] : [];
    await eventually('the cause', 180, () => {
      const document = reports.read(...args);
      const row = rowOf(document, culprit.key);
      expect(row && [row.reason, row.cause]).toEqual([
        expect.stringMatching(culprit.reason),
        expect.stringMatching(culprit.cause),
      ]);
      const isVictim = ({ waitingFor }: Row) => waitingFor === culprit.key;
      expect(blamed(document, (each) => each === row || isVictim(each) || each.object === row?.object)).toEqual([]);
      const cause = document.causes.find(({ object }) => object === culprit.key);
      expect(cause?.victims ?? []).toEqual(expect.arrayContaining([...victims]));
      expect(flaw(environment.root, row?.advice[0]?.command ?? [])).toBeUndefined();
      expect(reports.run(...args).status).toBe(1);
    });
    if (victims.length > 1)
      expect(reports.run().stdout).toMatch(new RegExp(`^ +\\d+ services wait for it: .*${victims.join('.*')}`, 'm'));
    repair(environment.root);
    if (advised)
      await eventually('the command that completes the repair', 60, () => {
        const [program = '', ...words] = rowOf(reports.read(), culprit.key)?.advice[0]?.command ?? [];
        expect([program, ...words].join(' ')).toMatch(advised);
        run(program, words);
      });
    healthy();
    expect(reports.run('--deep').status).toBe(0);
  });
});

describe('a node that is not ready', () => {
  test('makes what runs on it unknown, and names the node', async () => {
    stopKubelet();
    await eventually('the node is lost', 120, () => {
      const document = reports.read();
      const lost = rowsOf(document).filter(({ status }) => status === 'unknown');
      expect(lost.map(({ object }) => object)).toEqual(
        expect.arrayContaining(['monorepo-redis', 'turfoo-api', 'faults-well']),
      );
      for (const row of lost) {
        expect(row.cause).toContain(`node ${node} is not ready`);
        expect(row.advice).toEqual([{ command: ['docker', 'start', node] }]);
      }
      expect(blamed(document, ({ reason }) => reason === 'NodeNotReady')).toEqual([]);
      expect(reports.run().status).toBe(3);
    });
    startKubelet();
    await eventually('the node is back', 120, () => expect(reports.run().status).toBe(0));
    healthy();
  });
});

describe('an API server that is away', () => {
  const running: Watching[] = [];
  const watch = (...args: string[]) => {
    const watching = new Watching(environment.root, ...args);
    running.push(watching);
    return watching;
  };
  afterAll(() => Promise.all(running.map((each) => each.interrupt())));

  test('is said; who watches or waits sees that the report is stale, and that it no longer is', async () => {
    const watching = watch(cramped, '--watch', '-o', 'json');
    await eventually('the first report', 30, () => expect(watching.reports).not.toEqual([]));
    const broken = 'deployment/cramped-quota-exceeded';
    const hangs = { spec: { template: { spec: init('hang', ['sleep', '3600']) } } };
    kubectl('-n', cramped, 'patch', broken, '--patch', JSON.stringify(hangs));
    const waiting = watch(cramped, '--wait', '--timeout', '600');
    await eventually('something to wait for', 30, () => expect(waiting.stderr).toContain('progressing'));
    takeApiServerAway();
    await eventually('the API server is away', 120, () => {
      const { status, stderr } = reports.run();
      expect([status, stderr]).toEqual([3, expect.stringMatching(/^error: can't reach https:\S+ \(context \S+\): /)]);
      expect(stderr).toContain('Is the cluster running? repoctl up starts it; repoctl doctor says what is wrong');
    });
    // A server that ends goes on with its watches for a while.
    await eventually('the report is stale', 90, () => expect(watching.reports.at(-1)?.stale?.message).toBeTruthy());
    bringApiServerBack();
    await eventually('the API server is back', 180, () => expect(reports.run(cramped).status).toBe(0));
    await eventually('the report is true', 30, () => expect(watching.reports.at(-1)?.stale).toBeUndefined());
    kubectl('-n', cramped, 'rollout', 'undo', broken);
    expect([await waiting.ended, waiting.stderr]).toEqual([
      0,
      expect.stringMatching(/the report is stale: .*\n(.*\n)*.* the cluster answers again\n/),
    ]);
    repoctl(environment.root, 'infra', 'project', 'stop', cramped, '--context', context);
    await eventually('the change is seen', 60, () =>
      expect(watching.reports.at(-1)?.tiers.map(({ status }) => status)).toEqual(['stopped']),
    );
    expect(await watching.interrupt()).toBe(0);
    start(cramped);
    healthy();
  });
});
