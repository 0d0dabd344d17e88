import { describe, expect, test } from '@jest/globals';
import type { Container, ContainerStatus, Pod } from '../../../src/status/rules/objects.ts';
import { podHealth } from '../../../src/status/rules/pod.ts';
import type { Health, Surroundings } from '../../../src/status/rules/verdict.ts';
import { ago, around, condition, crashedPod, event, node, pod, waitingPod } from './fixtures/objects.ts';

type Row = [what: string, pod: Pod, expected: Partial<Health>, more?: Partial<Surroundings>];

/** Of the verdict's fields those that are expected; `terminal` and `waitingFor` always count. */
function judged(given: Pod, more: Partial<Surroundings>, expected: Partial<Health>) {
  const health = podHealth(given, around(more));
  const named = Object.fromEntries(Object.keys(expected).map((key) => [key, health[key as keyof Health]]));
  return { terminal: health.terminal, ...(health.waitingFor && { waitingFor: health.waitingFor }), ...named };
}

const judges = (rows: Row[]) =>
  test.each(rows.map(([what, given, expected, more = {}]) => ({ what, given, expected, more })))(
    '$what',
    ({ given, expected, more }) => {
      expect(judged(given, more, expected)).toEqual({ terminal: false, ...expected });
    },
  );

const degraded = (reason: string, more: Partial<Health> = {}) => ({ status: 'degraded' as const, reason, ...more });
const progressing = (reason: string, more: Partial<Health> = {}) => ({
  status: 'progressing' as const,
  reason,
  ...more,
});
const healthy = (reason: string, more: Partial<Health> = {}) => ({ status: 'healthy' as const, reason, ...more });
const terminal = true;

const going = (seconds: number, finalizers?: string[]) =>
  pod({ meta: { deletionTimestamp: ago(seconds), finalizers } });

describe('rows 4 to 6: a pod that goes', () => {
  judges([
    ['4: within its grace period', going(-20), progressing('Terminating')],
    ['4: a moment past it', going(10), progressing('Terminating')],
    [
      '5: past it, with a finalizer',
      going(120, ['a.b/c']),
      degraded('Terminating', { cause: 'should have been gone 2 min ago; held by the finalizer a.b/c' }),
    ],
    [
      '5: past it, without one',
      going(60),
      degraded('Terminating', {
        cause: 'should have been gone 60 s ago; node node-1 may be unreachable',
        advice: 'kubectl describe node node-1',
      }),
    ],
    [
      '6: evicted',
      pod({ phase: 'Failed', reason: 'Evicted', message: 'The node was low on resource: memory.' }),
      degraded('Evicted', { cause: 'The node was low on resource: memory.', advice: 'kubectl describe node node-1' }),
    ],
  ]);
});

const unscheduled = (message: string, seconds: number, reason = 'Unschedulable') =>
  pod({
    phase: 'Pending',
    spec: { nodeName: undefined, schedulingGates: [{ name: 'a.b/gate' }] },
    conditions: [condition('PodScheduled', 'False', { reason, message, lastTransitionTime: ago(seconds) })],
    status: { state: undefined, ready: false },
  });
const noCpu = '0/1 nodes are available: 1 Insufficient cpu, 1 Insufficient memory. preemption: none is helpful.';

describe('rows 7 to 9: a pod without a node', () => {
  judges([
    [
      '7: gated',
      unscheduled('', 60, 'SchedulingGated'),
      progressing('SchedulingGated', { cause: 'held back by the scheduling gate a.b/gate' }),
    ],
    [
      'not looked at yet',
      pod({ phase: 'Pending', spec: { nodeName: undefined }, conditions: [] }),
      progressing('Scheduling'),
    ],
    ['8: for 14 s', unscheduled(noCpu, 14), progressing('Unschedulable')],
    [
      '9: for 15 s',
      unscheduled(noCpu, 15),
      degraded('Unschedulable', {
        cause:
          'no node for 15 s: not enough cpu and memory is free (0/1 nodes are available: 1 Insufficient cpu, 1 Insufficient memory.)',
        advice: 'kubectl --context kind-dev describe nodes',
      }),
      { context: 'kind-dev' },
    ],
    [
      '9: a taint',
      unscheduled('0/1 nodes are available: 1 node(s) had untolerated taint {dedicated: db}.', 60),
      degraded('Unschedulable', { cause: expect.stringContaining('the node has a taint dedicated: db (') as never }),
    ],
    [
      '9: a claim that is not there',
      unscheduled('0/1 nodes are available: persistentvolumeclaim "data" not found.', 60),
      degraded('Unschedulable', {
        cause: expect.stringContaining('there is no claim data (') as never,
        advice: 'kubectl -n shop describe pod shop-api-1',
      }),
    ],
    [
      '9: affinity',
      unscheduled("0/1 nodes are available: 1 node(s) didn't match Pod's node affinity/selector.", 60),
      degraded('Unschedulable', { cause: expect.stringContaining('no node meets its affinity') as never }),
    ],
    [
      '9: anything else is said as it is',
      unscheduled('the moon is full', 60),
      degraded('Unschedulable', { cause: 'no node for 60 s: the moon is full' }),
    ],
  ]);
});

