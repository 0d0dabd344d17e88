import { cluster } from '../environment.ts';
import { attempt, run } from '../run.ts';

/** The cluster's only node, which is a container of this name. */
export const node = `${cluster}-control-plane`;

const inNode = (script: string) => ['exec', node, 'sh', '-c', script];

/** Runs something on the node. */
export const onNode = (script: string): string => run('docker', inNode(script)).stdout;

const manifest = '/etc/kubernetes/manifests/kube-apiserver.yaml';
const away = '/etc/kubernetes/kube-apiserver.away.yaml';
const bringBack = `test ! -e ${away} || mv ${away} ${manifest}`;

/** The kubelet ends the API server when it no longer finds its manifest. */
export const takeApiServerAway = () => onNode(`mv ${manifest} ${away}`);
export const bringApiServerBack = () => onNode(bringBack);

export const stopKubelet = () => onNode('systemctl stop kubelet');
export const startKubelet = () => onNode('systemctl start kubelet');

/** Leaves a node that others can use, wherever a test broke off. */
export const mend = () => attempt('docker', inNode(`systemctl start kubelet; ${bringBack}`));

/**
 * Kills all processes of a container at once; the kubelet starts it again.
 *
 * @param id as the status of its pod has it
 */
export const killContainer = (id: string): string =>
  onNode(
    `kill -KILL $(cat /run/containerd/io.containerd.runtime.v2.task/k8s.io/${id.replace('containerd://', '')}/init.pid)`,
  );
