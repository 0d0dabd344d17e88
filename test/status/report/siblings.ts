import { exitCode } from '../../../src/status/report/exit-code.ts';
import type { Event, Meta, Pod } from '../../../src/status/rules/objects.ts';
import { reportOn } from '../rules/fixtures/cases.ts';
import { ago } from '../rules/fixtures/objects.ts';

// Objects as the API gives them, as short as the situations of `siblings.test.ts` need them: what is not said is well.

const labels = (name: string) => ({
  'app.kubernetes.io/name': name,
  'app.kubernetes.io/instance': `shop-${name}`,
  'app.kubernetes.io/part-of': 'dev',
  'repoctl.dev/tier': 'project',
  'repoctl.dev/project': 'shop',
});

export type Listed = { readonly kind: string; readonly metadata: Partial<Meta> } & Readonly<Record<string, unknown>>;

export const space: Listed = {
  kind: 'Namespace',
  metadata: {
    name: 'shop',
    labels: { 'repoctl.dev/tier': 'project', 'repoctl.dev/project': 'shop', 'app.kubernetes.io/part-of': 'dev' },
  },
};
export const node = (more: object = {}, conditions: readonly object[] = []): Listed => ({
  kind: 'Node',
  metadata: { name: 'node-1' },
  status: { conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: ago(90_000) }, ...conditions] },
  ...more,
});

const meta = (name: string, more: Partial<Meta> = {}): Meta => ({
  name: `shop-${name}`,
  namespace: 'shop',
  uid: `uid-${name}`,
  labels: labels(name),
  creationTimestamp: ago(7200),
  generation: 1,
  ...more,
});

export const deployment = (
  ready: number,
  { spec = {}, status = {}, metadata = {} }: Record<string, object> = {},
): Listed => ({
  kind: 'Deployment',
  metadata: meta('api', metadata),
  spec: { replicas: 1, ...spec },
  status: {
    observedGeneration: 1,
    replicas: 1,
    updatedReplicas: 1,
    readyReplicas: ready,
    availableReplicas: ready,
    ...status,
  },
});
/** A Deployment whose pods the API refuses. */
export const refused = (message: string): Listed =>
  deployment(0, {
    status: {
      replicas: 0,
      updatedReplicas: 0,
      conditions: [{ type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate', message }],
    },
  });
export const set = (
  kind: 'StatefulSet' | 'DaemonSet',
  spec: object,
  status: object,
  metadata: object = {},
): Listed => ({
  kind,
  metadata: meta('api', metadata),
  spec,
  status: { observedGeneration: 1, ...status },
});
export const job = (status: object, spec: object = {}, metadata: object = {}): Listed => ({
  kind: 'Job',
  metadata: meta('api', metadata),
  spec,
  status,
});
export const cron = (spec: object, status: object = {}, metadata: object = {}): Listed => ({
  kind: 'CronJob',
  metadata: meta('api', { creationTimestamp: ago(2_592_000), ...metadata }),
  spec: { schedule: '*/5 * * * *', ...spec },
  status,
});
export const run = (name: string, seconds: number, status: object): Listed => ({
  kind: 'Job',
  metadata: meta('api', {
    name: `shop-api-${name}`,
    creationTimestamp: ago(seconds),
    ownerReferences: [{ kind: 'CronJob', name: 'shop-api', uid: 'uid-api' }],
  }),
  spec: {},
  status: { startTime: ago(seconds), ...status },
});

export interface PodParts {
  readonly metadata?: Partial<Meta>;
  readonly spec?: object;
  readonly container?: object;
  readonly status?: object;
  /** Of its container. */
  readonly state?: object;
  readonly owner?: string;
}

export const pod = ({ metadata, spec, container, status, state, owner = 'ReplicaSet' }: PodParts = {}): Listed => ({
  kind: 'Pod',
  metadata: meta('api', {
    name: 'shop-api-1',
    uid: 'uid-pod',
    ownerReferences: [{ kind: owner, name: owner === 'ReplicaSet' ? 'shop-api-6f9' : 'shop-api' }],
    ...metadata,
  }),
  spec: {
    nodeName: 'node-1',
    restartPolicy: 'Always',
    containers: [{ name: 'api', image: 'shop/api:1', ...container }],
    ...spec,
  },
  status: {
    phase: 'Running',
    startTime: ago(7000),
    conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: ago(6000) }],
    containerStatuses: [
      {
        name: 'api',
        ready: true,
        started: true,
        restartCount: 0,
        state: { running: { startedAt: ago(6900) } },
        ...state,
      },
    ],
    ...status,
  } as Pod['status'],
});

