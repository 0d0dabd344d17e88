import { describe, expect, test } from '@jest/globals';
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
  told,
  unready,
  unscheduled,
  waiting,
  withClaim,
} from './siblings.ts';

const failedOwner = {
  status: 'True',
  type: 'Failed',
  reason: 'BackoffLimitExceeded',
  message: 'Job has reached the specified backoff limit',
  lastTransitionTime: ago(100),
};
const complete = { conditions: [{ type: 'Complete', status: 'True', lastTransitionTime: ago(100) }], succeeded: 1 };
const pulled = (message: string, image = 'ghcr.io/acme/api:1') => [
  deployment(0),
  waiting('ErrImagePull', message, { container: { image } }),
];
const kube = (_name: string, message: string) => crashing({ message, exitCode: 1 }, { container: { name: 'api' } });

// Situations of the kinds that public bug reports of Argo CD, Helm, kstatus, Skaffold, Tilt, kind and Kubernetes tell of.
/** A StatefulSet that is ready, and its claim, which is to be larger. */
const enlarging = (type: string, message: string): Listed[] => [
  set('StatefulSet', { replicas: 1 }, { replicas: 1, readyReplicas: 1, updatedReplicas: 1, currentReplicas: 1 }),
  pod({ owner: 'StatefulSet', metadata: { name: 'shop-api-0', uid: 'u0' }, spec: withClaim }),
  claim({ phase: 'Bound', conditions: [{ type, status: 'True', message, lastTransitionTime: ago(5000) }] }),
];