const pull = (message: string, image = 'redis:7') => waitingPod('ErrImagePull', message, { container: { image } });
const cannotGet = (why: string, image = 'redis:7') => `container api: can't pull the image ${image}: ${why}`;

describe('row 13: an image that is not there', () => {
  judges([
    [
      'not found',
      pull('failed to resolve: redis:7: not found'),
      degraded('ErrImagePull', { terminal, cause: cannotGet('its registry has no such image') }),
    ],
    [
      'denied',
      pull('pull access denied, repository does not exist or may require authorization'),
      degraded('ErrImagePull', { terminal, cause: cannotGet('its registry has no such image or denies access') }),
    ],
    [
      'no such host',
      pull('failed to do request: dial tcp: lookup registry.test: no such host'),
      degraded('ErrImagePull', { terminal, cause: cannotGet("its registry's name can't be resolved") }),
    ],
    [
      'DNS that has trouble',
      pull('failed to do request: dial tcp: lookup registry.test: server misbehaving'),
      degraded('ErrImagePull', { cause: cannotGet("its registry's name can't be resolved") }),
    ],
    [
      'a time-out',
      pull('failed to do request: dial tcp 192.0.2.1:443: i/o timeout'),
      degraded('ErrImagePull', { cause: cannotGet('its registry does not answer') }),
    ],
    [
      'too many requests',
      pull('429 Too Many Requests: toomanyrequests'),
      degraded('ErrImagePull', { cause: cannotGet('its registry limits the number of requests') }),
    ],
    [
      'something else is said as it is',
      pull('failed to unpack: disk on fire'),
      degraded('ErrImagePull', { cause: cannotGet('failed to unpack: disk on fire') }),
    ],
    [
      'what the back-off leaves out is in the event',
      waitingPod('ImagePullBackOff', 'Back-off pulling image "redis:7"', { container: { image: 'redis:7' } }),
      degraded('ImagePullBackOff', {
        terminal,
        cause: cannotGet('its registry has no such image'),
        advice: 'kind load docker-image redis:7 --name dev',
      }),
      { context: 'kind-dev', events: [event('Failed', 'Failed to pull image "redis:7": manifest unknown')] },
    ],
    [
      "the project's own image was not loaded",
      pull('dial tcp: lookup registry.test: no such host', 'shop-app:local'),
      degraded('ErrImagePull', {
        terminal,
        cause: cannotGet('it was not loaded into the cluster, and no registry has it', 'shop-app:local'),
        advice: 'repoctl infra project rebuild shop',
      }),
    ],
    ...['ErrImageNeverPull', 'InvalidImageName'].map(
      (reason): Row => [
        reason,
        waitingPod(reason, 'the message'),
        degraded(reason, { terminal, cause: 'container api: the message' }),
      ],
    ),
    ...['ImageInspectError', 'RegistryUnavailable'].map(
      (reason): Row => [
        reason,
        waitingPod(reason, 'the message', { container: { image: 'redis:7' } }),
        degraded(reason, { cause: cannotGet('the message') }),
      ],
    ),
  ]);
});

