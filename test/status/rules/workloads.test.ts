import { describe, expect, test } from '@jest/globals';
import { health, type Judged } from '../../../src/status/rules/health.ts';
import type { Job, PersistentVolumeClaim, Pod } from '../../../src/status/rules/objects.ts';
import type { Health, Surroundings } from '../../../src/status/rules/verdict.ts';
import { ago, around, condition, crashedPod, event, meta, pod, waitingPod } from './fixtures/objects.ts';

interface Row {
  readonly what: string;
  readonly object: Judged;
  readonly expected: Partial<Health>;
  readonly more?: Partial<Surroundings>;
}

const judges = (rows: Row[]) =>
  test.each(rows)('$what', ({ object, expected, more }) => {
    expect(health(object, around(more))).toMatchObject({ terminal: false, ...expected });
  });

const crashing = crashedPod({ message: 'no table' }, 4);
const crash = { reason: 'CrashLoopBackOff', terminal: true };
const version = (given: Pod, hash: string, seconds: number): Pod => ({
  ...given,
  metadata: {
    ...given.metadata,
    creationTimestamp: ago(seconds),
    labels: { ...given.metadata.labels, 'pod-template-hash': hash, 'controller-revision-hash': hash },
  },
});

describe('a deployment', () => {
  const deployment = (replicas: number, status: object = {}, spec: object = {}, more: object = {}): Judged => ({
    kind: 'Deployment',
    metadata: meta('shop-api', { generation: 2, ...more }),
    spec: { replicas, ...spec },
    status: { observedGeneration: 2, replicas, updatedReplicas: replicas, availableReplicas: replicas, ...status },
  });
  const deadline = { conditions: [condition('Progressing', 'False', { reason: 'ProgressDeadlineExceeded' })] };
  const refusedBecause = (message: string) => ({ conditions: [condition('ReplicaFailure', 'True', { message })] });
  const starting = waitingPod('ContainerCreating');
  judges([
    { what: 'is available', object: deployment(2), expected: { status: 'healthy', reason: 'Available' } },
    {
      what: 'has a change that was not seen',
      object: deployment(1, { observedGeneration: 1 }),
      expected: { status: 'progressing', reason: 'NotObserved' },
    },
    {
      what: 'has a change that was not seen, and a pod of before that crashes',
      object: deployment(1, { observedGeneration: 1 }),
      more: { pods: [crashing] },
      expected: { status: 'degraded', ...crash, terminal: false },
    },
    {
      what: 'is being removed',
      object: deployment(1, {}, {}, { deletionTimestamp: ago(1) }),
      expected: { status: 'progressing', reason: 'Terminating' },
    },
    {
      what: 'has no replicas',
      object: deployment(0),
      expected: { status: 'stopped', reason: 'ScaledToZero', advice: 'repoctl infra project start shop' },
    },
    {
      what: 'has no replicas while no message waits for them',
      object: deployment(0, {}, {}, { labels: { 'repoctl.dev/scales-to-zero': 'true' } }),
      expected: { status: 'healthy', reason: 'Idle' },
    },
    {
      what: 'is paused',
      object: deployment(1, {}, { paused: true }),
      expected: { status: 'stopped', reason: 'Paused' },
    },
    {
      what: 'has a pod that crashes',
      object: deployment(3, { availableReplicas: 2 }),
      more: { pods: [pod(), pod(), crashing] },
      expected: {
        status: 'degraded',
        ...crash,
        cause: 'container api exited with 1: no table (4 restarts, the last 20 s ago)'.replace(/^/, '1 of 3 pods: '),
        pod: 'shop-api-1',
      },
    },
    {
      what: 'has a new version that crashes',
      object: deployment(1, { replicas: 2 }),
      more: { pods: [version(pod(), 'old', 900), version(crashing, 'new', 60)] },
      expected: {
        status: 'degraded',
        ...crash,
        cause: expect.stringMatching(/no table .*; the previous version still runs$/) as never,
      },
    },
    {
      what: 'replaces a version that crashes',
      object: deployment(1, { replicas: 2, availableReplicas: 0 }),
      more: { pods: [version(crashing, 'old', 900), version(starting, 'new', 5)] },
      expected: { status: 'degraded', ...crash, terminal: false },
    },
    {
      what: 'has no pod yet of the version that replaces one that crashes',
      object: deployment(1, { replicas: 1, updatedReplicas: 0, availableReplicas: 0 }),
      more: { pods: [version(crashing, 'old', 900)] },
      expected: { status: 'degraded', ...crash, terminal: false },
    },
    {
      what: 'has a pod that starts',
      object: deployment(1, { availableReplicas: 0 }),
      more: { pods: [starting] },
      expected: { status: 'progressing', reason: 'ContainerCreating' },
    },
    {
      what: 'has no pod yet',
      object: deployment(2, { availableReplicas: 0 }),
      expected: { status: 'progressing', reason: 'RollingOut', cause: '0 of 2 pods are available' },
    },
    { what: 'still has old pods', object: deployment(1, { replicas: 2 }), expected: { status: 'progressing' } },
    { what: 'has not updated all', object: deployment(2, { updatedReplicas: 1 }), expected: { status: 'progressing' } },
    {
      what: 'is past its deadline',
      object: deployment(1, { availableReplicas: 0, ...deadline }),
      more: { pods: [starting] },
      expected: {
        status: 'degraded',
        reason: 'ProgressDeadlineExceeded',
        cause: expect.stringContaining('no progress within its deadline: container api') as never,
      },
    },
    {
      what: 'exceeds a quota',
      object: deployment(1, refusedBecause('pods "x" is forbidden: exceeded quota: q')),
      expected: {
        status: 'degraded',
        reason: 'FailedCreate',
        cause: 'its pods are refused: exceeded quota: q',
        advice: 'kubectl -n shop describe resourcequota',
      },
    },
    {
      what: 'violates Pod Security',
      object: deployment(1, refusedBecause('pods "x" is forbidden: violates PodSecurity "restricted"')),
      expected: { status: 'degraded', terminal: true },
    },
    {
      what: 'has a pod that was evicted and replaced',
      object: deployment(1),
      more: { pods: [pod({ phase: 'Failed', reason: 'Evicted' }), pod()] },
      expected: { status: 'healthy' },
    },
    {
      what: 'has a pod on a lost node',
      object: deployment(1),
      more: { pods: [pod({ conditions: [condition('Ready', 'Unknown')] })] },
      expected: { status: 'unknown', reason: 'NodeNotReady' },
    },
  ]);
});

