import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Cluster } from '../../../src/cluster/client.ts';
import { assemble } from '../../../src/status/report/assemble.ts';
import { failingContainer, withLogs } from '../../../src/status/report/failing-logs.ts';
import { historyOf } from '../../../src/status/report/history.ts';
import { historyLines } from '../../../src/status/report/history-lines.ts';
import { reportLines } from '../../../src/status/report/lines.ts';
import type { Event, Pod } from '../../../src/status/rules/objects.ts';
import { ago, condition, now } from '../rules/fixtures/objects.ts';
import { ApiServer } from './api-server.ts';
import { crashedPodOf, deployment, namespace, podOf, snapshot, waitingPodOf } from './objects.ts';

const event = (reason: string, message: string, more: Partial<Event>): Event => ({
  metadata: { name: reason },
  involvedObject: {},
  reason,
  message,
  ...more,
});
const paint = (_: string, text: string) => text;
const serviceOf = (parts: Parameters<typeof snapshot>[0], object = 'shop-api') =>
  assemble(undefined, snapshot({ namespaces: [namespace('shop')], ...parts }), 'kind-dev')
    .tiers.flatMap(({ services }) => services)
    .find((each) => each.object === object);
const down = { workloads: [deployment('shop', 'api', 0)] };
const unready = (seconds: number, more: Parameters<typeof podOf>[2] = {}) =>
  podOf('shop', 'api', { conditions: [condition('Ready', 'False', { lastTransitionTime: ago(seconds) })], ...more });

describe('since when something is wrong', () => {
  const backOff = (seconds: number) =>
    event('BackOff', 'Back-off restarting failed container', {
      involvedObject: { kind: 'Pod', namespace: 'shop', name: 'shop-api-1' },
      firstTimestamp: ago(seconds),
    });
  const crashing = unready(20, crashed(7));
  test.each<[string, Parameters<typeof snapshot>[0], string | undefined]>([
    ['a crash: since its last end, if nobody knows more', { ...down, pods: [crashing] }, ago(20)],
    ['a crash: since the kubelet first said so', { ...down, pods: [crashing], events: [backOff(700)] }, ago(700)],
    [
      'a pod without a node: since the scheduler said so',
      {
        ...down,
        pods: [
          podOf('shop', 'api', {
            phase: 'Pending',
            spec: { nodeName: undefined },
            conditions: [
              condition('PodScheduled', 'False', {
                lastTransitionTime: ago(90),
                message: '0/1 nodes: Insufficient cpu',
              }),
            ],
            status: { ready: false, state: undefined },
          }),
        ],
      },
      ago(90),
    ],
    ['nobody noted when it was deleted', { workloads: [], pods: [], namespaces: [namespace('shop')] }, undefined],
    [
      'what is well has no time',
      { workloads: [deployment('shop', 'api', 1)], pods: [podOf('shop', 'api')] },
      undefined,
    ],
  ])('%s', (_, parts, since) => {
    const health = serviceOf(parts)?.health;
    expect(health?.since).toBe(since);
  });

  test('is at the end of its line', () => {
    const report = assemble(
      undefined,
      snapshot({ namespaces: [namespace('shop')], ...down, pods: [unready(700, crashed(7))] }),
      'x',
    );
    expect(reportLines(report, { paint })[1]).toBe('  shop-api  degraded  0/1  7 restarts  2 h  for 11 min');
  });
});

function crashed(restartCount: number): Parameters<typeof podOf>[2] {
  return {
    status: {
      ready: false,
      restartCount,
      state: { waiting: { reason: 'CrashLoopBackOff' } },
      lastState: { terminated: { exitCode: 1, finishedAt: ago(20), message: 'boom' } },
    },
  };
}