describe('in a namespace of a real cluster, where no command for development may be used', () => {
  const real: Partial<Surroundings> = { context: 'kind-prod', realProfile: 'production' };
  const own = 'registry.example.com/team/shop-app:1.4.2';
  const absent = 'its registry has no such image';
  judges([
    [
      "the project's image is to be pushed",
      pull('failed to resolve: not found', own),
      degraded('ErrImagePull', { terminal, cause: cannotGet(absent, own), advice: `docker push ${own}` }),
      real,
    ],
    [
      'by its tag, if it is locked to a digest',
      pull('failed to resolve: not found', `${own}@sha256:${'a'.repeat(64)}`),
      degraded('ErrImagePull', { terminal, advice: `docker push ${own}` }),
      real,
    ],
    [
      'unless there is another reason',
      pull('x509: certificate signed by unknown authority', own),
      degraded('ErrImagePull', { terminal, advice: 'kubectl --context kind-prod -n shop describe pod shop-api-1' }),
      real,
    ],
    [
      "nor is another's image loaded by kind",
      pull('failed to resolve: not found'),
      degraded('ErrImagePull', { terminal, advice: 'kubectl --context kind-prod -n shop describe pod shop-api-1' }),
      real,
    ],
    [
      'the Secrets that must exist are listed',
      waitingPod('CreateContainerConfigError', 'secret "shop-env" not found'),
      degraded('CreateContainerConfigError', {
        terminal,
        cause: 'container api: there is no Secret shop-env',
        advice: 'repoctl validate --profile production --against kind-prod',
      }),
      real,
    ],
    [
      'what needs other settings is deployed',
      waitingPod('CreateContainerConfigError', "couldn't find key k in ConfigMap shop/c"),
      degraded('CreateContainerConfigError', {
        terminal,
        advice: 'repoctl deploy shop --profile production --context kind-prod',
      }),
      real,
    ],
  ]);
});

describe('rows 14 and 15: a container that cannot be made or started', () => {
  const configuration = (message: string) => waitingPod('CreateContainerConfigError', message);
  const missing = (what: string) =>
    degraded('CreateContainerConfigError', { terminal, cause: `container api: ${what}` });
  const fill = "; fill in the project's infra/.env and start again";
  judges([
    [
      '14: a key of a Secret',
      configuration("couldn't find key KEY in Secret shop/shop-env"),
      { ...missing(`Secret shop/shop-env has no key KEY${fill}`), advice: 'repoctl infra project start shop' },
    ],
    ['14: a Secret', configuration('secret "shop-env" not found'), missing(`there is no Secret shop-env${fill}`)],
    [
      '14: a key of a ConfigMap',
      configuration("couldn't find key k in ConfigMap shop/c"),
      missing('ConfigMap shop/c has no key k'),
    ],
    ['14: a ConfigMap', configuration('configmap "c" not found'), missing('there is no ConfigMap c')],
    [
      '14: root',
      configuration('container has runAsNonRoot and image will run as root'),
      missing('its image runs as root, which runAsNonRoot forbids: set runAsUser'),
    ],
    [
      '14: the kubelet does not know yet',
      configuration('failed to sync secret cache: timed out waiting for the condition'),
      degraded('CreateContainerConfigError'),
    ],
    ...['CreateContainerError', 'RunContainerError', 'StartError', 'PostStartHookError'].map(
      (reason): Row => [
        `15: ${reason}`,
        waitingPod(reason, 'OCI runtime create failed: no space left: unknown'),
        degraded(reason, { cause: 'container api: no space left' }),
      ],
    ),
    [
      '15: another architecture',
      waitingPod('RunContainerError', 'unable to start container process: exec /app: exec format error: unknown'),
      degraded('RunContainerError', {
        terminal,
        cause: expect.stringContaining("another architecture than the node's") as never,
      }),
    ],
    [
      '15: no such program',
      waitingPod('RunContainerError', 'exec: "serve": executable file not found in $PATH'),
      degraded('RunContainerError', {
        terminal,
        cause: expect.stringContaining('not in the image: exec: "serve"') as never,
      }),
    ],
  ]);
});

