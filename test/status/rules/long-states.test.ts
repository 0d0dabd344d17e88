import { describe, expect, test } from '@jest/globals';
import { health, type Judged } from '../../../src/status/rules/health.ts';
import type { Container, ContainerStatus, CronJob, Job, Pod } from '../../../src/status/rules/objects.ts';
import { podHealth } from '../../../src/status/rules/pod.ts';
import type { Surroundings } from '../../../src/status/rules/verdict.ts';
import { ago, around, condition, crashedPod, event, meta, pod, waitingPod } from './fixtures/objects.ts';

const told = (given: Pod, more: Partial<Surroundings> = {}) => {
  const { status, reason, cause = '' } = podHealth(given, around(more));
  return `${status} ${reason}: ${cause}`;
};

/** A pod whose container has run for some seconds, after so many crashes of which the last run lasted some. */
const runsAgain = (restarts: number, runs: number, lasted: number, more: Partial<ContainerStatus> = {}) =>
  pod({
    status: {
      restartCount: restarts,
      state: { running: { startedAt: ago(runs) } },
      lastState: {
        terminated: { exitCode: 1, reason: 'Error', startedAt: ago(runs + 5 + lasted), finishedAt: ago(runs + 5) },
      },
      ...more,
    },
  });

describe('a container that crashed over and over and runs', () => {
  test.each<[string, Pod, RegExp]>([
    ['not as long as the last time', runsAgain(12, 8, 20), /^degraded CrashLoopBackOff: .*12 restarts.*after 20 s/],
    ['not for long', runsAgain(5, 20, 1), /^degraded CrashLoopBackOff/],
    ['much longer than the last time', runsAgain(12, 61, 20), /^healthy/],
    ['so long that its crashes are forgotten', runsAgain(12, 601, 590), /^healthy/],
    ['and its runs are so long that each is forgotten', runsAgain(12, 8, 3600), /^healthy/],
    ['once or twice only', runsAgain(2, 8, 1), /^healthy/],
    [
      'because its node was started again',
      runsAgain(9, 8, 20, { lastState: { terminated: { exitCode: 255, reason: 'Unknown', finishedAt: ago(13) } } }),
      /^healthy/,
    ],
    ['and is not ready', runsAgain(12, 8, 20, { ready: false }), /^degraded CrashLoopBackOff/],
  ])('%s', (_what, given, expected) => expect(told(given)).toMatch(expected));
});

const proxy: Container = { name: 'proxy', restartPolicy: 'Always' };
const withSidecar = (status: Partial<ContainerStatus>, more: Partial<Container> = {}) =>
  waitingPod('PodInitializing', undefined, {
    init: [{ ...proxy, ...more }],
    initStatuses: [{ name: 'proxy', ...status }],
  });

describe('a native sidecar', () => {
  test('that crashed is told by its name, and its own log is advised', () => {
    const ended = { terminated: { exitCode: 3, finishedAt: ago(20) } };
    const given = withSidecar({
      restartCount: 1,
      state: { waiting: { reason: 'CrashLoopBackOff' } },
      lastState: ended,
    });
    expect(told(given)).toMatch(/^degraded CrashLoopBackOff: sidecar proxy exited with 3/);
    expect(podHealth(given, around()).advice).toBe('kubectl -n shop logs shop-api-1 -c proxy --previous');
  });

  test('that has no image', () => {
    const given = withSidecar(
      { state: { waiting: { reason: 'ErrImagePull', message: 'a: not found' } } },
      { image: 'a' },
    );
    expect(told(given)).toMatch(/^degraded ErrImagePull: sidecar proxy: /);
  });

  test('that takes longer to start than it may', () => {
    const startupProbe = { tcpSocket: { port: 1 }, periodSeconds: 1, failureThreshold: 3 };
    const given = withSidecar({ started: false, state: { running: { startedAt: ago(60) } } }, { startupProbe });
    expect(told(given)).toMatch(
      /^degraded Unhealthy: sidecar proxy has not been ready for 60 s: connecting to port 1 fails/,
    );
  });
});

