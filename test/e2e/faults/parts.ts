import { context, kubectl } from '../environment.ts';
import { run } from '../run.ts';
import { node, onNode } from './node.ts';
import { init } from './pod-faults.ts';

/** The project of the services that suffer. */
export const suffering = 'parts';

/** A part of the cluster that is broken. */
export interface PartFault {
  readonly what: string;
  readonly break: () => void;
  /** What is to be said of it, `namespace/object`. */
  readonly culprit: { readonly key: RegExp; readonly reason: RegExp; readonly cause: RegExp; readonly advice: RegExp };
  /** The service that suffers. */
  readonly victim: string;
  readonly repair: () => void;
}

const here = (...args: string[]) => kubectl('-n', suffering, ...args);
/** Makes the pods of a service again; the old ones are gone then, with what was said of them. */
export const replace = (name: string) => here('delete', 'pods', '--now', '-l', `app.kubernetes.io/name=${name}`);
const applyHere = (object: object) =>
  run('kubectl', ['--context', context, '-n', suffering, 'apply', '-f', '-'], { input: JSON.stringify(object) });
const scale = (namespace: string, name: string, replicas: number) =>
  kubectl('-n', namespace, 'scale', `deployment/${name}`, `--replicas=${replicas}`);

/** Parts of the control plane, which the kubelet runs as long as their manifests are there. */
type StaticPod = 'kube-scheduler' | 'kube-controller-manager';
const manifest = (name: StaticPod) => `/etc/kubernetes/manifests/${name}.yaml`;
const away = (name: StaticPod) => `/etc/kubernetes/${name}.away.yaml`;
const takeAway = (name: StaticPod) => onNode(`mv ${manifest(name)} ${away(name)}`);
const bringBack = (name: StaticPod) => onNode(`test ! -e ${away(name)} || mv ${away(name)} ${manifest(name)}`);

/** Whatever the node image calls it, it is the only one there. */
const scaleProvisioner = (replicas: number) =>
  kubectl('-n', 'local-path-storage', 'scale', 'deployment', '--all', `--replicas=${replicas}`);

/** Leaves a cluster that others can use, wherever a test broke off. */
export function mendParts(): void {
  bringBack('kube-scheduler');
  bringBack('kube-controller-manager');
  scale('kube-system', 'coredns', 2);
  scaleProvisioner(1);
  kubectl('uncordon', node);
}

export const partFaults: readonly PartFault[] = [
  {
    what: 'cluster DNS is down',
    break() {
      scale('kube-system', 'coredns', 0);
      // It goes on with its answers for a few seconds.
      kubectl('-n', 'kube-system', 'wait', '--for=delete', 'pod', '-l', 'k8s-app=kube-dns', '--timeout=60s');
      replace('api');
    },
    culprit: {
      key: /^kube-system\/coredns$/,
      reason: /^ScaledToZero$/,
      cause: /^cluster DNS: it is scaled to zero$/,
      advice: /scale deployment\/coredns --replicas=1$/,
    },
    victim: `${suffering}-api`,
    repair: () => scale('kube-system', 'coredns', 2),
  },
  {
    what: 'the scheduler is down',
    break() {
      takeAway('kube-scheduler');
      replace('well');
    },
    culprit: {
      key: /^kube-system\/kube-scheduler$/,
      reason: /^NotRunning$/,
      cause: /^kube-scheduler has not been active for \d+ (s|min): it has no pod/,
      advice: /-n kube-system get pods -l component=kube-scheduler$/,
    },
    victim: `${suffering}-well`,
    repair: () => bringBack('kube-scheduler'),
  },
  {
    what: 'the controller manager is down',
    break() {
      takeAway('kube-controller-manager');
      kubectl(
        '-n',
        'kube-system',
        'wait',
        '--for=delete',
        'pod',
        '-l',
        'component=kube-controller-manager',
        '--timeout=120s',
      );
      // Nobody makes it again, and nobody says that it is gone.
      replace('well');
    },
    culprit: {
      key: /^kube-system\/kube-controller-manager$/,
      reason: /^NotRunning$/,
      cause: /^kube-controller-manager has not been active for \d+ (s|min): it has no pod/,
      advice: /-n kube-system get pods -l component=kube-controller-manager$/,
    },
    victim: `${suffering}-well`,
    repair: () => bringBack('kube-controller-manager'),
  },
  {
    what: 'the node is cordoned',
    break() {
      kubectl('cordon', node);
      replace('well');
    },
    culprit: {
      key: new RegExp(`^node/${node}$`),
      reason: /^Cordoned$/,
      cause: /is cordoned: it takes no new pods$/,
      advice: new RegExp(`uncordon ${node}$`),
    },
    victim: `${suffering}-well`,
    repair: () => kubectl('uncordon', node),
  },
  {
    what: 'the storage provisioner is down',
    break() {
      scaleProvisioner(0);
      const labels = JSON.parse(
        here('get', `deployment/${suffering}-well`, '-o', 'jsonpath={.metadata.labels}').stdout,
      );
      const claim = {
        apiVersion: 'v1',
        kind: 'PersistentVolumeClaim',
        metadata: { name: 'store', labels },
        spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Mi' } } },
      };
      applyHere(claim);
      const volumes = [{ name: 'given', persistentVolumeClaim: { claimName: 'store' } }];
      const spec = { ...init('first', ['true']), volumes };
      here('patch', `deployment/${suffering}-well`, '--patch', JSON.stringify({ spec: { template: { spec } } }));
    },
    culprit: {
      key: /^local-path-storage\/local-path-provisioner/,
      reason: /^ScaledToZero$/,
      cause: /^the storage provisioner: it is scaled to zero$/,
      advice: /-n local-path-storage scale deployment\/local-path-provisioner\S* --replicas=1$/,
    },
    victim: `${suffering}-well`,
    repair() {
      scaleProvisioner(1);
      here('rollout', 'undo', `deployment/${suffering}-well`);
      here('delete', 'pvc', 'store', '--wait=false');
    },
  },
];