describe('rows 16 to 18: a container that ended', () => {
  const loop = (cause: string, more: Partial<Health> = {}) => degraded('CrashLoopBackOff', { cause, ...more });
  const logs = 'repoctl infra project logs shop api --previous';
  const exits = (exitCode: number, meaning: string, hopeless = false): Row => [
    `18: exit ${exitCode}`,
    crashedPod({ exitCode }, 2),
    loop(`container api exited with ${exitCode} (${meaning}) (2 restarts, the last 20 s ago)`, { terminal: hopeless }),
  ];
  judges([
    [
      '16: twice, with its last words',
      crashedPod({ message: 'trace\n  ValueError: no\u001b[0m\n\n' }, 2),
      loop('container api exited with 1: ValueError: no (2 restarts, the last 20 s ago)', { advice: logs }),
    ],
    [
      '16: three times',
      crashedPod({}, 3),
      loop('container api exited with 1 (3 restarts, the last 20 s ago)', { terminal }),
    ],
    [
      '16: between a crash and the next start',
      pod({ status: { ready: false, restartCount: 1, state: { terminated: { exitCode: 1 } } } }),
      loop('container api exited with 1 (1 restart)', { advice: 'repoctl infra project logs shop api' }),
    ],
    [
      '16: it ended well, and should not have',
      pod({ status: { ready: false, state: { terminated: { exitCode: 0, reason: 'Completed' } } } }),
      degraded('Completed'),
    ],
    [
      '16: exec format error in its log',
      crashedPod({ exitCode: 255, message: 'exec /app: exec format error' }, 3),
      loop(
        "container api can't start: its program is built for another architecture than the node's (exec format error): exec /app: exec format error (3 restarts, the last 20 s ago)",
        { terminal },
      ),
    ],
    [
      '17: out of memory before',
      crashedPod({ reason: 'OOMKilled', exitCode: 137 }, 1, {
        container: { resources: { limits: { memory: '64Mi' } } },
      }),
      degraded('OOMKilled', {
        cause: 'container api used more memory than its limit of 64Mi (1 restart, the last 20 s ago); raise its limit',
      }),
    ],
    [
      '17: out of memory now',
      pod({ status: { ready: false, state: { terminated: { exitCode: 137, reason: 'OOMKilled' } } } }),
      degraded('OOMKilled'),
    ],
    [
      '17: ready again, but not for long',
      pod({
        status: {
          restartCount: 1,
          lastState: { terminated: { exitCode: 137, reason: 'OOMKilled', finishedAt: ago(800) } },
        },
      }),
      degraded('OOMKilled'),
    ],
    [
      '17: ready for a while',
      pod({
        status: {
          restartCount: 1,
          lastState: { terminated: { exitCode: 137, reason: 'OOMKilled', finishedAt: ago(1000) } },
        },
      }),
      healthy('Ready'),
    ],
    exits(126, 'not executable', true),
    exits(127, 'program not found', true),
    exits(137, 'SIGKILL'),
    exits(139, 'segmentation fault'),
    exits(143, 'SIGTERM'),
    [
      '18: killed for its liveness probe',
      crashedPod({ exitCode: 137 }, 2),
      loop(
        'container api exited with 137 (SIGKILL) because its liveness probe failed (refused) (2 restarts, the last 20 s ago)',
      ),
      { events: [event('Unhealthy', 'Liveness probe failed: refused')] },
    ],
    ...[
      { what: 'not for a startup probe that may fail for longer', failureThreshold: 30, because: '' },
      { what: 'for its startup probe', failureThreshold: 3, because: ' because its startup probe failed (refused)' },
    ].map(
      ({ what, failureThreshold, because }): Row => [
        `18: killed, ${what}`,
        crashedPod({ exitCode: 137, startedAt: ago(40) }, 2, {
          container: { startupProbe: { periodSeconds: 10, failureThreshold } },
        }),
        loop(`container api exited with 137 (SIGKILL)${because} (2 restarts, the last 20 s ago)`),
        { events: [event('Unhealthy', 'Startup probe failed: refused', 30)] },
      ],
    ),
    [
      '18: an exit of its own has nothing to do with the probe',
      crashedPod({ exitCode: 1 }, 2),
      loop('container api exited with 1 (2 restarts, the last 20 s ago)'),
      { events: [event('Unhealthy', 'Liveness probe failed: refused')] },
    ],
  ]);
});

const wait: Container = { name: 'wait-redis', command: ['sh', '-c', 'script', 'redis', '300', 'redis-cli', 'ping'] };
const migrate: Container = { name: 'migrate', command: ['migrate'] };
const initializing = (init: Container[], initStatuses: ContainerStatus[]) =>
  pod({
    phase: 'Pending',
    init,
    initStatuses,
    status: { ready: false, started: false, state: { waiting: { reason: 'PodInitializing' } } },
  });
const runs = { running: { startedAt: ago(40) } };
const after = ['shop/shop-migrate', 'monorepo/monorepo-redis'];

