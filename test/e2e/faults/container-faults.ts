import { apply, containerThat, type Fault, inFaults, undo } from './fault.ts';
import { serverThat } from './project.ts';

const logs = /^repoctl infra project logs faults \S+( --previous)? --context \S+$/;
const start = /^repoctl infra project start faults --context \S+$/;
const describePod = /^kubectl --context \S+ -n faults describe pod faults-\S+$/;

/** What can be wrong with a container's image, settings, program and probes. */
export const containerFaults: readonly Fault[] = [
  {
    name: 'image-not-built',
    break: containerThat({ image: 'faults-app:local' }),
    expected: {
      status: 'degraded',
      reason: /^(ErrImagePull|ImagePullBackOff)$/,
      cause: /can't pull the image faults-app:local: it was not loaded into the cluster, and no registry has it/,
      advice: /^repoctl infra project rebuild faults --context \S+$/,
    },
  },
  {
    name: 'image-unknown',
    break: containerThat({ image: 'registry.invalid/shop:1' }),
    expected: {
      status: 'degraded',
      reason: /^(ErrImagePull|ImagePullBackOff)$/,
      cause: /can't pull the image registry\.invalid\/shop:1: its registry's name can't be resolved/,
      advice: /^kind load docker-image registry\.invalid\/shop:1 --name \S+$/,
    },
  },
  {
    name: 'image-never-pulled',
    break: containerThat({ image: 'faults-other:1', imagePullPolicy: 'Never' }),
    expected: {
      status: 'degraded',
      reason: /^ErrImageNeverPull$/,
      cause: /faults-other:1.* is not present with pull policy of Never/,
      advice: /^repoctl infra project rebuild faults --context \S+$/,
    },
  },
  {
    name: 'image-invalid',
    break: containerThat({ image: 'Shop App' }),
    expected: { status: 'degraded', reason: /^InvalidImageName$/, cause: /"Shop App/, advice: describePod },
  },
  {
    name: 'secret-without-key',
    break(object) {
      apply({ kind: 'Secret', metadata: { name: 'other' }, stringData: { user: 'shop' } });
      const valueFrom = { secretKeyRef: { name: 'other', key: 'password' } };
      containerThat({ env: [{ name: 'PASSWORD', valueFrom }] })(object);
    },
    expected: {
      status: 'degraded',
      reason: /^CreateContainerConfigError$/,
      cause: /Secret faults\/other has no key password; fill in the project's infra\/\.env and start again/,
      advice: start,
    },
    repair(object) {
      undo(object);
      inFaults('delete', 'secret', 'other');
    },
  },
  {
    name: 'config-map-missing',
    break: containerThat({ envFrom: [{ configMapRef: { name: 'absent' } }] }),
    expected: {
      status: 'degraded',
      reason: /^CreateContainerConfigError$/,
      cause: /there is no ConfigMap absent/,
      advice: start,
    },
  },
  {
    name: 'crash-at-start',
    break: containerThat({ command: ['sh', '-c', 'echo no such table: users; exit 3'] }),
    expected: {
      status: 'degraded',
      reason: /^CrashLoopBackOff$/,
      cause: /container crash-at-start exited with 3: no such table: users \(\d+ restarts?, the last \d+ s ago\)/,
      advice: logs,
    },
  },
  {
    name: 'crash-after-a-minute',
    break: containerThat({ command: serverThat('sleep 60; echo lost its lease; exit 5') }),
    expected: {
      status: 'degraded',
      reason: /^(Error|CrashLoopBackOff)$/,
      cause: /container crash-after-a-minute exited with 5: lost its lease/,
      advice: logs,
    },
  },
  {
    name: 'out-of-memory',
    break: containerThat({
      command: ['awk', 'BEGIN { text = "x"; while (1) text = text text }'],
      resources: { limits: { memory: '16Mi' } },
    }),
    expected: {
      status: 'degraded',
      reason: /^OOMKilled$/,
      cause: /container out-of-memory used more memory than its limit of 16Mi.*; raise its limit/,
      advice: start,
    },
  },
  {
    name: 'wrong-command',
    break: containerThat({ command: ['/no/such/program'] }),
    expected: {
      status: 'degraded',
      reason: /^(RunContainerError|StartError|CrashLoopBackOff)$/,
      cause: /its program is not in the image: .*no such file or directory/,
      advice: describePod,
    },
  },
  {
    name: 'readiness',
    break: containerThat({
      readinessProbe: { httpGet: { path: '/nowhere', port: 8000 }, periodSeconds: 1, failureThreshold: 1 },
    }),
    expected: {
      status: 'degraded',
      reason: /^Unhealthy$/,
      cause: /has not been ready for \d+ s: GET \/nowhere on port 8000 fails: HTTP probe failed with statuscode: 404/,
      advice: logs,
    },
  },
  {
    name: 'liveness',
    break: containerThat({
      livenessProbe: { httpGet: { path: '/nowhere', port: 8000 }, periodSeconds: 1, failureThreshold: 1 },
    }),
    expected: {
      status: 'degraded',
      reason: /^CrashLoopBackOff$/,
      cause: /because its liveness probe failed \(HTTP probe failed with statuscode: 404\)/,
      advice: logs,
    },
  },
  {
    name: 'post-start-hook',
    break: containerThat({ lifecycle: { postStart: { exec: { command: ['false'] } } } }),
    expected: {
      status: 'degraded',
      reason: /^(PostStartHookError|CrashLoopBackOff)$/,
      cause: /because its postStart hook failed|hook/,
      advice: logs,
    },
  },
];