describe('what is restarted over and over', () => {
  const flapping = (restartCount: number, lives: number, lasted: number, runs: number): Pod =>
    alive(lives, {
      status: {
        ready: true,
        restartCount,
        state: { running: { startedAt: ago(runs) } },
        lastState: {
          terminated: { exitCode: 1, startedAt: ago(runs + lasted), finishedAt: ago(runs), message: 'leak' },
        },
      },
    });
  function alive(seconds: number, parts: Parameters<typeof podOf>[2]): Pod {
    const pod = podOf('shop', 'api', parts);
    return { ...pod, status: { ...pod.status, startTime: ago(seconds) } };
  }
  const judged = (pod: Pod) => serviceOf({ workloads: [deployment('shop', 'api', 1)], pods: [pod] })?.health;

  test('is flapping, with its figures', () => {
    expect(judged(flapping(12, 21_600, 1800, 1000))).toMatchObject({
      status: 'degraded',
      reason: 'Flapping',
      terminal: false,
      cause:
        'container api was restarted 12 times in 6 h, about every 30 min; the last time 16 min ago after 30 min: ' +
        'container api exited with 1: leak',
      advice: expect.stringContaining('logs shop api --previous'),
    });
  });
  test.each<[string, Pod]>([
    ['seldom', flapping(3, 21_600, 1800, 1000)],
    ['less than once an hour', flapping(6, 600_000, 1800, 1000)],
    ['no longer: it has run for much longer than the last time', flapping(12, 21_600, 1800, 5500)],
  ])('is well if that was %s', (_, pod) => expect(judged(pod)?.status).toBe('healthy'));
});

describe('the log of what is not healthy', () => {
  let server: ApiServer;
  let cluster: Cluster;
  beforeEach(async () => {
    server = new ApiServer();
    cluster = await server.start();
  });
  afterEach(() => server.stop());

  test('is that of the run that failed, and of no victim; warnings about the pod are with it', async () => {
    const seen = snapshot({
      namespaces: [namespace('dev'), namespace('shop')],
      workloads: [deployment('dev', 'redis', 0), deployment('shop', 'api', 0)],
      pods: [crashedPodOf('dev', 'redis'), waitingPodOf('shop', 'api', 'dev/redis')],
      events: [
        event('BackOff', 'Back-off restarting failed container', {
          involvedObject: { kind: 'Pod', namespace: 'dev', name: 'dev-redis-1' },
          type: 'Warning',
          count: 12,
          lastTimestamp: ago(60),
        }),
      ],
    });
    const report = await withLogs(cluster, assemble(undefined, seen, 'kind-dev'), seen, 5);
    const services = report.tiers.flatMap((tier) => tier.services);
    expect(services.find(({ object }) => object === 'shop-api')).not.toHaveProperty('log');
    expect(services.find(({ object }) => object === 'dev-redis')).toMatchObject({
      log: { pod: 'dev-redis-1', container: 'api', previous: true },
      warnings: [{ reason: 'BackOff', count: 12, lastSeen: ago(60) }],
    });
    expect(server.requests.map(({ pathname, search }) => `${pathname}${search}`)).toEqual([
      '/api/v1/namespaces/dev/pods/dev-redis-1/log?container=api&tailLines=5&previous=true',
    ]);
    const lines = reportLines(report, { paint });
    expect(lines).toContain('    log of dev-redis-1/api, before its last restart:');
    expect(lines).toContain('      BackOff (×12, 60 s ago): Back-off restarting failed container');
  });

  test('that may not be read says why', async () => {
    server.forbidden = (path) => path.endsWith('/log');
    const seen = snapshot({ namespaces: [namespace('shop')], ...down, pods: [crashedPodOf('shop', 'api')] });
    const report = await withLogs(cluster, assemble(undefined, seen, 'kind-dev'), seen, 5);
    expect(report.tiers[0]?.services[0]?.log).toMatchObject({
      lines: [],
      refused: expect.stringContaining('forbidden'),
    });
  });

  const running = { running: { startedAt: ago(60) } };
  const ended = (exitCode: number) => ({ terminated: { exitCode, finishedAt: ago(60) } });
  test.each<[string, Pod, unknown]>([
    ['one that crashes', crashedPodOf('shop', 'api'), { name: 'api', previous: true }],
    [
      'one that is not ready',
      podOf('shop', 'api', { status: { ready: false, state: running } }),
      { name: 'api', previous: false },
    ],
    [
      'one that has ended',
      podOf('shop', 'api', { phase: 'Failed', status: { ready: false, state: ended(1) } }),
      { name: 'api', previous: false },
    ],
    [
      'one that flaps',
      podOf('shop', 'api', { status: { ready: true, restartCount: 9, state: running, lastState: ended(1) } }),
      { name: 'api', previous: true },
    ],
    [
      'one that runs before the others',
      waitingPodOf('shop', 'api', 'dev/redis'),
      { name: 'wait-dev--redis', previous: false },
    ],
    [
      'none of one whose image is not there',
      podOf('shop', 'api', { status: { ready: false, state: { waiting: { reason: 'ImagePullBackOff' } } } }),
      undefined,
    ],
  ])('is of %s', (_, pod, container) => expect(failingContainer(pod)).toEqual(container));
});

