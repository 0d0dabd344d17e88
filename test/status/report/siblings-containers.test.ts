import { expect, test } from '@jest/globals';
import { ago } from '../rules/fixtures/objects.ts';
import {
  crashing,
  deployment,
  event,
  type Listed,
  type PodParts,
  pod,
  toldToDo,
  unready,
  waiting,
} from './siblings.ts';

const start = (reason: string, message: string, parts: PodParts = {}) => [
  deployment(0),
  waiting(reason, message, parts),
];
const created = (message: string, parts: PodParts = {}) =>
  start(
    'RunContainerError',
    `failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: ${message}: unknown`,
    parts,
  );
const mount = (message: string, more: object = {}) => [
  deployment(0),
  waiting('ContainerCreating'),
  event('FailedMount', message, more),
];
const log = (message: string, end: object = {}) => [deployment(0), crashing({ message, ...end })];
const image = (message: string, name = 'ghcr.io/acme/api:1') =>
  start('ErrImagePull', message, { container: { image: name } });
const probed = (message: string, parts: PodParts) => [
  deployment(0),
  pod({ state: { ready: false }, status: { conditions: unready } as never, ...parts }),
  event('Unhealthy', message, { count: 50, firstTimestamp: ago(3000), lastTimestamp: ago(20) }),
];
const killed = (end: object, message: string, more: object = {}) => [
  deployment(0),
  crashing({ startedAt: ago(300), finishedAt: ago(60), ...end }),
  event('Unhealthy', message, { count: 30, firstTimestamp: ago(3000), lastTimestamp: ago(62), ...more }),
];
const hash = '0f31caad'.repeat(8);
const pair = (of: object, other: object) => ({
  spec: {
    containers: [
      { name: 'api', image: 'a', readinessProbe: { httpGet: { path: '/api', port: 80 } } },
      { name: 'proxy', image: 'p' },
    ],
  },
  status: {
    conditions: unready,
    containerStatuses: [
      { name: 'api', ready: true, started: true, restartCount: 0, state: { running: { startedAt: ago(900) } }, ...of },
      {
        name: 'proxy',
        ready: true,
        started: true,
        restartCount: 0,
        state: { running: { startedAt: ago(900) } },
        ...other,
      },
    ],
  },
});
const about = (container: string) => ({
  involvedObject: {
    kind: 'Pod',
    name: 'shop-api-1',
    namespace: 'shop',
    uid: 'uid-pod',
    fieldPath: `spec.containers{${container}}`,
  },
});

