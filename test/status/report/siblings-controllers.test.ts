import { expect, test } from '@jest/globals';
import { missesPods } from '../../../src/status/assessment/blame-all.ts';
import { snapshotFrom } from '../rules/fixtures/cases.ts';
import { ago } from '../rules/fixtures/objects.ts';
import {
  about,
  claim,
  crashing,
  cron,
  deployment,
  event,
  job,
  type Listed,
  node,
  pod,
  refused,
  run,
  set,
  toldToDo,
  unready,
  unscheduled,
  waiting,
  withClaim,
} from './siblings.ts';

const lost = (status: string, message: string) =>
  node({ status: { conditions: [{ type: 'Ready', status, message, lastTransitionTime: ago(4000) }] } });
const other: Listed = { ...node(), metadata: { name: 'node-2' } };
/** Runs of a cron job with their pods, five minutes apart, none of which has ended. */
const activeRuns = (count: number): readonly Listed[] => [
  ...Array.from({ length: count }, (_none, index) => run(String(index), 100 + index * 300, { active: 1 })),
  ...Array.from({ length: count }, (_none, index) =>
    pod({
      owner: 'Job',
      metadata: {
        name: `shop-api-${index}-x`,
        uid: `p${index}`,
        ownerReferences: [{ kind: 'Job', name: `shop-api-${index}` }],
      },
    }),
  ),
];
const lease = (name: string, seconds: number): Listed => ({
  kind: 'Lease',
  metadata: { name, namespace: 'kube-system' },
  spec: { renewTime: ago(seconds) },
});
const dnsDown: Listed = {
  kind: 'Deployment',
  metadata: { name: 'coredns', namespace: 'kube-system', generation: 1, creationTimestamp: ago(9000) },
  spec: { replicas: 2 },
  status: { observedGeneration: 1, replicas: 2, updatedReplicas: 2, availableReplicas: 0 },
};
const storageClass: Listed = {
  kind: 'StorageClass',
  metadata: { name: 'standard' },
  provisioner: 'rancher.io/local-path',
  volumeBindingMode: 'WaitForFirstConsumer',
};
const log = (message: string) => [deployment(0), crashing({ message })];
const version = (hash: string) => ({ labels: { ...pod().metadata.labels, 'pod-template-hash': hash } });
const ofJob = { ownerReferences: [{ kind: 'Job', name: 'shop-api' }] };
const evicted = (count: number, first: number) =>
  Array.from({ length: count }, (_none, index) =>
    pod({
      metadata: { name: `shop-api-e${index}`, uid: `e${index}`, creationTimestamp: ago(first + index * 60) },
      status: {
        phase: 'Failed',
        reason: 'Evicted',
        startTime: ago(first + index * 60 - 1),
        message: 'Pod ephemeral local storage usage exceeds the total limit of containers 1Gi. ',
        containerStatuses: undefined,
      },
    }),
  );