const rows: Readonly<Record<string, readonly Listed[]>> = {
  // 1: broken, and yet exit 0.
  'Deployment: pods refused by Pod Security, no event left': [
    refused('pods "x" is forbidden: violates PodSecurity "restricted:latest": allowPrivilegeEscalation != false'),
  ],
  'OutOfmemory rejected, others fine': [
    deployment(1),
    pod(),
    pod({
      metadata: { name: 'shop-api-0', uid: 'u0', creationTimestamp: ago(9000) },
      status: {
        phase: 'Failed',
        reason: 'OutOfmemory',
        message: "Pod was rejected: Node didn't have enough resource: memory",
        containerStatuses: undefined,
      },
    }),
  ],
  'NodeAffinity rejected only': [
    deployment(0),
    pod({
      status: {
        phase: 'Failed',
        reason: 'NodeAffinity',
        message: 'Pod was rejected: Predicate NodeAffinity failed',
        containerStatuses: undefined,
      },
    }),
  ],
  'bare labelled pod evicted': [
    pod({
      owner: '',
      metadata: { ownerReferences: undefined },
      status: {
        phase: 'Failed',
        reason: 'Evicted',
        message: 'The node was low on resource: ephemeral-storage.',
        containerStatuses: undefined,
      },
    }),
  ],
  'bare pod pending without scheduler': [
    pod({
      metadata: { ownerReferences: undefined, creationTimestamp: ago(4000) },
      spec: { nodeName: undefined },
      status: { phase: 'Pending', conditions: [], containerStatuses: undefined },
    }),
  ],
  'sts creating 6h': [
    set('StatefulSet', { replicas: 1 }, { replicas: 1, readyReplicas: 0 }),
    waiting('ContainerCreating', '', {
      owner: 'StatefulSet',
      status: { phase: 'Pending', conditions: unready, startTime: ago(21600) },
    }),
  ],
  'foreground deletion for hours': [
    deployment(1, { metadata: { deletionTimestamp: ago(7000), finalizers: ['foregroundDeletion'] } }),
    pod(),
  ],
  'pod terminating, node gone': [deployment(0), pod({ metadata: { deletionTimestamp: ago(4000) } })],
  'loop window: ready with liveness kill': [
    deployment(1),
    pod({
      state: {
        restartCount: 30,
        state: { running: { startedAt: ago(15) } },
        lastState: { terminated: { exitCode: 137, reason: 'Error', startedAt: ago(60), finishedAt: ago(20) } },
      },
      status: { conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: ago(5) }] } as never,
    }),
  ],
  'loop with exit 0': [
    deployment(1),
    pod({
      state: {
        restartCount: 12,
        state: { running: { startedAt: ago(5) } },
        lastState: { terminated: { exitCode: 0, reason: 'Completed', startedAt: ago(50), finishedAt: ago(45) } },
      },
    }),
  ],
  'a claim that can not be enlarged': enlarging('ControllerResizeError', 'rpc error: quota exceeded'),
  'a claim whose file system has yet to grow': enlarging(
    'FileSystemResizePending',
    'Waiting for user to (re-)start a pod to finish file system resize of volume on node.',
  ),
  'more CPU than its node has, in place': [
    deployment(1),
    pod({
      status: {
        conditions: [
          { type: 'Ready', status: 'True', lastTransitionTime: ago(6000) },
          {
            type: 'PodResizePending',
            status: 'True',
            reason: 'Infeasible',
            message: "Node didn't have enough capacity: cpu, requested: 90000, capacity: 8000",
            lastTransitionTime: ago(300),
          },
        ],
      },
    }),
  ],
  'gate of a load balancer that says why': [
    deployment(0),
    pod({
      status: {
        conditions: [
          { type: 'ContainersReady', status: 'True', lastTransitionTime: ago(3600) },
          {
            type: 'Ready',
            status: 'False',
            reason: 'ReadinessGatesNotReady',
            message: 'the status of pod readiness gate "target-health.elbv2.k8s.aws/k8s-x" is not "True", but False',
            lastTransitionTime: ago(3600),
          },
          {
            type: 'target-health.elbv2.k8s.aws/k8s-x',
            status: 'False',
            reason: 'Target.FailedHealthChecks',
            message: 'Health checks failed with these codes: [404]',
            lastTransitionTime: ago(3600),
          },
        ],
      },
    }),
  ],
  'claim being deleted under a running pod': [
    set(
      'StatefulSet',
      { replicas: 1 },
      { replicas: 1, readyReplicas: 1, currentRevision: 'a', updateRevision: 'a', updatedReplicas: 1 },
    ),
    pod({ owner: 'StatefulSet', spec: withClaim }),
    claim({ phase: 'Bound' }, {}, { deletionTimestamp: ago(4000), finalizers: ['kubernetes.io/pvc-protection'] }),
  ],
  'node NotReady under running pod': [
    deployment(1),
    pod(),
    node({
      status: {
        conditions: [
          {
            type: 'Ready',
            status: 'Unknown',
            message: 'Kubelet stopped posting node status.',
            lastTransitionTime: ago(400),
          },
        ],
      },
    }),
  ],
  'Deployment with no pod and controller stuck (generation seen, replicas 0)': [
    deployment(0, { status: { replicas: 0, updatedReplicas: 0 } }),
  ],
  // 2: cron jobs.
  'cron deadline exceeded missed': [
    cron({ startingDeadlineSeconds: 10 }, { lastScheduleTime: ago(90_000), lastSuccessfulTime: ago(89_990) }),
    event('MissSchedule', 'Missed scheduled time to start a job: Sat, 28 Feb', about('CronJob')),
  ],
  'cron too many missed': [
    cron({}, { lastScheduleTime: ago(90_000) }),
    event(
      'TooManyMissedTimes',
      'too many missed start times (> 100). Set or decrease .spec.startingDeadlineSeconds or check clock skew',
      about('CronJob'),
    ),
  ],
  'cron unknown zone': [
    cron({ timeZone: 'Mars/Olympus' }),
    event('UnknownTimeZone', 'invalid timeZone: "Mars/Olympus": unknown time zone', about('CronJob')),
  ],
  'cron bad schedule': [
    cron({ schedule: '61 * * * *' }),
    event('UnparseableSchedule', 'unparseable schedule: "61 * * * *"', about('CronJob')),
  ],
  'cron daily in Tokyo, ran today there': [
    cron(
      { schedule: '0 9 * * *', timeZone: 'Asia/Tokyo' },
      { lastScheduleTime: '2026-03-01T00:00:00Z', lastSuccessfulTime: '2026-03-01T00:01:00Z' },
    ),
  ],
  'cron daily in New York, missed': [
    cron(
      { schedule: '0 3 * * *', timeZone: 'America/New_York' },
      { lastScheduleTime: '2026-02-28T08:00:00Z', lastSuccessfulTime: '2026-02-28T08:01:00Z' },
    ),
  ],
  'cron new, not due yet': [cron({ schedule: '0 0 1 1 *' }, {}, { creationTimestamp: ago(600) })],
  'cron run stuck on image (Allow)': [
    cron({}, { lastScheduleTime: ago(3000), active: [{ name: 'shop-api-1' }] }),
    run('1', 3000, { active: 1 }),
    waiting('ImagePullBackOff', 'Back-off pulling image "x"', {
      owner: 'Job',
      metadata: { ownerReferences: [{ kind: 'Job', name: 'shop-api-1' }] },
    }),
  ],
  'cron last run ok, earlier failed': [
    cron({}, { lastScheduleTime: ago(200), lastSuccessfulTime: ago(150) }),
    run('2', 200, complete),
    run('1', 500, { conditions: [failedOwner], failed: 7 }),
  ],
  'cron suspended after failing': [
    cron({ suspend: true }, { lastScheduleTime: ago(86_400) }),
    run('1', 86_400, { conditions: [failedOwner], failed: 7 }),
  ],
  'cron history cleaned up (no job left), last success old': [
    cron({}, { lastScheduleTime: ago(100), lastSuccessfulTime: ago(86_400) }),
  ],
  'cron last run done without history': [cron({}, { lastScheduleTime: ago(100), lastSuccessfulTime: ago(90) })],
  'cron replaced each time (Replace, never finishes)': [
    cron({ concurrencyPolicy: 'Replace' }, { lastScheduleTime: ago(100), active: [{ name: 'shop-api-9' }] }),
    run('9', 100, { active: 1 }),
  ],
  // 3: fine, and yet not healthy.
  'sts partition': [
    set(
      'StatefulSet',
      { replicas: 3, updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 2 } } },
      {
        replicas: 3,
        readyReplicas: 3,
        availableReplicas: 3,
        updatedReplicas: 1,
        currentRevision: 'a',
        updateRevision: 'b',
      },
    ),
  ],
  'ds no nodes': [set('DaemonSet', {}, { desiredNumberScheduled: 0 })],
  'stale ReplicaFailure on a deployment that is done': [
    deployment(1, {
      status: {
        conditions: [
          { type: 'ReplicaFailure', status: 'True', message: 'exceeded quota', lastTransitionTime: ago(900) },
        ],
      },
    }),
    pod(),
  ],
  'job suspended': [job({}, { suspend: true })],
  'sts pod at node shutdown': [
    set('StatefulSet', { replicas: 1 }, { replicas: 1, readyReplicas: 0 }),
    pod({
      owner: 'StatefulSet',
      status: {
        phase: 'Failed',
        reason: 'Terminated',
        message: 'Pod was terminated in response to imminent node shutdown.',
        startTime: ago(900),
        conditions: [{ type: 'Ready', status: 'False', lastTransitionTime: ago(30) }],
      },
    }),
  ],
  'deployment pod at node shutdown, replaced': [
    deployment(1),
    pod({
      metadata: { name: 'shop-api-0', creationTimestamp: ago(9999), uid: 'u0' },
      status: {
        phase: 'Failed',
        reason: 'NodeShutdown',
        message: 'Pod was terminated in response to imminent node shutdown.',
      },
    }),
    pod(),
  ],
  'completed pods left by a rollout': [
    deployment(1),
    pod(),
    pod({
      metadata: { name: 'shop-api-0', uid: 'u0', creationTimestamp: ago(9999) },
      status: { phase: 'Succeeded', containerStatuses: undefined },
    }),
  ],
  'surge: new pod starting, old ready': [
    deployment(1, {
      metadata: { generation: 2 },
      status: { observedGeneration: 2, replicas: 2, updatedReplicas: 1, availableReplicas: 1 },
    }),
    pod({ metadata: { labels: { ...pod().metadata.labels, 'pod-template-hash': 'a' } } }),
    waiting('ContainerCreating', '', {
      metadata: {
        name: 'shop-api-2',
        uid: 'u2',
        creationTimestamp: ago(20),
        labels: { ...pod().metadata.labels, 'pod-template-hash': 'b' },
      },
      status: { phase: 'Pending', startTime: ago(20), conditions: [] },
    }),
  ],
  // 4: the true cause.
  'container killed by memory, exit 137 in child, ready now 2 d later': [
    deployment(1),
    pod({
      state: {
        restartCount: 1,
        lastState: { terminated: { exitCode: 137, reason: 'OOMKilled', finishedAt: ago(172_800) } },
      },
    }),
  ],
  'pull: image named timeout': pulled(
    'failed to pull and unpack image "ghcr.io/acme/timeout-worker:1": failed to resolve reference "ghcr.io/acme/timeout-worker:1": ghcr.io/acme/timeout-worker:1: not found',
    'ghcr.io/acme/timeout-worker:1',
  ),
  'pull: unauthorized-proxy image, dns': pulled(
    'failed to pull image "docker.io/acme/unauthorized:1": dial tcp: lookup registry-1.docker.io: Temporary failure in name resolution',
    'acme/unauthorized:1',
  ),
  'pull: 403 on token': pulled(
    'failed to authorize: failed to fetch anonymous token: unexpected status from GET request to https://ghcr.io/token?scope=repository%3Aacme%2Fapi%3Apull: 403 Forbidden',
  ),
  'pull: self-signed': pulled(
    'Get "https://reg.local:5000/v2/": tls: failed to verify certificate: x509: certificate signed by unknown authority',
    'reg.local:5000/api:1',
  ),
  'pull: i/o timeout': pulled(
    'Get "https://reg.local:5000/v2/": dial tcp 10.0.0.3:5000: i/o timeout',
    'reg.local:5000/api:1',
  ),
  'pull: rate limit': pulled(
    '429 Too Many Requests - Server message: toomanyrequests: You have reached your unauthenticated pull rate limit.',
  ),
  'mount: generic after specific': [
    deployment(0),
    waiting('ContainerCreating'),
    event('FailedMount', 'MountVolume.SetUp failed for volume "cfg" : configmap "shop-cfg" not found', {
      lastTimestamp: ago(400),
      firstTimestamp: ago(580),
    }),
    event(
      'FailedMount',
      'Unable to attach or mount volumes: unmounted volumes=[cfg], unattached volumes=[cfg]: timed out waiting for the condition',
      { lastTimestamp: ago(30) },
    ),
  ],
  'sandbox: ipam exhausted, combined': [
    deployment(0),
    waiting('ContainerCreating'),
    event(
      'FailedCreatePodSandBox',
      `(combined from similar events): Failed to create pod sandbox: rpc error: code = Unknown desc = failed to setup network for sandbox "${'0f31caad'.repeat(8)}": plugin type="host-local" failed (add): failed to allocate for range 0: no IP addresses available in range set: 10.244.0.1-10.244.0.254`,
    ),
  ],
  'affinity of a volume': [
    deployment(0),
    unscheduled(
      '0/3 nodes are available: 1 node(s) had untolerated taint {node-role.kubernetes.io/control-plane: }, 2 node(s) had volume node affinity conflict.',
    ),
  ],
  'too many pods': [
    deployment(0),
    unscheduled(
      '0/1 nodes are available: 1 Too many pods. preemption: 0/1 nodes are available: 1 No preemption victims found for incoming pod.',
    ),
  ],
  'java stack': [
    deployment(0),
    kube(
      'j',
      'Exception in thread "main" org.springframework.beans.factory.BeanCreationException: Error creating bean\n\tat org.x.Y(Y.java:1)\nCaused by: java.net.ConnectException: Connection refused\n\tat java.base/sun.nio.ch.Net.pollConnect(Native Method)\n\t... 23 more',
    ),
  ],
  'python chained': [
    deployment(0),
    kube(
      'p',
      'Traceback (most recent call last):\n  File "/app/x.py", line 3, in <module>\n    main()\nsqlalchemy.exc.OperationalError: (psycopg2.OperationalError) FATAL:  password authentication failed for user "shop"\n\n(Background on this error at: https://sqlalche.me/e/20/e3q8)',
    ),
  ],
  ruby: [
    deployment(0),
    kube(
      'r',
      "/app/config.ru:3:in `require': cannot load such file -- rack (LoadError)\n\tfrom /app/config.ru:3:in `<main>'",
    ),
  ],
  npm: [
    deployment(0),
    kube(
      'n',
      'npm error Missing script: "start"\nnpm error\nnpm error To see a list of scripts, run:\nnpm error   npm run\nnpm error A complete log of this run can be found in: /root/.npm/_logs/x.log',
    ),
  ],
  uvicorn: [
    deployment(0),
    kube(
      'u',
      "INFO:     Started server process [1]\nERROR:    [Errno 98] error while attempting to bind on address ('0.0.0.0', 8000): address already in use\nINFO:     Waiting for application shutdown.\nINFO:     Application shutdown complete.",
    ),
  ],
  'go log.Fatal json': [
    deployment(0),
    kube(
      'g',
      '{"time":"2026-03-01T11:00:00Z","level":"INFO","msg":"starting"}\n{"time":"2026-03-01T11:00:01Z","level":"ERROR","msg":"cannot connect","err":"dial tcp: lookup db: no such host"}\nexit status 1',
    ),
  ],
  dotnet: [
    deployment(0),
    kube(
      'd',
      'Unhandled exception. System.InvalidOperationException: No connection string\n   at Program.<Main>$(String[] args) in /src/Program.cs:line 5',
    ),
  ],
  rust: [
    deployment(0),
    kube(
      'ru',
      'thread \'main\' panicked at src/main.rs:4:10:\ncalled `Result::unwrap()` on an `Err` value: Os { code: 2, kind: NotFound, message: "No such file or directory" }\nnote: run with `RUST_BACKTRACE=1` environment variable to display a backtrace',
    ),
  ],
  'elixir/php': [
    deployment(0),
    kube(
      'ph',
      'PHP Fatal error:  Uncaught PDOException: SQLSTATE[HY000] [2002] Connection refused in /app/db.php:3\nStack trace:\n#0 /app/db.php(3): PDO->__construct()\n#1 {main}\n  thrown in /app/db.php on line 3',
    ),
  ],
  'exit 255 after node restart, waiting': [
    deployment(0),
    crashing({ exitCode: 255, reason: 'Unknown' }, { state: { restartCount: 1 } }),
  ],
  'startup probe kills': [
    deployment(0),
    crashing(
      { exitCode: 137, startedAt: ago(95) },
      { container: { startupProbe: { httpGet: { path: '/h', port: 80 } } } },
    ),
    event('Unhealthy', 'Startup probe failed: HTTP probe failed with statuscode: 500', {
      count: 40,
      firstTimestamp: ago(3000),
      lastTimestamp: ago(65),
    }),
  ],
  'preStop hook / postStart': [
    deployment(0),
    waiting(
      'PostStartHookError',
      'Exec lifecycle hook ([/bin/sh -c x]) for Container "api" failed - error: command \'x\' exited with 127',
    ),
  ],
  'config: env key missing': [
    deployment(0),
    waiting('CreateContainerConfigError', "couldn't find key DB_URL in Secret shop/shop-env"),
  ],
  'exec: no such file': [
    deployment(0),
    waiting(
      'RunContainerError',
      'failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: exec: "/app/start": stat /app/start: no such file or directory: unknown',
    ),
  ],
  'sidecar OOM': [
    deployment(0),
    crashing(
      {},
      {
        spec: {
          initContainers: [
            { name: 'proxy', image: 'p', restartPolicy: 'Always', resources: { limits: { memory: '64Mi' } } },
          ],
        },
        state: { ready: true, state: { running: { startedAt: ago(600) } }, lastState: {}, restartCount: 0 },
        status: {
          conditions: unready,
          initContainerStatuses: [
            {
              name: 'proxy',
              ready: false,
              restartCount: 6,
              state: { waiting: { reason: 'CrashLoopBackOff' } },
              lastState: { terminated: { exitCode: 137, reason: 'OOMKilled', finishedAt: ago(30) } },
            },
          ],
          containerStatuses: [
            { name: 'api', ready: true, started: true, restartCount: 0, state: { running: { startedAt: ago(600) } } },
          ],
        },
      },
    ),
  ],
  'job: deadline': [
    job({
      conditions: [
        {
          type: 'Failed',
          status: 'True',
          reason: 'DeadlineExceeded',
          message: 'Job was active longer than specified deadline',
        },
      ],
      failed: 1,
    }),
  ],
  'job: pod failure policy': [
    job({
      conditions: [
        {
          type: 'FailureTarget',
          status: 'True',
          reason: 'PodFailurePolicy',
          message: 'Container api for pod shop/x failed with exit code 42 matching FailJob rule at index 0',
        },
        {
          type: 'Failed',
          status: 'True',
          reason: 'PodFailurePolicy',
          message: 'Container api for pod shop/x failed with exit code 42 matching FailJob rule at index 0',
        },
      ],
      failed: 1,
    }),
  ],
  'job done, sidecar native': [job({ ...complete })],
  // 5: the cluster's own parts.
  'disk pressure evicts': [
    deployment(0),
    pod({
      status: { phase: 'Failed', reason: 'Evicted', message: 'The node was low on resource: ephemeral-storage.' },
    }),
    node({}, [
      { type: 'DiskPressure', status: 'True', message: 'kubelet has disk pressure', lastTransitionTime: ago(400) },
    ]),
  ],
  'webhook silent': [
    refused(
      'Internal error occurred: failed calling webhook "mutate.kyverno.svc": failed to call webhook: Post "https://kyverno-svc.kyverno.svc:443/mutate?timeout=10s": dial tcp 10.96.1.2:443: connect: connection refused',
    ),
  ],
  'webhook denies': [refused('admission webhook "validate.kyverno.svc" denied the request: label team is required')],
  'claim pending, provisioner': [
    set('StatefulSet', { replicas: 1 }, { replicas: 1, readyReplicas: 0 }),
    pod({
      owner: 'StatefulSet',
      spec: { nodeName: undefined, ...withClaim },
      status: {
        phase: 'Pending',
        conditions: [
          {
            type: 'PodScheduled',
            status: 'False',
            message: '0/1 nodes are available: pod has unbound immediate PersistentVolumeClaims.',
            lastTransitionTime: ago(400),
          },
        ],
        containerStatuses: undefined,
      },
    }),
    claim({ phase: 'Pending' }),
    event(
      'ProvisioningFailed',
      'storageclass.storage.k8s.io "fast" not found',
      about('PersistentVolumeClaim', 'data-shop-api-0', 'uid-claim'),
    ),
  ],
  'clock ahead: certificate not yet valid': pulled(
    'tls: failed to verify certificate: x509: certificate has expired or is not yet valid: current time 2020-01-01T00:00:00Z is before 2025-01-01T00:00:00Z',
  ),

  // More of 1 to 5.
  'gate closed 1 h': [
    deployment(0),
    pod({
      status: {
        conditions: [
          {
            type: 'Ready',
            status: 'False',
            reason: 'ReadinessGatesNotReady',
            message: 'the status of pod readiness gate "lb" is not "True", but False',
            lastTransitionTime: ago(4000),
          },
        ],
      },
    }),
  ],
  'kubelet never reports': [
    deployment(0),
    pod({
      status: {
        phase: 'Pending',
        startTime: undefined,
        conditions: [{ type: 'PodScheduled', status: 'True', lastTransitionTime: ago(7000) }],
        containerStatuses: undefined,
      },
    }),
  ],
  ErrImageNeverPull: [
    deployment(0),
    waiting('ErrImageNeverPull', 'Container image "shop/api:1" is not present with pull policy of Never'),
  ],
  'back-off only, event says why': [
    deployment(0),
    waiting('ImagePullBackOff', 'Back-off pulling image "shop/api:1"'),
    event(
      'Failed',
      'Failed to pull image "shop/api:1": rpc error: code = NotFound desc = failed to pull and unpack image "docker.io/shop/api:1": failed to resolve reference "docker.io/shop/api:1": docker.io/shop/api:1: not found',
    ),
  ],
  'csi driver missing': [
    deployment(0),
    waiting('ContainerCreating'),
    event(
      'FailedMount',
      'MountVolume.MountDevice failed for volume "pvc-1" : kubernetes.io/csi: attacher.MountDevice failed to create newCsiDriverClient: driver name rook-ceph.rbd.csi.ceph.com not found in the list of registered CSI drivers',
    ),
  ],
  'attach limit': [deployment(0), unscheduled('0/1 nodes are available: 1 node(s) exceed max volume count.')],
  'sts 1 of 3, second crashes': [
    set('StatefulSet', { replicas: 3 }, { replicas: 2, readyReplicas: 1 }),
    pod({ owner: 'StatefulSet', metadata: { name: 'shop-api-0', uid: 'u0' } }),
    crashing({ message: 'no quorum' }, { owner: 'StatefulSet' }),
  ],
  'init crash': [
    deployment(0),
    pod({
      spec: { initContainers: [{ name: 'migrate', image: 'm' }] },
      status: {
        phase: 'Pending',
        conditions: unready,
        initContainerStatuses: [
          {
            name: 'migrate',
            restartCount: 5,
            state: { waiting: { reason: 'CrashLoopBackOff' } },
            lastState: { terminated: { exitCode: 1, message: 'relation "x" already exists', finishedAt: ago(20) } },
          },
        ],
        containerStatuses: [
          { name: 'api', ready: false, restartCount: 0, state: { waiting: { reason: 'PodInitializing' } } },
        ],
      },
    }),
  ],
  'init runs for 2 h': [
    deployment(0),
    pod({
      spec: { initContainers: [{ name: 'migrate', image: 'm' }] },
      status: {
        phase: 'Pending',
        conditions: unready,
        initContainerStatuses: [{ name: 'migrate', restartCount: 0, state: { running: { startedAt: ago(7200) } } }],
        containerStatuses: [
          { name: 'api', ready: false, restartCount: 0, state: { waiting: { reason: 'PodInitializing' } } },
        ],
      },
    }),
  ],
  'pulling for 2 h': [
    deployment(0),
    waiting('ContainerCreating', '', { status: { phase: 'Pending', startTime: ago(7200), conditions: unready } }),
    event('Pulling', 'Pulling image "shop/api:1"', { type: 'Normal' }),
  ],
  'job pod gone, active 1 for hours': [job({ active: 1, startTime: ago(9000) })],
  'job second try waits': [
    job({ active: 0, failed: 2 }),
    pod({
      owner: 'Job',
      spec: { restartPolicy: 'Never' },
      status: {
        phase: 'Failed',
        containerStatuses: [
          { name: 'api', state: { terminated: { exitCode: 3, message: 'ValueError: nope', finishedAt: ago(30) } } },
        ],
      },
    }),
  ],
  'ds creating on one node, others fine': [
    set('DaemonSet', {}, { desiredNumberScheduled: 2, updatedNumberScheduled: 2, numberAvailable: 1 }),
    pod({ owner: 'DaemonSet' }),
    waiting('ContainerCreating', '', {
      owner: 'DaemonSet',
      metadata: { name: 'shop-api-2', uid: 'u2' },
      status: { phase: 'Pending', startTime: ago(5000), conditions: unready },
    }),
  ],
  'ready, deployment says 0 available (controller lags)': [deployment(0), pod()],
  'selector finds nothing: endpoint slice empty': [
    deployment(1),
    pod(),
    {
      kind: 'EndpointSlice',
      metadata: {
        name: 's',
        namespace: 'shop',
        labels: { ...pod().metadata.labels, 'kubernetes.io/service-name': 'shop-api' },
      },
      endpoints: [],
      ports: [{}],
    } as never,
  ],
  quota: [
    refused(
      'pods "shop-api-6f9-x" is forbidden: exceeded quota: team, requested: limits.memory=1Gi, used: limits.memory=4Gi, limited: limits.memory=4Gi',
    ),
  ],
  'serviceaccount missing': [
    refused(
      'pods "shop-api-6f9-" is forbidden: error looking up service account shop/api: serviceaccount "api" not found',
    ),
  ],
  'pod Unknown phase': [
    deployment(0),
    pod({
      status: { phase: 'Unknown', conditions: [{ type: 'Ready', status: 'Unknown', lastTransitionTime: ago(500) }] },
    }),
  ],
  'gated 2 h': [
    deployment(0),
    pod({
      spec: { nodeName: undefined, schedulingGates: [{ name: 'kueue.x-k8s.io/admission' }] },
      status: {
        phase: 'Pending',
        startTime: undefined,
        conditions: [
          {
            type: 'PodScheduled',
            status: 'False',
            reason: 'SchedulingGated',
            message: 'Scheduling is blocked due to non-empty scheduling gates',
            lastTransitionTime: ago(7000),
          },
        ],
        containerStatuses: undefined,
      },
    }),
  ],
  'clock behind': [
    deployment(0),
    crashing(
      {
        message:
          'x509: certificate has expired or is not yet valid: current time 2026-03-01T09:00:00Z is before 2026-03-01T10:00:00Z',
      },
      { status: { startTime: ago(10_800), conditions: unready } },
    ),
  ],
  'clock ahead, all well': [deployment(1), pod({ state: { state: { running: { startedAt: ago(-900) } } } })],
  'metrics server down': [
    deployment(1),
    pod(),
    {
      kind: 'Deployment',
      metadata: { name: 'metrics-server', namespace: 'kube-system', generation: 1, creationTimestamp: ago(9000) },
      spec: { replicas: 1 },
      status: { observedGeneration: 1, replicas: 1, updatedReplicas: 1, availableReplicas: 0 },
    } as never,
    event(
      'FailedGetResourceMetric',
      'failed to get cpu utilization: unable to get metrics for resource cpu',
      about('HorizontalPodAutoscaler'),
    ),
  ],
  'kube-proxy down': [
    deployment(0),
    crashing({ message: 'dial tcp 10.96.3.4:5432: connect: connection refused' }),
    {
      kind: 'DaemonSet',
      metadata: { name: 'kube-proxy', namespace: 'kube-system', generation: 1, creationTimestamp: ago(9000) },
      spec: {},
      status: { observedGeneration: 1, desiredNumberScheduled: 1, updatedNumberScheduled: 1, numberAvailable: 0 },
    } as never,
  ],
  'cni down': [
    deployment(0),
    waiting('ContainerCreating'),
    event(
      'FailedCreatePodSandBox',
      'failed to setup network for sandbox: plugin type="cilium-cni" failed (add): unable to connect to Cilium daemon',
    ),
    {
      kind: 'DaemonSet',
      metadata: { name: 'cilium', namespace: 'kube-system', generation: 1, creationTimestamp: ago(9000) },
      spec: {},
      status: { observedGeneration: 1, desiredNumberScheduled: 1, updatedNumberScheduled: 1, numberAvailable: 0 },
    } as never,
  ],
  'memory pressure': [
    deployment(0),
    unscheduled('0/1 nodes are available: 1 node(s) had untolerated taint {node.kubernetes.io/memory-pressure: }.'),
    node({}, [
      {
        type: 'MemoryPressure',
        status: 'True',
        message: 'kubelet has insufficient memory available',
        lastTransitionTime: ago(400),
      },
    ]),
  ],
  'controller manager down': [
    deployment(0, { metadata: { generation: 2, changedAt: ago(600) } }),
    {
      kind: 'Lease',
      metadata: { name: 'kube-controller-manager', namespace: 'kube-system' },
      spec: { renewTime: ago(900) },
    } as never,
  ],
};