/** Situations of containers, a number is that of a public bug report, of Kubernetes where nothing else is said. */
const rows: Readonly<Record<string, readonly Listed[]>> = {
  '53669: the node runs out of memory': [
    deployment(0),
    crashing({ exitCode: 137, startedAt: ago(300), finishedAt: ago(60) }),
    event('SystemOOM', 'System OOM encountered, victim process: node, pid: 4711', {
      metadata: { name: 'n', namespace: 'default' },
      involvedObject: { kind: 'Node', name: 'node-1', uid: 'node-1' },
      firstTimestamp: ago(61),
      lastTimestamp: ago(61),
    }),
  ],
  '53669: another node runs out of memory': [
    deployment(0),
    crashing({ exitCode: 137, startedAt: ago(300), finishedAt: ago(60) }),
    event('SystemOOM', 'System OOM encountered, victim process: node, pid: 4711', {
      metadata: { name: 'n', namespace: 'default' },
      involvedObject: { kind: 'Node', name: 'node-2', uid: 'node-2' },
      firstTimestamp: ago(61),
      lastTimestamp: ago(61),
    }),
  ],
  'argo-cd 10485: killed by its liveness probe, and ends with 0': killed(
    { exitCode: 0, reason: 'Completed' },
    'Liveness probe failed: Get "http://10.1.1.1:80/live": context deadline exceeded (Client.Timeout exceeded while awaiting headers)',
  ),
  'killed by its liveness probe, and ends with 143': killed(
    { exitCode: 143 },
    'Liveness probe failed: HTTP probe failed with statuscode: 503',
    { lastTimestamp: ago(92) },
  ),
  '122256: a liveness probe that can not be run': killed(
    { exitCode: 137 },
    'Liveness probe errored and resulted in unknown state: rpc error: code = DeadlineExceeded desc = failed to exec in container: timeout 1s exceeded: context deadline exceeded',
  ),
  'a readiness probe that can not be run': probed(
    'Readiness probe errored and resulted in unknown state: rpc error: code = Unknown desc = failed to exec in container: exec: "/bin/ready": stat /bin/ready: no such file or directory',
    { container: { readinessProbe: { exec: { command: ['/bin/ready'] } } } },
  ),
  'a gRPC service that does not answer': probed(
    'Readiness probe failed: timeout: failed to connect service "10.244.0.5:50051" within 1s: context deadline exceeded',
    { container: { readinessProbe: { grpc: { port: 50051 } } } },
  ),
  'a probe of the wrong port': probed(
    'Readiness probe failed: Get "http://10.244.0.9:8081/ready": dial tcp 10.244.0.9:8081: connect: connection refused',
    { container: { readinessProbe: { httpGet: { path: '/ready', port: 8081 } } } },
  ),
  'not ready, and no event is left': [
    deployment(0),
    pod({
      container: { readinessProbe: { httpGet: { path: '/r', port: 80 } } },
      state: { ready: false },
      status: { conditions: unready } as never,
    }),
  ],
  'the probe of the other container fails, too': [
    deployment(0),
    pod(pair({ ready: false }, {})),
    event('Unhealthy', 'Readiness probe failed: api says 500', {
      count: 60,
      firstTimestamp: ago(890),
      lastTimestamp: ago(50),
      ...about('api'),
    }),
    event('Unhealthy', 'Readiness probe failed: proxy said 404 once', {
      firstTimestamp: ago(20),
      lastTimestamp: ago(20),
      ...about('proxy'),
    }),
  ],
  'the second container crashes': [
    deployment(0),
    pod(
      pair(
        {},
        {
          ready: false,
          restartCount: 7,
          state: { waiting: { reason: 'CrashLoopBackOff' } },
          lastState: { terminated: { exitCode: 1, reason: 'Error', message: 'bad config', finishedAt: ago(60) } },
        },
      ),
    ),
  ],
  'what became of a container is not known': [
    pod({
      metadata: { ownerReferences: undefined },
      status: {
        phase: 'Failed',
        containerStatuses: [
          {
            name: 'api',
            state: {
              terminated: {
                exitCode: 137,
                reason: 'ContainerStatusUnknown',
                message: 'The container could not be located when the pod was terminated',
              },
            },
          },
        ],
      } as never,
    }),
  ],
  'a bare pod past its deadline': [
    pod({
      metadata: { ownerReferences: undefined },
      status: {
        phase: 'Failed',
        reason: 'DeadlineExceeded',
        message: 'Pod was active on the node longer than the specified deadline',
        containerStatuses: undefined,
      },
    }),
  ],
  'an init container runs out of memory': [
    deployment(0),
    pod({
      spec: { initContainers: [{ name: 'migrate', image: 'm', resources: { limits: { memory: '32Mi' } } }] },
      status: {
        phase: 'Pending',
        conditions: unready,
        initContainerStatuses: [
          {
            name: 'migrate',
            restartCount: 4,
            state: { waiting: { reason: 'CrashLoopBackOff' } },
            lastState: { terminated: { exitCode: 137, reason: 'OOMKilled', finishedAt: ago(20) } },
          },
        ],
        containerStatuses: [
          { name: 'api', ready: false, restartCount: 0, state: { waiting: { reason: 'PodInitializing' } } },
        ],
      },
    }),
  ],
  'a child runs out of memory': [
    deployment(0),
    crashing({ reason: 'OOMKilled' }, { container: { resources: { limits: { memory: '256Mi' } } } }),
  ],
  'a sidecar is not ready beside a container that is': [
    deployment(0),
    pod({
      spec: {
        initContainers: [
          {
            name: 'mesh',
            image: 'm',
            restartPolicy: 'Always',
            readinessProbe: { httpGet: { path: '/r', port: 15021 } },
          },
        ],
      },
      status: {
        conditions: unready,
        initContainerStatuses: [
          { name: 'mesh', ready: false, started: true, restartCount: 0, state: { running: { startedAt: ago(900) } } },
        ],
        containerStatuses: [
          { name: 'api', ready: true, started: true, restartCount: 0, state: { running: { startedAt: ago(900) } } },
        ],
      },
    }),
    event('Unhealthy', 'Readiness probe failed: HTTP probe failed with statuscode: 503', {
      count: 60,
      firstTimestamp: ago(890),
      lastTimestamp: ago(5),
      involvedObject: {
        kind: 'Pod',
        name: 'shop-api-1',
        namespace: 'shop',
        uid: 'uid-pod',
        fieldPath: 'spec.initContainers{mesh}',
      },
    }),
  ],
  // What can't be started.
  'its working directory is not there': created(
    'chdir to cwd ("/srv/app") set in config.json failed: no such file or directory',
  ),
  'its user may not enter its working directory': created(
    'error during container init: chdir to cwd ("/root") set in config.json failed: permission denied',
  ),
  'a path of the node is not there': start(
    'CreateContainerError',
    `failed to generate container "${hash}" spec: failed to generate spec: failed to stat "/mnt/data": stat /mnt/data: no such file or directory`,
  ),
  'a seccomp profile is not there': start(
    'CreateContainerError',
    'failed to create containerd container: cannot load seccomp profile "/var/lib/kubelet/seccomp/x.json": open /var/lib/kubelet/seccomp/x.json: no such file or directory',
  ),
  'its user is not in the image': start(
    'CreateContainerError',
    'failed to create containerd container: mount callback failed on /var/lib/containerd/tmpmounts/x: no users found',
  ),
  'its memory limit is too low': created('container init was OOM-killed (memory limit too low?)', {
    container: { resources: { limits: { memory: '4Mi' } } },
  }),
  'its name is reserved': start(
    'CreateContainerError',
    `failed to reserve container name "api_shop-api-1_shop_0a1b_0": name "api_shop-api-1_shop_0a1b_0" is reserved for "${hash}"`,
  ),
  'the runtime does not answer': start('CreateContainerError', 'context deadline exceeded'),
  'a file is mounted over a directory': created(
    'error during container init: error mounting "/x/nginx.conf" to rootfs at "/etc/nginx/nginx.conf": not a directory: Are you trying to mount a directory onto a file (or vice-versa)?',
  ),
  'its program may not be run': created('error during container init: exec: "/app/entrypoint.sh": permission denied'),
  'the interpreter of a script is not there': log('exec /app/entrypoint.sh: no such file or directory', {
    exitCode: 255,
  }),
  'a script of another architecture': log('exec /usr/local/bin/docker-entrypoint.sh: exec format error', {
    exitCode: 255,
  }),
  'a Secret that the kubelet has not heard of': start(
    'CreateContainerConfigError',
    'failed to sync secret cache: timed out waiting for the condition',
  ),
  'a subPath that is not there': start(
    'CreateContainerConfigError',
    'failed to prepare subPath for volumeMount "data" of container "api"',
  ),
  'the kubelet has just started': [
    deployment(0),
    waiting('ContainerCreating', '', {
      metadata: { creationTimestamp: ago(6) },
      status: { phase: 'Pending', startTime: ago(5), conditions: unready },
    }),
    event(
      'FailedMount',
      'MountVolume.SetUp failed for volume "kube-api-access-abc" : object "shop"/"kube-root-ca.crt" not registered',
      { firstTimestamp: ago(4), lastTimestamp: ago(3) },
    ),
  ],
  'a key of a Secret that is mounted is not there': mount(
    'MountVolume.SetUp failed for volume "tls" : references non-existent secret key: tls.crt',
  ),
  'a socket of the node that is a directory': mount(
    'MountVolume.SetUp failed for volume "sock" : hostPath type check failed: /var/run/docker.sock is not a socket file',
  ),
  'a server of files that does not answer': mount(
    'MountVolume.SetUp failed for volume "nfs" : mount failed: exit status 32\nMounting command: mount\nOutput: mount.nfs: Connection timed out',
  ),
  'an attachment that is being removed': [
    deployment(0),
    waiting('ContainerCreating'),
    event('FailedAttachVolume', 'AttachVolume.Attach failed for volume "pvc-1" : volume attachment is being deleted'),
  ],
  'a runtime class that no node has': [
    deployment(0),
    waiting('ContainerCreating'),
    event(
      'FailedCreatePodSandBox',
      'Failed to create pod sandbox: rpc error: code = Unknown desc = failed to get sandbox runtime: no runtime for "gvisor" is configured',
    ),
  ],
  // Images.
  'an image that may not be pulled is not on the node': start(
    'ErrImageNeverPull',
    'Container image "acme/api:1" is not present with pull policy of Never',
    { container: { image: 'acme/api:1' } },
  ),
  'the registry of the machine, from inside of a node': image(
    'failed to pull and unpack image "localhost:5001/api:1": failed to do request: Head "http://localhost:5001/v2/api/manifests/1": dial tcp [::1]:5001: connect: connection refused',
    'localhost:5001/api:1',
  ),
  'helm 3296: what is said since 1.31': start(
    'ImagePullBackOff',
    'Back-off pulling image "ghcr.io/acme/api:1": ErrImagePull: rpc error: code = NotFound desc = failed to pull and unpack image "ghcr.io/acme/api:1": ghcr.io/acme/api:1: not found',
    { container: { image: 'ghcr.io/acme/api:1' } },
  ),
  'a name with capitals': start(
    'InvalidImageName',
    'couldn\'t parse image name "Shop/API:1": invalid reference format: repository name (Shop/API) must be lowercase',
    { container: { image: 'Shop/API:1' } },
  ),
  'a format that is not supported any more': image(
    'failed to pull and unpack image "ghcr.io/acme/api:1": media type "application/vnd.docker.distribution.manifest.v1+prettyjws" is no longer supported since containerd v2.1',
  ),
  'a token that has expired': image(
    'failed to authorize: failed to fetch oauth token: unexpected status: 401 Unauthorized: Your authorization token has expired. Reauthenticate and try again.',
  ),
  'a layer that ends too early': image('failed to copy: httpReadSeeker: failed open: unexpected EOF'),
  // Pods that don't go.
  'the network keeps a pod': [
    deployment(0),
    pod({ metadata: { deletionTimestamp: ago(400) } }),
    event(
      'FailedKillPod',
      'error killing pod: failed to "KillPodSandbox" for "x" with KillPodSandboxError: "rpc error: code = Unknown desc = failed to destroy network for sandbox: plugin type=\\"calico\\" failed (delete): error getting ClusterInformation: connection is unauthorized: Unauthorized"',
    ),
  ],
};