const pending = (
  parts: Partial<Pod['spec']>,
  created: number,
  conditions: readonly ReturnType<typeof condition>[] = [],
) =>
  pod({
    phase: 'Pending',
    spec: { nodeName: undefined, ...parts },
    meta: { creationTimestamp: ago(created) },
    conditions,
    status: { state: undefined, ready: false },
  });
const creating = (seconds: number) => {
  const given = waitingPod('ContainerCreating');
  return { ...given, status: { ...given.status, startTime: ago(seconds) } };
};
const events = (...given: [string, string, number][]) => ({ events: given.map((each) => event(...each)) });
const gone = (reason: string, message = 'no') => pod({ phase: 'Failed', reason, message });

describe('what is on its way becomes degraded', () => {
  test.each<[string, Pod, Partial<Surroundings>, RegExp]>([
    ['created for 10 min', creating(600), {}, /^progressing ContainerCreating/],
    ['created for longer', creating(601), {}, /^degraded ContainerCreating: container api: being created for 10 min/],
    ['pulling', creating(1700), events(['Pulling', 'x', 1000]), /^progressing .*pulling the image/],
    ['pulling for too long', creating(1801), events(['Pulling', 'x', 1000]), /^degraded .*pulling the image/],
    ['no scheduler', pending({}, 121), {}, /^degraded Scheduling: no scheduler has looked at it for 2 min/],
    ['no scheduler of its name', pending({ schedulerName: 'x' }, 600), {}, /the scheduler x has not looked at it/],
    [
      'gated',
      pending({ schedulingGates: [{ name: 'g' }] }, 4000, [
        condition('PodScheduled', 'False', { reason: 'SchedulingGated', lastTransitionTime: ago(3601) }),
      ]),
      {},
      /^degraded SchedulingGated/,
    ],
    [
      'an unheard failure',
      waitingPod('FrobnicateError', 'no frob'),
      {},
      /^degraded FrobnicateError: container api: no frob/,
    ],
    ['an unheard state', waitingPod('Frobnicating'), {}, /^progressing Frobnicating/],
  ])('%s', (_what, given, more, expected) => expect(told(given, more)).toMatch(expected));
});

describe('what keeps a container from being made', () => {
  const generic: [string, string, number] = [
    'FailedMount',
    'Unable to attach or mount volumes: timed out waiting for the condition',
    5,
  ];
  test.each<[string, [string, string, number][], RegExp]>([
    [
      'what says why comes before what took too long',
      [['FailedMount', 'secret "s" not found', 60], generic],
      /secret "s" not found$/,
    ],
    ['but not from long ago', [['FailedMount', 'secret "s" not found', 4000], generic], /timed out/],
    [
      'nor from before something succeeded',
      [['FailedMount', 'x', 60], ['SuccessfulAttachVolume', 'y', 30], generic],
      /timed out/,
    ],
    [
      'several that were made one',
      [['FailedCreatePodSandBox', `(combined from similar events): sandbox "${'ab'.repeat(32)}": no network`, 5]],
      /^degraded FailedCreatePodSandBox: sandbox: no network$/,
    ],
  ])('%s', (_what, given, expected) => expect(told(creating(60), events(...given))).toMatch(expected));
});

describe('a kill', () => {
  const killed = (more: object = {}) =>
    crashedPod({ exitCode: 137, startedAt: ago(60), finishedAt: ago(20), ...more }, 4);
  const probe = (seconds: number, more: object = {}) => ({
    events: [event('Unhealthy', 'Liveness probe failed: no', seconds, more)],
  });
  test.each<[string, Partial<Surroundings>, boolean]>([
    ['while it ran', probe(30), true],
    ['before it began', probe(120), false],
    ['long after it ended', probe(-60), false],
    ['told again and again from before on', probe(25, { count: 9, firstTimestamp: ago(4000) }), true],
    [
      'of another container',
      probe(30, { involvedObject: { ...event('', '').involvedObject, fieldPath: 'spec.containers{x}' } }),
      false,
    ],
  ])('by a probe that failed %s', (_what, more, blamed) =>
    expect(told(killed(), more).includes('because its liveness probe failed')).toBe(blamed),
  );
});