/** Situations of controllers, nodes and the cluster, a number is that of a public bug report, of Kubernetes where nothing else is said. */
const rows: Readonly<Record<string, readonly Listed[]>> = {
  'a claim waits for a node, and no node has room': [
    set('StatefulSet', { replicas: 1 }, { replicas: 1, readyReplicas: 0 }),
    unscheduled(
      '0/1 nodes are available: 1 Insufficient cpu. preemption: 0/1 nodes are available: 1 No preemption victims found for incoming pod.',
      { owner: 'StatefulSet', spec: withClaim },
    ),
    claim({ phase: 'Pending' }),
    storageClass,
  ],
  'a claim gets no volume, and the scheduler waits for it': [
    set('StatefulSet', { replicas: 1 }, { replicas: 1, readyReplicas: 0 }),
    unscheduled('running PreBind plugin "VolumeBinding": binding volumes: context deadline exceeded', {
      owner: 'StatefulSet',
      spec: withClaim,
    }),
    claim({ phase: 'Pending' }),
    storageClass,
  ],
  'a quota of claims': [
    set('StatefulSet', { replicas: 1 }, { replicas: 0, readyReplicas: 0 }),
    event(
      'FailedCreate',
      'create Claim data-shop-api-0 for Pod shop-api-0 in StatefulSet shop-api failed error: persistentvolumeclaims "data-shop-api-0" is forbidden: exceeded quota: storage, requested: requests.storage=10Gi, used: requests.storage=50Gi, limited: requests.storage=50Gi',
      about('StatefulSet'),
    ),
  ],
  'kind 1685: a node without a network': [
    deployment(0),
    waiting('ContainerCreating'),
    lost(
      'False',
      'container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady message:Network plugin returns error: cni plugin not initialized',
    ),
  ],
  '45419: a node whose runtime hangs': [
    deployment(1),
    pod(),
    lost('False', 'PLEG is not healthy: pleg was last seen active 10m18s ago; threshold is 3m0s'),
  ],
  'kind 2045: a node that was stopped': [deployment(1), pod(), lost('Unknown', 'Kubelet stopped posting node status.')],
  'no node, since the only one is not ready': [
    deployment(0),
    unscheduled(
      '0/1 nodes are available: 1 node(s) had untolerated taint {node.kubernetes.io/not-ready: }. preemption: 0/1 nodes are available: 1 Preemption is not helpful for scheduling.',
    ),
    lost('False', 'container runtime is down'),
  ],
  'a node is gone, and its pod runs on another': [
    deployment(1),
    pod({
      spec: { nodeName: 'node-2' },
      metadata: { name: 'shop-api-2', uid: 'u2', creationTimestamp: ago(3600) },
      status: { startTime: ago(3599) } as never,
    }),
    pod({ metadata: { deletionTimestamp: ago(3600) } }),
    lost('Unknown', 'Kubelet stopped posting node status.'),
    other,
  ],
  'a node is gone, and a StatefulSet waits for it': [
    set('StatefulSet', { replicas: 1 }, { replicas: 1, readyReplicas: 0 }),
    pod({ owner: 'StatefulSet', metadata: { deletionTimestamp: ago(3600) } }),
    lost('Unknown', 'Kubelet stopped posting node status.'),
    other,
  ],
  'a node is gone under one of two pods': [
    deployment(1, { spec: { replicas: 2 }, status: { replicas: 2, updatedReplicas: 2 } }),
    pod({ spec: { nodeName: 'node-2' }, metadata: { name: 'shop-api-2', uid: 'u2' } }),
    pod({ status: { conditions: [{ type: 'Ready', status: 'Unknown', lastTransitionTime: ago(4000) }] } as never }),
    lost('Unknown', 'Kubelet stopped posting node status.'),
    other,
  ],
  'scaled to zero, and a pod does not go': [
    deployment(0, { spec: { replicas: 0 }, status: { replicas: 0, updatedReplicas: 0 } }),
    pod({ metadata: { deletionTimestamp: ago(4000), finalizers: ['x.io/guard'] } }),
  ],
  'scaled to zero, and nobody does it': [
    deployment(1, { spec: { replicas: 0 }, metadata: { generation: 2, managedFields: [{ time: ago(900) }] } as never }),
    pod(),
  ],
  'kind 2045: pods count that are not there': [deployment(1), lease('kube-controller-manager', 900)],
  'a crash has nothing to do with the controllers that are away': [
    ...log('KeyError: X'),
    lease('kube-controller-manager', 900),
  ],
  'a name that is wrong': log(
    'Error: getaddrinfo ENOTFOUND shop-redis\n    at GetAddrInfoReqWrap.onlookup [as oncomplete] (node:dns:111:26)',
  ),
  'a name that no DNS resolves': [
    ...log('nginx: [emerg] host not found in upstream "api" in /etc/nginx/conf.d/default.conf:3'),
    dnsDown,
  ],
  'a wrong password while DNS is down': [...log('FATAL: password authentication failed for user "shop"'), dnsDown],
  'argo-cd 11473: one pod of a DaemonSet finds no node': [
    set('DaemonSet', {}, { desiredNumberScheduled: 2, updatedNumberScheduled: 2, numberAvailable: 1 }),
    pod({ owner: 'DaemonSet' }),
    unscheduled("0/2 nodes are available: 1 node(s) didn't satisfy plugin(s) [NodeAffinity], 1 Insufficient memory.", {
      owner: 'DaemonSet',
      metadata: { name: 'shop-api-2', uid: 'u2' },
    }),
  ],
  'skaffold 9563: no room for the new version': [
    deployment(1, { metadata: { generation: 2 }, status: { observedGeneration: 2, replicas: 2, updatedReplicas: 1 } }),
    pod({ metadata: version('a') }),
    unscheduled('0/1 nodes are available: 1 Insufficient memory.', {
      metadata: { name: 'shop-api-2', uid: 'u2', creationTimestamp: ago(300), ...version('b') },
    }),
  ],
  'tilt 1962: a pod of the revision before has no image': [
    set(
      'StatefulSet',
      { replicas: 1 },
      { replicas: 1, readyReplicas: 0, currentRevision: 'a', updateRevision: 'b', updatedReplicas: 0 },
    ),
    waiting('ImagePullBackOff', 'Back-off pulling image "x"', {
      owner: 'StatefulSet',
      metadata: { labels: { ...pod().metadata.labels, 'controller-revision-hash': 'a' } },
    }),
  ],
  'two pods, broken in two ways': [
    deployment(0, { spec: { replicas: 2 } }),
    crashing({ message: 'boom' }),
    waiting('ImagePullBackOff', 'Back-off pulling image "x"', { metadata: { name: 'shop-api-2', uid: 'u2' } }),
  ],
  'thirty evicted pods, and one that runs': [deployment(1), pod(), ...evicted(30, 9000)],
  'evicted again and again': [
    deployment(0),
    waiting('ContainerCreating', '', {
      metadata: { creationTimestamp: ago(10) },
      status: { phase: 'Pending', startTime: ago(10), conditions: unready },
    }),
    ...evicted(5, 60),
  ],
  'argo-cd 10419: paused before its first pod': [
    deployment(0, { spec: { paused: true }, status: { replicas: 0, updatedReplicas: 0 } }),
  ],
  'a priority class that is not there': [
    refused('pods "shop-api-6f9-" is forbidden: no PriorityClass with name high was found'),
  ],
  'more than a pod may have': [
    refused('pods "shop-api-6f9-x" is forbidden: maximum memory usage per Container is 1Gi, but limit is 2Gi'),
  ],
  'no GPU is free': [
    deployment(0),
    unscheduled(
      '0/3 nodes are available: 1 node(s) had untolerated taint {node-role.kubernetes.io/control-plane: }, 2 Insufficient nvidia.com/gpu. preemption: 0/3 nodes are available: 1 Preemption is not helpful for scheduling, 2 No preemption victims found for incoming pod.',
    ),
  ],
  'a port of the node is taken': [
    deployment(0),
    unscheduled("0/1 nodes are available: 1 node(s) didn't have free ports for the requested pod ports."),
  ],
  'a job that is done, and whose pods have yet to go': [
    job({
      active: 0,
      succeeded: 1,
      conditions: [
        { type: 'SuccessCriteriaMet', status: 'True', reason: 'CompletionsReached', lastTransitionTime: ago(20) },
      ],
    }),
  ],
  'a job whose pods never go': [
    job({
      active: 0,
      succeeded: 1,
      conditions: [
        { type: 'SuccessCriteriaMet', status: 'True', reason: 'CompletionsReached', lastTransitionTime: ago(2000) },
      ],
    }),
  ],
  'a job that waits for the end of its last try': [job({ active: 0, terminating: 1, failed: 1 })],
  'a try of a job was evicted, and the next one runs': [
    job({ active: 1, failed: 1 }),
    pod({
      owner: 'Job',
      metadata: { name: 'shop-api-2', uid: 'u2', creationTimestamp: ago(100), ...ofJob },
      spec: { restartPolicy: 'Never' },
      status: { startTime: ago(99) } as never,
    }),
    pod({
      owner: 'Job',
      metadata: ofJob,
      spec: { restartPolicy: 'Never' },
      status: {
        phase: 'Failed',
        reason: 'Evicted',
        message: 'The node was low on resource: memory.',
        containerStatuses: undefined,
      },
    }),
  ],
  '83642: a run counts as active that is not there': [
    cron({ concurrencyPolicy: 'Forbid' }, { lastScheduleTime: ago(259_200), active: [{ name: 'shop-api-1' }] }),
  ],
  'runs that never end': [
    cron({}, { lastScheduleTime: ago(100), active: [{ name: 'shop-api-0' }] }),
    ...activeRuns(12),
  ],
  'runs that overlap, and end': [
    cron({}, { lastScheduleTime: ago(100), lastSuccessfulTime: ago(200), active: [{ name: 'shop-api-0' }] }),
    ...activeRuns(12),
  ],
  'k3d 523: a name that is too long for its jobs': [
    cron({}),
    event(
      'FailedCreate',
      'Error creating job: Job.batch "x" is invalid: metadata.name: Invalid value: must be no more than 63 characters',
      about('CronJob'),
    ),
  ],
  'argo-cd 24429: its first run failed': [
    cron({}, { lastScheduleTime: ago(200) }),
    run('1', 200, {
      conditions: [
        {
          type: 'Failed',
          status: 'True',
          reason: 'BackoffLimitExceeded',
          message: 'Job has reached the specified backoff limit',
          lastTransitionTime: ago(100),
        },
      ],
      failed: 7,
    }),
  ],
  'a schedule with a question mark': [
    cron({ schedule: '0 3 ? * *' }, { lastScheduleTime: ago(32_400), lastSuccessfulTime: ago(32_300) }),
  ],
  'days of the month and of the week': [
    cron(
      { schedule: '0 0 13 * 5' },
      { lastScheduleTime: '2026-02-27T00:00:00Z', lastSuccessfulTime: '2026-02-27T00:01:00Z' },
    ),
  ],
  'hourly, and a day late': [
    cron({ schedule: '@hourly' }, { lastScheduleTime: ago(86_400), lastSuccessfulTime: ago(86_300) }),
  ],
};