describe('rows 19 and 20: a pod that is being made', () => {
  const creating = (set: boolean) =>
    waitingPod('ContainerCreating', undefined, {
      conditions: [condition('PodReadyToStartContainers', set ? 'True' : 'False')],
    });
  const mount = event('FailedMount', 'MountVolume.SetUp failed for volume "v" : no medium', 5);
  judges([
    [
      '19: a volume',
      creating(false),
      degraded('FailedMount', {
        cause: 'MountVolume.SetUp failed for volume "v" : no medium',
        advice: 'kubectl -n shop describe pod shop-api-1',
      }),
      { events: [mount] },
    ],
    [
      '19: a volume of a Secret that is not there',
      creating(false),
      degraded('FailedMount', { terminal }),
      { events: [event('FailedMount', 'failed for volume "v" : secret "s" not found')] },
    ],
    [
      '19: the network',
      creating(false),
      degraded('FailedCreatePodSandBox'),
      { events: [event('FailedCreatePodSandBox', 'no addresses')] },
    ],
    ['20: the volume came after all', creating(true), progressing('ContainerCreating'), { events: [mount] }],
    [
      '20: an image is being pulled since',
      creating(false),
      progressing('ContainerCreating', { cause: 'container api: pulling the image shop-app:local for 80 s' }),
      { events: [mount, event('Pulling', 'Pulling image', 2)] },
    ],
    [
      '20: the kubelet has not been heard',
      { ...creating(false), status: { phase: 'Pending' } },
      progressing('ContainerCreating'),
    ],
    [
      '20: an init container runs',
      initializing(
        [wait, migrate],
        [
          { name: 'wait-redis', state: { terminated: { exitCode: 0 } } },
          { name: 'migrate', state: runs },
        ],
      ),
      progressing('PodInitializing', {
        cause: 'init container migrate (2/2) has been running for 40 s',
        advice: 'kubectl -n shop logs shop-api-1 -c migrate',
      }),
    ],
    [
      '20: it waits for something',
      initializing([wait], [{ name: 'wait-redis', state: runs }]),
      progressing('PodInitializing', {
        cause: 'waiting for monorepo/monorepo-redis for 40 s (wait-redis, 1/1)',
        waitingFor: 'monorepo/monorepo-redis',
      }),
      { after },
    ],
    [
      '16: an init container crashes',
      initializing(
        [migrate],
        [
          {
            name: 'migrate',
            restartCount: 3,
            state: { waiting: { reason: 'CrashLoopBackOff' } },
            lastState: { terminated: { exitCode: 2, finishedAt: ago(9) } },
          },
        ],
      ),
      degraded('CrashLoopBackOff', {
        terminal,
        cause: 'init container migrate (1/1) exited with 2 (3 restarts, the last 9 s ago)',
        advice: 'kubectl -n shop logs shop-api-1 -c migrate --previous',
      }),
    ],
    [
      '16: one that waits gave up, which is not its fault',
      initializing(
        [wait],
        [
          {
            name: 'wait-redis',
            restartCount: 4,
            state: { waiting: { reason: 'CrashLoopBackOff' } },
            lastState: { terminated: { exitCode: 1, message: 'refused' } },
          },
        ],
      ),
      degraded('CrashLoopBackOff', {
        waitingFor: 'monorepo/monorepo-redis',
        cause: 'init container wait-redis (1/1) gave up waiting for monorepo/monorepo-redis: refused (4 restarts)',
      }),
      { after },
    ],
    [
      '13: an init container has no image',
      initializing([migrate], [{ name: 'migrate', state: { waiting: { reason: 'ErrImageNeverPull', message: 'x' } } }]),
      degraded('ErrImageNeverPull', { terminal, cause: 'init container migrate (1/1): x' }),
    ],
  ]);
});