describe('what happened', () => {
  const seen = snapshot({
    namespaces: [namespace('shop')],
    workloads: [deployment('shop', 'api', 1)],
    pods: [
      podOf('shop', 'api', {
        meta: { creationTimestamp: ago(9000) },
        conditions: [condition('Ready', 'True', { lastTransitionTime: ago(300) })],
        status: { lastState: { terminated: { exitCode: 137, reason: 'OOMKilled', finishedAt: ago(900) } } },
      }),
      podOf('other', 'api', { conditions: [condition('Ready', 'True', { lastTransitionTime: ago(200) })] }),
    ],
    events: [
      event('BackOff', 'Back-off', {
        involvedObject: { kind: 'Pod', namespace: 'shop', name: 'shop-api-1' },
        type: 'Warning',
        count: 3,
        firstTimestamp: ago(880),
        lastTimestamp: ago(400),
      }),
      event('Pulled', 'said', { involvedObject: { kind: 'Pod', namespace: 'shop', name: 'x' }, type: 'Normal' }),
    ],
    nodes: [
      {
        metadata: { name: 'n' },
        status: { conditions: [condition('Ready', 'True', { lastTransitionTime: ago(100) })] },
      },
    ],
  });
  const history = historyOf(seen, new Set(['shop']), new Date(now.getTime() - 3_600_000));

  test('is in order of time, from events, conditions and ends; of the namespaces and the nodes', () => {
    expect(history.happenings.map(({ name, reason }) => `${name} ${reason}`)).toEqual([
      'shop-api-1 Ended',
      'shop-api-1 BackOff',
      'shop-api-1 Ready',
      'n Ready',
    ]);
    expect(history.happenings[0]?.message).toBe('container api exited with 137 (OOMKilled)');
  });

  test('says what is forgotten', () => {
    const told = (hours: number) => historyLines({ ...history, since: ago(hours * 3600) }, { now, paint, zone: 'UTC' });
    expect(told(1)[1]).toBe('What happened in the last 60 min, as far as the cluster remembers:');
    expect(told(1).at(-1)).not.toContain('forgotten');
    expect(told(5).at(-1)).toMatch(/^ {2}The oldest event is 14 min old; earlier events are gone .* of a condition\.$/);
    expect(told(1)[3]).toMatch(
      /^ {2}\d\d:\d\d:\d\d {2}pod shop\/shop-api-1: BackOff ×3 until \d\d:\d\d:\d\d: Back-off$/,
    );
    const empty = historyLines({ since: ago(60), happenings: [] }, { now, paint });
    expect(empty.slice(2)).toEqual([
      '  nothing recorded',
      '  There are no events. Kubernetes keeps only the last exit of a container and the last change of a condition.',
    ]);
  });
});