describe('pods that have failed', () => {
  const deployment = (available: number): Judged => ({
    kind: 'Deployment',
    metadata: meta('shop-api'),
    spec: { replicas: 1 },
    status: { replicas: 1, updatedReplicas: 1, availableReplicas: available },
  });
  const set: Judged = {
    kind: 'StatefulSet',
    metadata: meta('shop-db'),
    spec: { replicas: 1 },
    status: { readyReplicas: 0 },
  };
  const of = (object: Judged, ...pods: Pod[]) => {
    const { status, reason } = health(object, around({ pods }));
    return `${status} ${reason}`;
  };
  test.each([
    'UnexpectedAdmissionError',
    'OutOfcpu',
    'OutOfmemory',
    'OutOfpods',
    'NodeAffinity',
    'NodePorts',
    'TaintToleration',
  ])('because the node refuses them: %s', (reason) => {
    expect(of(deployment(0), gone(reason))).toBe(`degraded ${reason}`);
    expect(of(set, gone(reason))).toBe(`degraded ${reason}`);
    expect(of(deployment(1), gone(reason), pod())).toBe('healthy Available');
  });
  test('because the node was shut down: they are replaced', () => {
    expect(of(set, gone('Terminated'))).toBe('progressing Terminated');
    expect(of(set, gone('NodeShutdown'))).toBe('progressing NodeShutdown');
    expect(of(deployment(1), gone('Terminated'), pod())).toBe('healthy Available');
  });
  test('because the node was shut down, and nobody replaces them', () => {
    const old = { ...gone('Terminated'), metadata: meta('shop-db-0', { creationTimestamp: ago(4000) }) };
    expect(of(set, { ...old, status: { ...old.status, startTime: ago(4000), conditions: [] } })).toBe(
      'degraded Terminated',
    );
  });
});

describe('a controller that lags', () => {
  const lagging = (changed: number | undefined, pods?: Pod[]) => {
    const metadata = meta('shop-api', { generation: 2, ...(changed !== undefined && { changedAt: ago(changed) }) });
    const object: Judged = { kind: 'Deployment', metadata, spec: {}, status: { observedGeneration: 1 } };
    const { status, reason } = health(object, around({ pods }));
    return `${status} ${reason}`;
  };
  test('is waited for, and not for ever', () => {
    expect(lagging(30)).toBe('progressing NotObserved');
    expect(lagging(undefined)).toBe('progressing NotObserved');
    expect(lagging(61)).toBe('degraded NotObserved');
  });
  test('excuses no pod', () => expect(lagging(30, [crashedPod({}, 4)])).toBe('degraded CrashLoopBackOff'));
});

describe('a partition', () => {
  const set = (partition: number, updated: number, type = 'RollingUpdate'): Judged => ({
    kind: 'StatefulSet',
    metadata: meta('shop-db'),
    spec: { replicas: 3, updateStrategy: { type, rollingUpdate: { partition } } },
    status: { readyReplicas: 3, updatedReplicas: updated, currentRevision: 'a', updateRevision: 'b' },
  });
  test.each([
    [2, 1, 'healthy'],
    [2, 0, 'progressing'],
    [5, 0, 'healthy'],
    [0, 2, 'progressing'],
  ])('of %i with %i pods updated is %s', (partition, updated, status) =>
    expect(health(set(partition, updated), around()).status).toBe(status),
  );
});