/** The first line that is to be told of each, with the exit code. */
const first: Readonly<Record<string, string>> = {
  'Deployment: pods refused by Pod Security, no event left':
    'degraded FailedCreate: its pods are refused: violates PodSecurity "restricted:latest": allowPrivilegeEscalation != false [1]',
  'OutOfmemory rejected, others fine': 'healthy Available:  [0]',
  'NodeAffinity rejected only': 'degraded NodeAffinity: node node-1 refuses it: Predicate NodeAffinity failed [1]',
  'bare labelled pod evicted': 'degraded Evicted: The node was low on resource: ephemeral-storage. [1]',
  'bare pod pending without scheduler':
    'degraded Scheduling: no scheduler has looked at it for 66 min: is kube-scheduler in kube-system running? [1]',
  'sts creating 6h': 'degraded ContainerCreating: container api: being created for 6 h [1]',
  'foreground deletion for hours':
    'degraded Terminating: being removed for 116 min; waits for the finalizer foregroundDeletion, and for the pod shop-api-1 [1]',
  'pod terminating, node gone':
    'degraded Terminating: should have been gone 66 min ago; node node-1 is ready, and has not ended it [1]',
  'loop window: ready with liveness kill':
    'degraded CrashLoopBackOff: container api exited with 137 (SIGKILL) (30 restarts, the last 20 s ago), after 40 s; it has been running again for 15 s [1]',
  'loop with exit 0':
    'degraded CrashLoopBackOff: container api exited with 0 (12 restarts, the last 45 s ago), after 5 s; it has been running again for 5 s [1]',
  'a claim that can not be enlarged':
    "healthy Ready: its claim data-shop-api-0 can't be enlarged (for 83 min): rpc error: quota exceeded [0]",
  'a claim whose file system has yet to grow':
    'healthy Ready: its claim data-shop-api-0 has yet to be enlarged on its node (for 83 min): Waiting for user to (re-)start a pod to finish file system resize of volume on node. [0]',
  'more CPU than its node has, in place':
    "healthy Available: its new CPU and memory can't be given (for 5 min): Node didn't have enough capacity: cpu, requested: 90000, capacity: 8000 [0]",
  'gate of a load balancer that says why':
    'degraded ReadinessGatesNotReady: the status of pod readiness gate "target-health.elbv2.k8s.aws/k8s-x" is not "True", but False: Health checks failed with these codes: [404] [1]',
  'claim being deleted under a running pod':
    "healthy Ready: its claim data-shop-api-0 is being deleted: the data goes with this pod, and the next one can't start [0]",
  'node NotReady under running pod':
    'unknown NodeNotReady: waiting for node/node-1, which is in NodeNotReady: node node-1 is not ready: Kubelet stopped posting node status. [3]',
  'Deployment with no pod and controller stuck (generation seen, replicas 0)':
    'degraded ProgressDeadlineExceeded: no pod for 2 h: 0 of 1 pods are available [1]',
  'cron deadline exceeded missed':
    'degraded MissedRun: due by "*/5 * * * *" more than 100 times since 2026-02-28T11:05:00.000Z, and did not run: Missed scheduled time to start a job: Sat, 28 Feb [1]',
  'cron too many missed':
    'degraded MissedRun: due by "*/5 * * * *" more than 100 times since 2026-02-28T11:05:00.000Z, and did not run: too many missed start times (> 100). Set or decrease .spec.startingDeadlineSeconds or check clock skew [1]',
  'cron unknown zone': 'degraded InvalidSchedule: it never runs: there is no time zone Mars/Olympus [1]',
  'cron bad schedule': 'degraded InvalidSchedule: it never runs: CronPattern: Invalid value for minute: 61 [1]',
  'cron daily in Tokyo, ran today there': 'healthy Succeeded:  [0]',
  'cron daily in New York, missed':
    'degraded MissedRun: due by "0 3 * * *" (America/New_York) 1 time since 2026-03-01T08:00:00.000Z, and did not run [1]',
  'cron new, not due yet': 'healthy Scheduled:  [0]',
  'cron run stuck on image (Allow)':
    'degraded ImagePullBackOff: its run shop-api-1: container api: can\'t pull the image shop/api:1: Back-off pulling image "x" [1]',
  'cron last run ok, earlier failed': 'healthy Succeeded:  [0]',
  'cron suspended after failing': 'stopped Suspended: its schedule is suspended [0]',
  'cron history cleaned up (no job left), last success old':
    'degraded LastRunFailed: its last run at 2026-03-01T11:58:20.000Z did not succeed [1]',
  'cron last run done without history': 'healthy Succeeded:  [0]',
  'cron replaced each time (Replace, never finishes)':
    'degraded AlwaysReplaced: each run is replaced by the next before it ends (Replace), and none has succeeded so far [1]',
  'sts partition': 'healthy Ready: 2 pods of the previous revision: pods below the partition 2 keep it [0]',
  'ds no nodes': 'healthy Available:  [0]',
  'stale ReplicaFailure on a deployment that is done': 'healthy Available:  [0]',
  'job suspended': 'stopped Suspended:  [0]',
  'sts pod at node shutdown':
    'progressing Terminated: Pod was terminated in response to imminent node shutdown.; it is not replaced yet [0]',
  'deployment pod at node shutdown, replaced': 'healthy Available:  [0]',
  'completed pods left by a rollout': 'healthy Available:  [0]',
  'surge: new pod starting, old ready': 'progressing ContainerCreating: container api: being created for 20 s [0]',
  'container killed by memory, exit 137 in child, ready now 2 d later': 'healthy Available:  [0]',
  'pull: image named timeout':
    "degraded ErrImagePull: container api: can't pull the image ghcr.io/acme/timeout-worker:1: its registry has no such image [1]",
  'pull: unauthorized-proxy image, dns':
    "degraded ErrImagePull: container api: can't pull the image acme/unauthorized:1: its registry's name can't be resolved [1]",
  'pull: 403 on token':
    "degraded ErrImagePull: container api: can't pull the image ghcr.io/acme/api:1: its registry has no such image or denies access [1]",
  'pull: self-signed':
    "degraded ErrImagePull: container api: can't pull the image reg.local:5000/api:1: the node does not trust its registry's certificate (x509): add the certificate authority to the node [1]",
  'pull: i/o timeout':
    "degraded ErrImagePull: container api: can't pull the image reg.local:5000/api:1: its registry does not answer [1]",
  'pull: rate limit':
    "degraded ErrImagePull: container api: can't pull the image ghcr.io/acme/api:1: its registry limits the number of requests [1]",
  'mount: generic after specific':
    'degraded FailedMount: MountVolume.SetUp failed for volume "cfg" : configmap "shop-cfg" not found [1]',
  'sandbox: ipam exhausted, combined':
    'degraded FailedCreatePodSandBox: Failed to create pod sandbox: failed to setup network for sandbox: plugin type="host-local" failed (add): failed to allocate for range 0: no IP addresses available in range set: 10.244.0.1-10.244.0.254 [1]',
  'affinity of a volume':
    'degraded Unschedulable: no node for 5 min: its volume is on another node, which does not take it; the node has a taint node-role.kubernetes.io/control-plane (0/3 nodes are available: 1 node(s) had untolerated taint {node-role.kubernetes.io/control-plane: }, 2 node(s) had volume node affinity conflict.) [1]',
  'too many pods':
    'degraded Unschedulable: no node for 5 min: the node has reached its pod limit (0/1 nodes are available: 1 Too many pods.) [1]',
  'java stack':
    'degraded CrashLoopBackOff: container api exited with 1: java.net.ConnectException: Connection refused (9 restarts, the last 60 s ago) [1]',
  'python chained':
    'degraded CrashLoopBackOff: container api exited with 1: sqlalchemy.exc.OperationalError: (psycopg2.OperationalError) FATAL: password authentication failed for user "shop" (9 restarts, the last 60 s ago) [1]',
  ruby: "degraded CrashLoopBackOff: container api exited with 1: /app/config.ru:3:in `require': cannot load such file -- rack (LoadError) (9 restarts, the last 60 s ago) [1]",
  npm: 'degraded CrashLoopBackOff: container api exited with 1: npm error Missing script: "start" (9 restarts, the last 60 s ago) [1]',
  uvicorn:
    "degraded CrashLoopBackOff: container api exited with 1: ERROR: [Errno 98] error while attempting to bind on address ('0.0.0.0', 8000): address already in use (9 restarts, the last 60 s ago) [1]",
  'go log.Fatal json':
    'degraded CrashLoopBackOff: container api exited with 1: cannot connect: dial tcp: lookup db: no such host (9 restarts, the last 60 s ago) [1]',
  dotnet:
    'degraded CrashLoopBackOff: container api exited with 1: Unhandled exception. System.InvalidOperationException: No connection string (9 restarts, the last 60 s ago) [1]',
  rust: 'degraded CrashLoopBackOff: container api exited with 1: thread \'main\' panicked at src/main.rs:4:10: called `Result::unwrap()` on an `Err` value: Os { code: 2, kind: NotFound, message: "No such file or directory" } (9 restarts, the last 60 s ago) [1]',
  'elixir/php':
    'degraded CrashLoopBackOff: container api exited with 1: PHP Fatal error: Uncaught PDOException: SQLSTATE[HY000] [2002] Connection refused in /app/db.php:3 (9 restarts, the last 60 s ago) [1]',
  'exit 255 after node restart, waiting':
    'degraded CrashLoopBackOff: container api ended when its node restarted (exit 255) (1 restart, the last 60 s ago) [1]',
  'startup probe kills':
    'degraded CrashLoopBackOff: container api exited with 137 (SIGKILL) because its startup probe failed (HTTP probe failed with statuscode: 500) (9 restarts, the last 60 s ago) [1]',
  'preStop hook / postStart':
    'degraded PostStartHookError: container api: Exec lifecycle hook ([/bin/sh -c x]) for Container "api" failed - error: command \'x\' exited with 127 [1]',
  'config: env key missing':
    "degraded CreateContainerConfigError: container api: Secret shop/shop-env has no key DB_URL; fill in the project's infra/.env and start again [1]",
  'exec: no such file':
    'degraded RunContainerError: container api: its program is not in the image: exec: "/app/start": stat /app/start: no such file or directory [1]',
  'sidecar OOM':
    'degraded OOMKilled: sidecar proxy used more memory than its limit of 64Mi (6 restarts, the last 30 s ago); raise its limit [1]',
  'job: deadline': 'failed DeadlineExceeded: took longer than its time limit [1]',
  'job: pod failure policy':
    'failed PodFailurePolicy: failed in a way that its policy does not retry: Container api for pod shop/x failed with exit code 42 matching FailJob rule at index 0 [1]',
  'job done, sidecar native': 'healthy Complete:  [0]',
  'disk pressure evicts':
    'degraded Evicted: waiting for node/node-1, which is in DiskPressure: node node-1 is short of disk space: kubelet has disk pressure [1]',
  'webhook silent':
    'degraded FailedCreate: waiting for kyverno/kyverno-svc, which is in WebhookFailed: the admission webhook mutate.kyverno.svc does not answer, s…hook: Post "https://kyverno-svc.kyverno.svc:443/mutate?timeout=10s": dial tcp 10.96.1.2:443: connect: connection refused [1]',
  'webhook denies':
    'degraded FailedCreate: its pods are refused: admission webhook "validate.kyverno.svc" denied the request: label team is required [1]',
  'claim pending, provisioner':
    'degraded ProvisioningFailed: claim data-shop-api-0: storageclass.storage.k8s.io "fast" not found [1]',
  'clock ahead: certificate not yet valid':
    "degraded ErrImagePull: container api: can't pull the image ghcr.io/acme/api:1: its registry's certificate has expired or is not valid yet: is the node's clock right? [1]",
  'gate closed 1 h':
    'degraded ReadinessGatesNotReady: the status of pod readiness gate "lb" is not "True", but False [1]',
  'kubelet never reports': 'degraded ContainerCreating: container api: being created for 2 h [1]',
  ErrImageNeverPull:
    'degraded ErrImageNeverPull: container api: Container image "shop/api:1" is not present with pull policy of Never [1]',
  'back-off only, event says why':
    "degraded ImagePullBackOff: container api: can't pull the image shop/api:1: its registry has no such image [1]",
  'csi driver missing':
    'degraded FailedMount: MountVolume.MountDevice failed for volume "pvc-1" : kubernetes.io/csi: attacher.MountDevice failed to create newCsiDriverClient: driver name rook-ceph.rbd.csi.ceph.com not found in the list of registered CSI drivers [1]',
  'attach limit':
    'degraded Unschedulable: no node for 5 min: the node has reached its volume limit (0/1 nodes are available: 1 node(s) exceed max volume count.) [1]',
  'sts 1 of 3, second crashes':
    'degraded CrashLoopBackOff: 1 of 3 pods: container api exited with 1: no quorum (9 restarts, the last 60 s ago) [1]',
  'init crash':
    'degraded CrashLoopBackOff: init container migrate (1/1) exited with 1: relation "x" already exists (5 restarts, the last 20 s ago) [1]',
  'init runs for 2 h': 'degraded PodInitializing: init container migrate (1/1) has been running for 2 h [1]',
  'pulling for 2 h': 'degraded ContainerCreating: container api: pulling the image shop/api:1 for 2 h [1]',
  'job pod gone, active 1 for hours': 'degraded Pending: waiting for its pod for 2 h [1]',
  'job second try waits':
    'progressing Retrying: waiting for its next try; 2 of 7 tries failed, the last one: container api exited with 3: ValueError: nope [0]',
  'ds creating on one node, others fine':
    'degraded ContainerCreating: 1 of 2 pods: container api: being created for 83 min [1]',
  'ready, deployment says 0 available (controller lags)':
    'degraded ProgressDeadlineExceeded: ready but not counted for 100 min: 0 of 1 pods are available [1]',
  'selector finds nothing: endpoint slice empty':
    "degraded NoReadyEndpoint: the Service shop-api leads to no pod, although shop-api-1 is ready: its selector does not match the pod's labels [1]",
  quota:
    'degraded FailedCreate: its pods are refused: exceeded quota: team, requested: limits.memory=1Gi, used: limits.memory=4Gi, limited: limits.memory=4Gi [1]',
  'serviceaccount missing':
    'degraded FailedCreate: its pods are refused: error looking up service account shop/api: serviceaccount "api" not found [1]',
  'pod Unknown phase': 'unknown NodeNotReady: node node-1 is not ready [3]',
  'gated 2 h': 'degraded SchedulingGated: held back by the scheduling gate kueue.x-k8s.io/admission [1]',
  'clock behind':
    "degraded CrashLoopBackOff: waiting for node/node-1, which is in ClockSkew: the clock of node node-1 is at least 60 min behind the API server's: certificates, tokens and schedules depend on it [1]",
  'clock ahead, all well': 'healthy Available:  [1]',
  'metrics server down':
    'healthy Available: its autoscaler gets no metrics because kube-system/metrics-server is degraded, so it keeps its size [1]',
  'kube-proxy down':
    'degraded CrashLoopBackOff: waiting for kube-system/kube-proxy, which is in ProgressDeadlineExceeded: kube-proxy: not everywhere for 2 h: 0 of 1 pods are available [1]',
  'cni down':
    "degraded FailedCreatePodSandBox: waiting for kube-system/cilium, which is in ProgressDeadlineExceeded: the pods' network: not everywhere for 2 h: 0 of 1 pods are available [1]",
  'memory pressure':
    'degraded Unschedulable: waiting for node/node-1, which is in MemoryPressure: node node-1 is short of memory: kubelet has insufficient memory available [1]',
  'controller manager down':
    'progressing NotObserved: waiting for kube-system/kube-controller-manager, which is in NotRunning: kube-controller-manager has not been active for 15 min [1]',
};

describe('a situation that tools tell wrongly', () => {
  test.each(Object.entries(rows))('%s', (name, objects) => expect(told(objects)).toBe(first[name]));
});