describe('a stateful set', () => {
  const set = (replicas: number, status: object = {}): Judged => ({
    kind: 'StatefulSet',
    metadata: meta('shop-db', { generation: 1 }),
    spec: { replicas },
    status: {
      observedGeneration: 1,
      readyReplicas: replicas,
      updatedReplicas: replicas,
      currentRevision: 'a',
      updateRevision: 'a',
      ...status,
    },
  });
  const startingFor = (seconds: number) =>
    waitingPod('ContainerCreating', undefined, {
      conditions: [condition('Ready', 'False', { lastTransitionTime: ago(seconds) })],
    });
  judges([
    { what: 'is ready', object: set(1), more: { pods: [pod()] }, expected: { status: 'healthy', reason: 'Ready' } },
    { what: 'has no replicas', object: set(0), expected: { status: 'stopped' } },
    {
      what: 'has a change that was not seen',
      object: set(1, { observedGeneration: 0 }),
      expected: { status: 'progressing', reason: 'NotObserved' },
    },
    {
      what: 'has a pod that crashes',
      object: set(1),
      more: { pods: [version(crashing, 'a', 90)] },
      expected: { status: 'degraded', ...crash, advice: 'repoctl infra project logs shop api --previous' },
    },
    {
      what: 'does not replace a broken pod of an old revision',
      object: set(1),
      more: { pods: [version(crashing, 'b', 90)] },
      expected: { status: 'degraded', ...crash, advice: 'kubectl -n shop delete pod shop-api-1' },
    },
    {
      what: 'has a pod that starts for 600 s',
      object: set(1, { readyReplicas: 0 }),
      more: { pods: [startingFor(600)] },
      expected: { status: 'progressing' },
    },
    {
      what: 'has a pod that starts for longer',
      object: set(1, { readyReplicas: 0 }),
      more: { pods: [startingFor(601)] },
      expected: { status: 'degraded', reason: 'ProgressDeadlineExceeded' },
    },
    {
      what: 'is being updated',
      object: set(2, { updateRevision: 'b', updatedReplicas: 1 }),
      expected: { status: 'progressing' },
    },
    {
      what: 'can make no pods',
      object: set(1, { readyReplicas: 0 }),
      more: {
        events: [
          event('FailedCreate', 'forbidden: exceeded quota: q', 5, {
            involvedObject: { kind: 'StatefulSet', namespace: 'shop', name: 'shop-db' },
          }),
        ],
      },
      expected: { status: 'degraded', reason: 'FailedCreate' },
    },
  ]);
});

describe('a daemon set', () => {
  const set = (available: number): Judged => ({
    kind: 'DaemonSet',
    metadata: meta('agent'),
    status: { desiredNumberScheduled: 2, updatedNumberScheduled: 2, numberAvailable: available },
  });
  judges([
    { what: 'is available', object: set(2), expected: { status: 'healthy' } },
    {
      what: 'is not available everywhere',
      object: set(1),
      expected: { status: 'progressing', cause: '1 of 2 pods are available' },
    },
    {
      what: 'has a pod that crashes',
      object: set(1),
      more: { pods: [crashing] },
      expected: { status: 'degraded', ...crash },
    },
  ]);
});

const job = (conditions: string[], status: object = {}, spec: object = {}): Job => ({
  kind: 'Job',
  metadata: meta('shop-migrate-1', { creationTimestamp: ago(60) }),
  spec: { backoffLimit: 2, ...spec },
  status: {
    conditions: conditions.map((type) => condition(type, 'True', { reason: 'BackoffLimitExceeded' })),
    ...status,
  },
});
const try_ = pod({
  phase: 'Failed',
  meta: { ownerReferences: [{ kind: 'Job', name: 'shop-migrate-1' }] },
  spec: { restartPolicy: 'Never' },
  status: { state: { terminated: { exitCode: 2 } } },
});
const failure = 'used up all its tries: container api exited with 2';