describe('a cron job', () => {
  const cron = (spec: CronJob['spec'], status: CronJob['status'], created = 30 * 86_400): CronJob => ({
    kind: 'CronJob',
    metadata: meta('shop-report', { creationTimestamp: ago(created) }),
    spec: { schedule: '*/5 * * * *', ...spec },
    status,
  });
  const run = (name: string, seconds: number, type?: string): Job => ({
    kind: 'Job',
    metadata: meta(name, {
      creationTimestamp: ago(seconds),
      ownerReferences: [{ kind: 'CronJob', name: 'shop-report' }],
    }),
    spec: {},
    status: {
      conditions: type ? [condition(type, 'True', { reason: type === 'Failed' ? 'DeadlineExceeded' : undefined })] : [],
    },
  });
  const ran = (seconds: number, succeeded = seconds - 10) => ({
    lastScheduleTime: ago(seconds),
    lastSuccessfulTime: ago(succeeded),
  });
  const nodeSince = (seconds: number) => [
    {
      metadata: { name: 'n' },
      status: { conditions: [condition('Ready', 'True', { lastTransitionTime: ago(seconds) })] },
    },
  ];
  test.each<[string, CronJob, Partial<Surroundings>, RegExp]>([
    ['on time', cron({}, ran(300)), {}, /^healthy Succeeded/],
    ['made a moment ago', cron({}, {}, 60), {}, /^healthy Scheduled/],
    ['never ran', cron({}, {}), {}, /^degraded MissedRun: .*never ran/],
    ['missed', cron({}, ran(1800)), {}, /^degraded MissedRun: due by .* 5 times since 2026-03-01T11:35:00.000Z/],
    // 20:00 of the day before in New York.
    [
      'on time in its zone',
      cron({ schedule: '0 20 * * *', timeZone: 'America/New_York' }, ran(11 * 3600)),
      {},
      /^healthy/,
    ],
    [
      'missed in its zone',
      cron({ schedule: '0 20 * * *', timeZone: 'America/New_York' }, ran(20 * 3600)),
      {},
      /^degraded MissedRun/,
    ],
    [
      'missed once while its node was off',
      cron({ schedule: '0 3 * * *' }, ran(33 * 3600)),
      { nodes: nodeSince(900) },
      /^healthy Scheduled/,
    ],
    [
      'missed once while its node was up',
      cron({ schedule: '0 3 * * *' }, ran(33 * 3600)),
      { nodes: nodeSince(90_000) },
      /^degraded MissedRun/,
    ],
    ['no schedule', cron({ schedule: '61 * * * *' }, {}), {}, /^degraded InvalidSchedule/],
    ['no zone', cron({ timeZone: 'Mars/Base' }, {}), {}, /^degraded InvalidSchedule/],
    ['suspended', cron({ suspend: true }, {}), {}, /^stopped Suspended/],
    [
      'all failed, the next one goes on',
      cron({}, { lastScheduleTime: ago(0) }),
      { jobs: [run('b', 0), run('a', 300, 'Failed')] },
      /^degraded LastRunFailed: .*; the next run is in progress/,
    ],
    [
      'failed once, succeeded since',
      cron({}, ran(0, -1)),
      { jobs: [run('b', 0, 'Complete'), run('a', 300, 'Failed')] },
      /^healthy/,
    ],
    [
      'a run that does not end',
      cron({ concurrencyPolicy: 'Forbid' }, { lastScheduleTime: ago(7200) }),
      { jobs: [run('a', 7200)], pods: [pod({ meta: { ownerReferences: [{ kind: 'Job', name: 'a' }] } })] },
      /^degraded RunStuck: .*Forbid/,
    ],
    [
      'a run that takes a while',
      cron({ concurrencyPolicy: 'Forbid' }, { lastScheduleTime: ago(600) }),
      { jobs: [run('a', 600)], pods: [pod({ meta: { ownerReferences: [{ kind: 'Job', name: 'a' }] } })] },
      /^healthy Active/,
    ],
  ])('%s', (_what, object, more, expected) => {
    const { status, reason, cause = '' } = health(object, around(more));
    expect(`${status} ${reason}: ${cause}`).toMatch(expected);
  });
});