/** What is right. */
const right: Readonly<Record<string, string>> = {
  '53669: the node runs out of memory':
    'degraded CrashLoopBackOff: container api exited with 137 (SIGKILL) because its node had no memory left (System OOM encountered, victim process: node, pid: 4711) (9 restarts, the last 60 s ago) [1] > kubectl --context kind-dev describe node node-1',
  '53669: another node runs out of memory':
    'degraded CrashLoopBackOff: container api exited with 137 (SIGKILL) (9 restarts, the last 60 s ago) [1] > repoctl infra project logs shop api --previous --context kind-dev',
  'argo-cd 10485: killed by its liveness probe, and ends with 0':
    'degraded CrashLoopBackOff: container api exited with 0 because its liveness probe failed (Get "http://10.1.1.1:80/live": context deadline exceeded (Client.Timeout exceeded while awaiting headers)) (9 restarts, the last 60 s ago) [1] > repoctl infra project logs shop api --previous --context kind-dev',
  'killed by its liveness probe, and ends with 143':
    'degraded CrashLoopBackOff: container api exited with 143 (SIGTERM) because its liveness probe failed (HTTP probe failed with statuscode: 503) (9 restarts, the last 60 s ago) [1] > repoctl infra project logs shop api --previous --context kind-dev',
  '122256: a liveness probe that can not be run':
    'degraded CrashLoopBackOff: container api exited with 137 (SIGKILL) because its liveness probe failed (failed to exec in container: timeout 1s exceeded: context deadline exceeded) (9 restarts, the last 60 s ago) [1] > repoctl infra project logs shop api --previous --context kind-dev',
  'a readiness probe that can not be run':
    'degraded Unhealthy: container api has not been ready for 10 min: the command /bin/ready fails: failed to exec in container: exec: "/bin/ready": stat /bin/ready: no such file or directory [1] > repoctl infra project logs shop api --context kind-dev',
  'a gRPC service that does not answer':
    'degraded Unhealthy: container api has not been ready for 10 min: the gRPC health check on port 50051 fails: timeout: failed to connect service "10.244.0.5:50051" within 1s: context deadline exceeded [1] > repoctl infra project logs shop api --context kind-dev',
  'a probe of the wrong port':
    'degraded Unhealthy: container api has not been ready for 10 min: GET /ready on port 8081 fails: Get "http://10.244.0.9:8081/ready": dial tcp 10.244.0.9:8081: connect: connection refused [1] > repoctl infra project logs shop api --context kind-dev',
  'not ready, and no event is left':
    'degraded Unhealthy: container api has not been ready for 10 min: GET /r on port 80 fails [1] > repoctl infra project logs shop api --context kind-dev',
  'the probe of the other container fails, too':
    'degraded Unhealthy: container api has not been ready for 10 min: GET /api on port 80 fails: api says 500 [1] > kubectl --context kind-dev -n shop logs shop-api-1 -c api',
  'the second container crashes':
    'degraded CrashLoopBackOff: container proxy exited with 1: bad config (7 restarts, the last 60 s ago) [1] > kubectl --context kind-dev -n shop logs shop-api-1 -c proxy --previous',
  'what became of a container is not known':
    'failed ContainerStatusUnknown: what became of container api is not known: The container could not be located when the pod was terminated [1] > kubectl --context kind-dev -n shop describe pod shop-api-1',
  'a bare pod past its deadline':
    'failed DeadlineExceeded: Pod was active on the node longer than the specified deadline [1] > kubectl --context kind-dev -n shop describe pod shop-api-1',
  'an init container runs out of memory':
    'degraded OOMKilled: init container migrate (1/1) used more memory than its limit of 32Mi (4 restarts, the last 20 s ago); raise its limit [1] > repoctl infra project start shop --context kind-dev',
  'a child runs out of memory':
    'degraded OOMKilled: container api used more memory than its limit of 256Mi (9 restarts, the last 60 s ago); raise its limit [1] > repoctl infra project start shop --context kind-dev',
  'a sidecar is not ready beside a container that is':
    'degraded Unhealthy: sidecar mesh has not been ready for 10 min: GET /r on port 15021 fails: HTTP probe failed with statuscode: 503 [1] > kubectl --context kind-dev -n shop logs shop-api-1 -c mesh',
  'its working directory is not there':
    'degraded RunContainerError: container api: its working directory is not in the image, or its user may not enter it: chdir to cwd ("/srv/app") set in config.json failed: no such file or directory [1] > kubectl --context kind-dev -n shop describe pod shop-api-1',
  'its user may not enter its working directory':
    'degraded RunContainerError: container api: its working directory is not in the image, or its user may not enter it: error during container init: chdir to cwd ("/root") set in config.json failed: permission denied [1] > kubectl --context kind-dev -n shop describe pod shop-api-1',
  'a path of the node is not there':
    'degraded CreateContainerError: container api: a path that it mounts is not on the node: failed to generate container spec: failed to generate spec: failed to stat "/mnt/data": stat /mnt/data: no such file or directory [1] > kubectl --context kind-dev -n shop describe pod shop-api-1',
  'a seccomp profile is not there':
    'degraded CreateContainerError: container api: the node does not have its security profile: failed to create containerd container: cannot load seccomp profile "/var/lib/kubelet/seccomp/x.json": open /var/lib/kubelet/seccomp/x.json: no such file or directory [1] > kubectl --context kind-dev -n shop describe pod shop-api-1',
  'its user is not in the image':
    'degraded CreateContainerError: container api: its image does not have the user that it is to run as: failed to create containerd container: mount callback failed on /var/lib/containerd/tmpmounts/x: no users found [1] > kubectl --context kind-dev -n shop describe pod shop-api-1',
  'its memory limit is too low':
    'degraded RunContainerError: container api: its memory limit is too low for any process to start: raise it: container init was OOM-killed (memory limit too low?) [1] > kubectl --context kind-dev -n shop describe pod shop-api-1',
  'its name is reserved':
    'degraded CreateContainerError: container api: the node\'s container runtime is still busy with an earlier try: failed to reserve container name "api_shop-api-1_shop_0a1b_0": name "api_shop-api-1_shop_0a1b_0" is reserved for [1] > kubectl --context kind-dev -n shop describe pod shop-api-1',
  'the runtime does not answer':
    "degraded CreateContainerError: container api: the node's container runtime did not answer in time: context deadline exceeded [1] > kubectl --context kind-dev -n shop describe pod shop-api-1",
  'a file is mounted over a directory':
    'degraded RunContainerError: container api: a file is mounted where a directory is, or the other way round: error during container init: error mounting "/x/nginx.conf" to rootfs at "/etc/nginx/nginx.conf": not a directory: Are you trying to mount a directory onto a file (or vice-versa)? [1] > kubectl --context kind-dev -n shop describe pod shop-api-1',
  'its program may not be run':
    'degraded RunContainerError: container api: its program may not be run: error during container init: exec: "/app/entrypoint.sh": permission denied [1] > kubectl --context kind-dev -n shop describe pod shop-api-1',
  'the interpreter of a script is not there':
    "degraded CrashLoopBackOff: container api can't start: its program, or the interpreter that its first line names, is not in the image: exec /app/entrypoint.sh: no such file or directory (9 restarts, the last 60 s ago) [1] > repoctl infra project logs shop api --previous --context kind-dev",
  'a script of another architecture':
    "degraded CrashLoopBackOff: container api can't start: its program is built for another architecture than the node's (exec format error): exec /usr/local/bin/docker-entrypoint.sh: exec format error (9 restarts, the last 60 s ago) [1] > repoctl infra project logs shop api --previous --context kind-dev",
  'a Secret that the kubelet has not heard of':
    'degraded CreateContainerConfigError: container api: failed to sync secret cache: timed out waiting for the condition [1] > kubectl --context kind-dev -n shop describe pod shop-api-1',
  'a subPath that is not there':
    'degraded CreateContainerConfigError: container api: failed to prepare subPath for volumeMount "data" of container "api" [1] > kubectl --context kind-dev -n shop describe pod shop-api-1',
  'the kubelet has just started':
    'progressing ContainerCreating: container api: being created for 5 s [0] > kubectl --context kind-dev -n shop describe pod shop-api-1',
  'a key of a Secret that is mounted is not there':
    'degraded FailedMount: MountVolume.SetUp failed for volume "tls" : references non-existent secret key: tls.crt [1] > kubectl --context kind-dev -n shop describe pod shop-api-1',
  'a socket of the node that is a directory':
    'degraded FailedMount: MountVolume.SetUp failed for volume "sock" : hostPath type check failed: /var/run/docker.sock is not a socket file [1] > kubectl --context kind-dev -n shop describe pod shop-api-1',
  'a server of files that does not answer':
    'degraded FailedMount: MountVolume.SetUp failed for volume "nfs" : mount failed: exit status 32 Mounting command: mount Output: mount.nfs: Connection timed out [1] > kubectl --context kind-dev -n shop describe pod shop-api-1',
  'an attachment that is being removed':
    'degraded FailedAttachVolume: AttachVolume.Attach failed for volume "pvc-1" : volume attachment is being deleted [1] > kubectl --context kind-dev -n shop describe pod shop-api-1',
  'a runtime class that no node has':
    'degraded FailedCreatePodSandBox: Failed to create pod sandbox: failed to get sandbox runtime: no runtime for "gvisor" is configured [1] > kubectl --context kind-dev -n shop describe pod shop-api-1',
  'an image that may not be pulled is not on the node':
    'degraded ErrImageNeverPull: container api: Container image "acme/api:1" is not present with pull policy of Never [1] > kind load docker-image acme/api:1 --name dev',
  'the registry of the machine, from inside of a node':
    "degraded ErrImagePull: container api: can't pull the image localhost:5001/api:1: its registry does not answer: that name is the node itself, which has none [1] > kind load docker-image localhost:5001/api:1 --name dev",
  'helm 3296: what is said since 1.31':
    "degraded ImagePullBackOff: container api: can't pull the image ghcr.io/acme/api:1: its registry has no such image [1] > kind load docker-image ghcr.io/acme/api:1 --name dev",
  'a name with capitals':
    'degraded InvalidImageName: container api: couldn\'t parse image name "Shop/API:1": invalid reference format: repository name (Shop/API) must be lowercase [1] > kubectl --context kind-dev -n shop describe pod shop-api-1',
  'a format that is not supported any more':
    "degraded ErrImagePull: container api: can't pull the image ghcr.io/acme/api:1: its format is too old for the node [1] > kind load docker-image ghcr.io/acme/api:1 --name dev",
  'a token that has expired':
    "degraded ErrImagePull: container api: can't pull the image ghcr.io/acme/api:1: its registry has no such image or denies access [1] > kind load docker-image ghcr.io/acme/api:1 --name dev",
  'a layer that ends too early':
    "degraded ErrImagePull: container api: can't pull the image ghcr.io/acme/api:1: its registry does not answer [1] > kind load docker-image ghcr.io/acme/api:1 --name dev",
  'the network keeps a pod':
    'degraded Terminating: should have been gone 6 min ago; error killing pod: failed to "KillPodSandbox" for "x" with KillPodSandboxError: "failed to destroy network for sandbox: plugin type=\\"calico\\" failed (delete): error getting ClusterInformation: connection is unauthorized: Unauthorized" [1] > kubectl --context kind-dev -n shop describe pod shop-api-1',
};

test.each(Object.entries(rows))('%s', (name, objects) => expect(toldToDo(objects)).toBe(right[name]));