describe('rows 21 to 23: a container that runs', () => {
  const readinessProbe = {
    httpGet: { path: '/ready', port: 8000 },
    periodSeconds: 5,
    failureThreshold: 3,
    timeoutSeconds: 5,
  };
  const startupProbe = { ...readinessProbe, periodSeconds: 2, failureThreshold: 30 };
  const unready = (runningFor: number, unreadyFor: number, started = true) =>
    pod({
      container: { readinessProbe, startupProbe },
      conditions: [condition('Ready', 'False', { lastTransitionTime: ago(unreadyFor) })],
      status: { ready: false, started, state: { running: { startedAt: ago(runningFor) } } },
    });
  const failing = (seconds: number) => ({ events: [event('Unhealthy', 'Readiness probe failed: HTTP 503', seconds)] });
  const cause = (seconds: number) => `container api has not been ready for ${seconds} s: GET /ready on port 8000 fails`;
  const ended = (seconds: number) =>
    pod({ status: { restartCount: 3, lastState: { terminated: { exitCode: 1, finishedAt: ago(seconds) } } } });
  judges([
    ['21: it starts', unready(40, 60, false), progressing('Starting')],
    ['22: it has started for too long', unready(80, 90, false), degraded('Unhealthy', { cause: cause(80) })],
    [
      '21: it runs, and may yet have started a moment ago',
      unready(60, 70),
      progressing('NotReady', {
        cause: 'container api: waiting for readiness for 60 s',
        advice: 'repoctl infra project logs shop api',
      }),
    ],
    ['21: its probe fails, not for long', unready(60, 70), progressing('NotReady'), failing(20)],
    [
      '22: its probe fails for longer than it may',
      unready(60, 70),
      degraded('Unhealthy', { cause: `${cause(60)}: HTTP 503` }),
      failing(30),
    ],
    ['22: longer than start and readiness may take', unready(100, 110), degraded('Unhealthy', { cause: cause(100) })],
    [
      '21: it was ready until a moment ago, and failed long before',
      unready(9000, 9),
      progressing('NotReady'),
      failing(5000),
    ],
    [
      '22: it was ready, and its probe has failed as often as it may',
      unready(9000, 11),
      degraded('Unhealthy', { cause: `${cause(11)}: HTTP 503` }),
      failing(25),
    ],
    [
      '22: its probe fails for longer than it may, each time with other words',
      unready(60, 70),
      degraded('Unhealthy', { cause: `${cause(60)}: 40 s ago` }),
      {
        events: [30, 15, 5].map((seconds) =>
          event('Unhealthy', `Readiness probe failed: ${45 - seconds} s ago`, seconds),
        ),
      },
    ],
    [
      '21: its probe failed so before the container started again',
      unready(20, 70),
      progressing('NotReady'),
      { events: [90, 80, 5].map((seconds) => event('Unhealthy', `Readiness probe failed: ${seconds}`, seconds)) },
    ],
    [
      'all containers are ready, something else is not',
      pod({ conditions: [condition('Ready', 'False', { reason: 'ReadinessGatesNotReady', message: 'gate x' })] }),
      progressing('ReadinessGatesNotReady', { cause: 'gate x' }),
    ],
    [
      '23: restarted a while ago',
      ended(800),
      healthy('Restarted', {
        warning: '3 restarts, the last 13 min ago: container api exited with 1',
        advice: 'repoctl infra project logs shop api --previous',
      }),
    ],
    ['23: restarted long ago', ended(901), healthy('Ready', { warning: undefined })],
    ['ready', pod(), healthy('Ready')],
  ]);
});

describe('rows 24 and 25', () => {
  const once = (phase: string, exitCode: number) =>
    pod({
      phase,
      spec: { restartPolicy: 'Never' },
      status: { ready: false, state: { terminated: { exitCode, reason: 'Error' } } },
    });
  judges([
    [
      '24: failed',
      once('Failed', 2),
      { status: 'failed', reason: 'Error', terminal, cause: 'container api exited with 2' },
    ],
    ['24: succeeded', once('Succeeded', 0), healthy('Completed')],
    [
      '24: succeeded, and should run',
      pod({ phase: 'Succeeded', status: { ready: false, state: { terminated: { exitCode: 0 } } } }),
      degraded('Completed', { terminal }),
    ],
    [
      '25: the pod has not been heard of',
      pod({ conditions: [condition('Ready', 'Unknown')] }),
      { status: 'unknown', reason: 'NodeNotReady', cause: 'node node-1 is not ready' },
    ],
    [
      '25: its node has not been heard of',
      pod(),
      {
        status: 'unknown',
        reason: 'NodeNotReady',
        cause: 'node node-1 is not ready: Kubelet stopped posting node status.',
        advice: 'docker start node-1',
      },
      { nodes: [node('Unknown')], context: 'kind-dev' },
    ],
    [
      '25: what crashed on a lost node is not known to crash',
      crashedPod({}, 5),
      { status: 'unknown', reason: 'NodeNotReady', advice: 'kubectl describe node node-1' },
      { nodes: [node('False')] },
    ],
    ['its node is well', pod(), healthy('Ready'), { nodes: [node('True')] }],
    [
      'a phase that there is no rule for is unknown',
      pod({ phase: 'Dreaming' }),
      { status: 'unknown', reason: 'Unknown' },
    ],
  ]);
});

test('events of another pod that had the name do not count', () => {
  const given = waitingPod('ContainerCreating', undefined, { meta: { uid: 'new' } });
  const old = event('FailedMount', 'no medium', 5, {
    involvedObject: { kind: 'Pod', namespace: 'shop', name: 'shop-api-1', uid: 'old' },
  });
  expect(podHealth(given, around({ events: [old] })).status).toBe('progressing');
});
