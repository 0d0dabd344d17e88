import { images } from '../../../charts/common/images.ts';
import { apply, containerThat, type Fault, inFaults, podThat, undo } from './fault.ts';

const describePod = /^kubectl --context \S+ -n faults describe pod faults-\S+$/;
const initLogs = /^kubectl --context \S+ -n faults logs faults-\S+ -c \S+( --previous)?$/;

/** An init container that Pod Security lets through. */
export const init = (name: string, command: readonly string[]) => ({
  initContainers: [
    {
      name,
      image: images.busybox,
      command,
      terminationMessagePolicy: 'FallbackToLogsOnError',
      securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
    },
  ],
});

/** A volume at /given in the container that is called like the service. */
const mounted = (name: string, volume: object) => ({
  volumes: [{ name: 'given', ...volume }],
  containers: [{ name, volumeMounts: [{ name: 'given', mountPath: '/given' }] }],
});

/** The beginning of a program for 64-bit ARM with nothing behind it: no other machine starts it, nor does an ARM one. */
const foreignProgram = Buffer.concat([
  Buffer.from([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0xb7, 0]),
  Buffer.alloc(44),
]).toString('base64');

/** An init container that keeps running beside the others. */
const sidecar = (name: string, command: readonly string[]) => ({
  initContainers: init(name, command).initContainers.map((each) => ({ ...each, restartPolicy: 'Always' })),
});

/** What can be wrong with a pod before its container runs: its node, its volumes, its init containers. */
export const podFaults: readonly Fault[] = [
  {
    name: 'sidecar-crashes',
    break: podThat(sidecar('proxy', ['sh', '-c', 'echo no config; exit 3'])),
    expected: {
      status: 'degraded',
      reason: /^(CrashLoopBackOff|Error)$/,
      cause: /sidecar proxy exited with 3: no config/,
      advice: initLogs,
    },
  },
  {
    name: 'unschedulable',
    break: containerThat({ resources: { requests: { cpu: '400' }, limits: { cpu: '400' } } }),
    expected: {
      status: 'degraded',
      reason: /^Unschedulable$/,
      cause: /^no node for \d+ s: not enough cpu is free/,
      advice: /^kubectl --context \S+ describe nodes$/,
    },
  },
  {
    name: 'claim-without-class',
    break(object) {
      const labels = JSON.parse(inFaults('get', `deployment/${object}`, '-o', 'jsonpath={.metadata.labels}').stdout);
      apply({
        kind: 'PersistentVolumeClaim',
        metadata: { name: 'store', labels },
        spec: {
          storageClassName: 'absent',
          accessModes: ['ReadWriteOnce'],
          resources: { requests: { storage: '1Mi' } },
        },
      });
      podThat(mounted('claim-without-class', { persistentVolumeClaim: { claimName: 'store' } }))(object);
    },
    expected: {
      status: 'degraded',
      reason: /^ProvisioningFailed$/,
      cause: /^claim store: storageclass\.storage\.k8s\.io "absent" not found/,
      advice: /^kubectl --context \S+ get storageclass$/,
    },
    repair(object) {
      undo(object);
      inFaults('delete', 'pvc', 'store', '--wait=false');
    },
  },
  {
    name: 'claim-missing',
    break: podThat(mounted('claim-missing', { persistentVolumeClaim: { claimName: 'nowhere' } })),
    expected: {
      status: 'degraded',
      reason: /^Unschedulable$/,
      cause: /there is no claim nowhere/,
      advice: describePod,
    },
  },
  {
    name: 'mount-missing',
    break: podThat(mounted('mount-missing', { secret: { secretName: 'absent' } })),
    expected: {
      status: 'degraded',
      reason: /^FailedMount$/,
      cause: /secret "absent" not found/,
      advice: describePod,
    },
  },
  {
    name: 'wrong-architecture',
    break(object) {
      apply({ kind: 'ConfigMap', metadata: { name: 'program' }, binaryData: { run: foreignProgram } });
      const change = mounted('wrong-architecture', { configMap: { name: 'program', defaultMode: 0o555 } });
      const [container] = change.containers;
      podThat({ ...change, containers: [{ ...container, command: ['/given/run'] }] })(object);
    },
    expected: {
      status: 'degraded',
      reason: /^(RunContainerError|StartError|CrashLoopBackOff)$/,
      cause: /its program is built for another architecture than the node's \(exec format error\)/,
      advice: / (describe pod|logs faults wrong-architecture)\b/,
    },
  },
  {
    name: 'init-hangs',
    break: podThat(init('migrate', ['sleep', '3600'])),
    expected: {
      status: 'progressing',
      reason: /^PodInitializing$/,
      cause: /^init container migrate \(1\/1\) has been running for \d+ s/,
      advice: initLogs,
    },
  },
  {
    name: 'init-fails',
    break: podThat(init('migrate', ['sh', '-c', 'echo no route to the database; exit 7'])),
    expected: {
      status: 'degraded',
      reason: /^(Error|CrashLoopBackOff)$/,
      cause: /^init container migrate \(1\/1\) exited with 7: no route to the database/,
      advice: initLogs,
    },
  },
  {
    name: 'pod-held',
    break() {
      const [pod = ''] = inFaults('get', 'pods', '-l', 'app.kubernetes.io/name=pod-held', '-o', 'name')
        .stdout.trim()
        .split('\n');
      inFaults('patch', pod, '--patch', JSON.stringify({ metadata: { finalizers: ['example.com/hold'] } }));
      inFaults('delete', pod, '--wait=false');
    },
    expected: {
      status: 'degraded',
      reason: /^Terminating$/,
      cause: /^should have been gone \d+ s ago; held by the finalizer example\.com\/hold/,
      advice: /^kubectl --context \S+ -n faults get pod faults-pod-held-\S+ -o jsonpath=\{\.metadata\.finalizers\}$/,
    },
    repair() {
      const pods = inFaults('get', 'pods', '-l', 'app.kubernetes.io/name=pod-held', '-o', 'name').stdout.trim();
      for (const pod of pods.split('\n'))
        inFaults('patch', pod, '--type', 'merge', '--patch', JSON.stringify({ metadata: { finalizers: null } }));
    },
  },
];