/** A pod whose container waits. */
export const waiting = (reason: string, message = '', parts: PodParts = {}): Listed =>
  pod({
    status: {
      phase: 'Pending',
      conditions: [{ type: 'Ready', status: 'False', lastTransitionTime: ago(600) }],
      startTime: ago(600),
    },
    ...parts,
    state: { ready: false, started: false, state: { waiting: { reason, message } }, ...parts.state },
  });

/** A pod whose container crashes. */
export const crashing = (end: object, parts: PodParts = {}): Listed =>
  waiting('CrashLoopBackOff', 'back-off 5m0s', {
    status: { conditions: [{ type: 'Ready', status: 'False', lastTransitionTime: ago(600) }] },
    ...parts,
    state: {
      restartCount: 9,
      lastState: { terminated: { exitCode: 1, reason: 'Error', startedAt: ago(70), finishedAt: ago(60), ...end } },
      ...parts.state,
    },
  });

export const event = (reason: string, message: string, more: Partial<Event> = {}): Listed => ({
  kind: 'Event',
  metadata: { name: `e-${reason}`, namespace: 'shop' },
  involvedObject: { kind: 'Pod', name: 'shop-api-1', namespace: 'shop', uid: 'uid-pod' },
  type: 'Warning',
  reason,
  message,
  count: 1,
  firstTimestamp: ago(120),
  lastTimestamp: ago(60),
  ...more,
});
export const about = (kind: string, name = 'shop-api', uid = 'uid-api') => ({
  involvedObject: { kind, name, namespace: 'shop', uid },
});

export const claim = (status: object, spec: object = {}, metadata: object = {}): Listed => ({
  kind: 'PersistentVolumeClaim',
  metadata: meta('api', { name: 'data-shop-api-0', uid: 'uid-claim', ...metadata }),
  spec: { storageClassName: 'standard', ...spec },
  status,
});
export const withClaim = { volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'data-shop-api-0' } }] };

/** The condition of a pod that has not been ready for ten minutes. */
export const unready = [{ type: 'Ready', status: 'False', lastTransitionTime: ago(600) }];

/** A pod for which the scheduler finds no node. */
export const unscheduled = (message: string, parts: PodParts = {}): Listed =>
  pod({
    ...parts,
    spec: { nodeName: undefined, ...parts.spec },
    status: {
      phase: 'Pending',
      conditions: [
        { type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message, lastTransitionTime: ago(300) },
      ],
      containerStatuses: undefined,
    },
  });

const judged = (objects: readonly Listed[]) => {
  const report = reportOn([
    space,
    ...(objects.some(({ kind }) => kind === 'Node') ? [] : [node()]),
    ...objects,
  ] as never);
  const service = report.tiers
    .filter(({ tier }) => tier !== 'cluster')
    .flatMap(({ services }) => services)
    .find(({ object }) => object.startsWith('shop-api'));
  return { health: service?.health, code: exitCode(report, []) };
};

/** What the report says of a situation: state, reason, cause and exit code. */
export function told(objects: readonly Listed[]): string {
  const { health, code } = judged(objects);
  return `${health?.status} ${health?.reason}: ${health?.cause ?? health?.warning ?? ''} [${code}]`;
}

/** The same, and what to type next. */
export const toldToDo = (objects: readonly Listed[]): string =>
  `${told(objects)} > ${judged(objects).health?.advice ?? ''}`;