/** What is right. */
const right: Readonly<Record<string, string>> = {
  'a claim waits for a node, and no node has room':
    'degraded Unschedulable: no node for 5 min: not enough cpu is free (0/1 nodes are available: 1 Insufficient cpu.) [1] > kubectl --context kind-dev describe nodes',
  'a claim gets no volume, and the scheduler waits for it':
    'degraded Pending: claim data-shop-api-0: waiting for a volume from rancher.io/local-path for 2 h [1] > kubectl --context kind-dev -n shop describe pvc data-shop-api-0',
  'a quota of claims':
    'degraded FailedCreate: its pods are refused: exceeded quota: storage, requested: requests.storage=10Gi, used: requests.storage=50Gi, limited: requests.storage=50Gi [1] > kubectl --context kind-dev -n shop describe resourcequota',
  'kind 1685: a node without a network':
    'unknown NodeNotReady: waiting for node/node-1, which is in NodeNotReady: node node-1 is not ready: container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady message:Network plugin returns error: cni plugin not initialized [3] > kubectl --context kind-dev describe node node-1',
  '45419: a node whose runtime hangs':
    'unknown NodeNotReady: waiting for node/node-1, which is in NodeNotReady: node node-1 is not ready: PLEG is not healthy: pleg was last seen active 10m18s ago; threshold is 3m0s [3] > kubectl --context kind-dev describe node node-1',
  'kind 2045: a node that was stopped':
    'unknown NodeNotReady: waiting for node/node-1, which is in NodeNotReady: node node-1 is not ready: Kubelet stopped posting node status. [3] > docker start node-1',
  'no node, since the only one is not ready':
    'degraded Unschedulable: waiting for node/node-1, which is in NodeNotReady: node node-1 is not ready: container runtime is down [1] > kubectl --context kind-dev describe node node-1',
  'a node is gone, and its pod runs on another':
    'healthy Available: pod shop-api-1 should have been gone 60 min ago; node node-1 is not ready: Kubelet stopped posting node status. [0] > docker start node-1',
  'a node is gone, and a StatefulSet waits for it':
    'degraded Terminating: waiting for node/node-1, which is in NodeNotReady: node node-1 is not ready: Kubelet stopped posting node status. [1] > docker start node-1',
  'a node is gone under one of two pods':
    'unknown NodeNotReady: waiting for node/node-1, which is in NodeNotReady: node node-1 is not ready: Kubelet stopped posting node status. [3] > docker start node-1',
  'scaled to zero, and a pod does not go':
    "degraded Terminating: should have been gone 66 min ago; held by the finalizer x.io/guard; it is scaled to zero [1] > kubectl --context kind-dev -n shop get pod shop-api-1 -o jsonpath='{.metadata.finalizers}'",
  'scaled to zero, and nobody does it':
    'degraded NotObserved: its controller has not seen the last change for 15 min: is kube-controller-manager in kube-system running? [1] > kubectl --context kind-dev -n kube-system get pods',
  'kind 2045: pods count that are not there':
    'degraded NotObserved: waiting for kube-system/kube-controller-manager, which is in NotRunning: kube-controller-manager has not been active for 15 min [1] > kubectl --context kind-dev -n kube-system get pods -l component=kube-controller-manager',
  'a crash has nothing to do with the controllers that are away':
    'degraded CrashLoopBackOff: container api exited with 1: KeyError: X (9 restarts, the last 60 s ago) [1] > repoctl infra project logs shop api --previous --context kind-dev',
  'a name that is wrong':
    'degraded CrashLoopBackOff: container api exited with 1: Error: getaddrinfo ENOTFOUND shop-redis (9 restarts, the last 60 s ago) [1] > repoctl infra project logs shop api --previous --context kind-dev',
  'a name that no DNS resolves':
    'degraded CrashLoopBackOff: waiting for kube-system/coredns, which is in ProgressDeadlineExceeded: cluster DNS: no pod for 2 h: 0 of 2 pods are available [1] > kubectl --context kind-dev -n kube-system describe deployment/coredns',
  'a wrong password while DNS is down':
    'degraded CrashLoopBackOff: container api exited with 1: FATAL: password authentication failed for user "shop" (9 restarts, the last 60 s ago) [1] > repoctl infra project logs shop api --previous --context kind-dev',
  'argo-cd 11473: one pod of a DaemonSet finds no node':
    "degraded Unschedulable: 1 of 2 pods: no node for 5 min: not enough memory is free (0/2 nodes are available: 1 node(s) didn't satisfy plugin(s) [NodeAffinity], 1 Insufficient memory.) [1] > kubectl --context kind-dev describe nodes",
  'skaffold 9563: no room for the new version':
    'degraded Unschedulable: no node for 5 min: not enough memory is free (0/1 nodes are available: 1 Insufficient memory.); the previous version still runs [1] > kubectl --context kind-dev describe nodes',
  'tilt 1962: a pod of the revision before has no image':
    'degraded ImagePullBackOff: container api: can\'t pull the image shop/api:1: Back-off pulling image "x"; it is of an old revision, and a StatefulSet does not replace it [1] > kubectl --context kind-dev -n shop delete pod shop-api-1',
  'two pods, broken in two ways':
    'degraded CrashLoopBackOff: 1 of 2 pods: container api exited with 1: boom (9 restarts, the last 60 s ago) [1] > repoctl infra project logs shop api --previous --context kind-dev',
  'thirty evicted pods, and one that runs': 'healthy Available:  [0] > ',
  'evicted again and again':
    'degraded Evicted: 5 pods: Pod ephemeral local storage usage exceeds the total limit of containers 1Gi. [1] > kubectl --context kind-dev describe node node-1',
  'argo-cd 10419: paused before its first pod':
    'stopped Paused: its rollout is paused [0] > kubectl --context kind-dev -n shop rollout resume deployment/shop-api',
  'a priority class that is not there':
    'degraded FailedCreate: its pods are refused: no PriorityClass with name high was found [1] > kubectl --context kind-dev -n shop get events',
  'more than a pod may have':
    'degraded FailedCreate: its pods are refused: maximum memory usage per Container is 1Gi, but limit is 2Gi [1] > kubectl --context kind-dev -n shop get events',
  'no GPU is free':
    'degraded Unschedulable: no node for 5 min: not enough nvidia.com/gpu is free; the node has a taint node-role.kubernetes.io/control-plane (0/3 nodes are available: 1 node(s) had untolerated taint {node-role.kubernetes.io/control-plane: }, 2 Insufficient nvidia.com/gpu.) [1] > kubectl --context kind-dev describe nodes',
  'a port of the node is taken':
    "degraded Unschedulable: no node for 5 min: a port that it needs on the node is taken (0/1 nodes are available: 1 node(s) didn't have free ports for the requested pod ports.) [1] > kubectl --context kind-dev -n shop describe pod shop-api-1",
  'a job that is done, and whose pods have yet to go':
    'progressing Terminating: its work is done; its pods have yet to go [0] > ',
  'a job whose pods never go':
    'degraded Terminating: its work is done; its pods have yet to go for 33 min [1] > kubectl --context kind-dev -n shop describe job/shop-api',
  'a job that waits for the end of its last try':
    'progressing Terminating: its last try has ended; its pods have yet to go [0] > ',
  'a try of a job was evicted, and the next one runs':
    'progressing Retrying: running; 1 of 7 tries failed, the last one: The node was low on resource: memory. [0] > kubectl --context kind-dev describe node node-1',
  '83642: a run counts as active that is not there':
    'degraded MissedRun: due by "*/5 * * * *" more than 100 times since 2026-02-26T12:05:00.000Z, and did not run; its run shop-api-1 counts as active, and does not exist [1] > kubectl --context kind-dev -n shop describe cronjob/shop-api',
  'runs that never end':
    'degraded RunsPileUp: 12 runs go on at once, the oldest for 56 min, and none has succeeded meanwhile [1] > kubectl --context kind-dev -n shop describe job/shop-api-11',
  'runs that overlap, and end': 'healthy Active:  [0] > ',
  'k3d 523: a name that is too long for its jobs':
    'degraded FailedCreate: its jobs are refused: Job.batch "x" is invalid: metadata.name: Invalid value: must be no more than 63 characters [1] > kubectl --context kind-dev -n shop get events',
  'argo-cd 24429: its first run failed':
    'degraded LastRunFailed: its last run at 2026-03-01T11:56:40.000Z did not succeed: used up all its tries [1] > kubectl --context kind-dev -n shop describe job/shop-api-1',
  'a schedule with a question mark': 'healthy Succeeded:  [0] > ',
  'days of the month and of the week': 'healthy Succeeded:  [0] > ',
  'hourly, and a day late':
    'degraded MissedRun: due by "@hourly" 23 times since 2026-02-28T13:00:00.000Z, and did not run [1] > kubectl --context kind-dev -n shop describe cronjob/shop-api',
};

test.each(Object.entries(rows))('%s', (name, objects) => expect(toldToDo(objects)).toBe(right[name]));

test.each([
  ['none is there', [deployment(1)], true],
  ['they are there', [deployment(1), pod()], false],
  ['none is ready', [deployment(0)], false],
  ['it is not ours', [deployment(1, { metadata: { labels: {} } })], false],
])('who is at work is asked for, of a Deployment whose pod counts: %s', (_what, objects, expected) =>
  expect(missesPods(snapshotFrom(objects as never))).toBe(expected),
);