describe('a job', () => {
  judges([
    { what: 'is complete', object: job(['Complete']), expected: { status: 'healthy', reason: 'Complete' } },
    {
      what: 'has failed',
      object: job(['Failed']),
      more: { pods: [try_] },
      expected: { status: 'failed', reason: 'BackoffLimitExceeded', terminal: true, cause: failure },
    },
    { what: 'is about to have failed', object: job(['FailureTarget']), expected: { status: 'failed', terminal: true } },
    {
      what: 'is suspended',
      object: job([], {}, { suspend: true }),
      expected: { status: 'stopped', reason: 'Suspended' },
    },
    { what: 'runs', object: job([]), more: { pods: [pod()] }, expected: { status: 'progressing', reason: 'Running' } },
    {
      what: 'is tried again',
      object: job([], { failed: 1 }),
      more: { pods: [try_, pod()] },
      expected: {
        status: 'progressing',
        reason: 'Retrying',
        cause: 'running; 1 of 3 tries failed, the last one: container api exited with 2',
      },
    },
    {
      what: 'has no image',
      object: job([]),
      more: { pods: [waitingPod('ErrImageNeverPull', 'x')] },
      expected: { status: 'degraded', reason: 'ErrImageNeverPull', terminal: true },
    },
  ]);
});

describe('a cron job', () => {
  const cronJob = (status: object, spec: object = {}): Judged => ({
    kind: 'CronJob',
    metadata: meta('shop-report'),
    spec,
    status,
  });
  const active = { active: [{ name: 'shop-migrate-1' }], lastScheduleTime: ago(30) };
  judges([
    {
      what: 'is suspended',
      object: cronJob({}, { suspend: true }),
      expected: { status: 'stopped', reason: 'Suspended' },
    },
    { what: 'has not run yet', object: cronJob({}), expected: { status: 'healthy', reason: 'Scheduled' } },
    {
      what: 'runs',
      object: cronJob(active),
      more: { jobs: [job([])] },
      expected: { status: 'healthy', reason: 'Active' },
    },
    {
      what: 'has succeeded',
      object: cronJob({ lastScheduleTime: ago(60), lastSuccessfulTime: ago(50) }),
      expected: { status: 'healthy', reason: 'Succeeded' },
    },
    {
      what: 'has not succeeded since',
      object: cronJob({ lastScheduleTime: ago(60), lastSuccessfulTime: ago(70) }),
      more: { jobs: [job(['Failed'])], pods: [try_] },
      expected: { status: 'degraded', reason: 'LastRunFailed', cause: expect.stringContaining(failure) as never },
    },
    {
      what: 'has never succeeded',
      object: cronJob({ lastScheduleTime: ago(60) }),
      expected: { status: 'degraded', reason: 'LastRunFailed' },
    },
  ]);
});

describe('a claim (rows 10 to 12)', () => {
  const claim = (phase: string): PersistentVolumeClaim => ({
    kind: 'PersistentVolumeClaim',
    metadata: meta('data'),
    spec: { storageClassName: 'standard' },
    status: { phase },
  });
  const user = pod({ spec: { volumes: [{ name: 'd', persistentVolumeClaim: { claimName: 'data' } }] } });
  const storageClasses = [{ metadata: { name: 'standard' }, volumeBindingMode: 'WaitForFirstConsumer' }];
  const failed = (message: string) => [
    event('ProvisioningFailed', message, 5, {
      involvedObject: { kind: 'PersistentVolumeClaim', namespace: 'shop', name: 'data' },
    }),
  ];
  judges([
    { what: 'is bound', object: claim('Bound'), expected: { status: 'healthy' } },
    {
      what: '10: waits for its first pod',
      object: claim('Pending'),
      more: { storageClasses },
      expected: { status: 'healthy', reason: 'WaitForFirstConsumer' },
    },
    {
      what: 'has a pod and no volume yet',
      object: claim('Pending'),
      more: { storageClasses, pods: [user] },
      expected: { status: 'progressing', reason: 'Pending' },
    },
    {
      what: '11: no volume can be made',
      object: claim('Pending'),
      more: { storageClasses, events: failed('disk is full') },
      expected: { status: 'degraded', reason: 'ProvisioningFailed', cause: 'disk is full' },
    },
    {
      what: '11: there is no such class',
      object: claim('Pending'),
      more: { events: failed('storageclass.storage.k8s.io "x" not found') },
      expected: { status: 'degraded', terminal: true, advice: 'kubectl get storageclass' },
    },
    {
      what: '12: is lost',
      object: claim('Lost'),
      expected: {
        status: 'degraded',
        reason: 'ClaimLost',
        terminal: true,
        advice: 'repoctl infra project restore shop --latest',
      },
    },
  ]);
});

test('an object of another kind is unknown', () => {
  const object = { kind: 'Route', metadata: meta('x') } as unknown as Judged;
  expect(health(object, around())).toMatchObject({ status: 'unknown', cause: 'no rule for the kind Route' });
});
