import { ClusterError } from '../platform/errors.ts';
import { run } from '../platform/process/run.ts';
import type { Evidence, SeenObject } from './condition.ts';
import { attemptOn } from './nodes.ts';

const adminConfig = '/etc/kubernetes/admin.conf';

/** Where kind's storage class keeps the volumes on a node. */
const volumes = '/var/local-path-provisioner';

/**
 * Asks the control plane, from inside of its container, so that no kubeconfig is needed.
 *
 * @throws ClusterError if the container does not keep running
 */
export async function observe(node: string, signal?: AbortSignal): Promise<Evidence> {
  const kinds = 'nodes,storageclasses,persistentvolumes,namespaces';
  const kubectl = ['kubectl', '--kubeconfig', adminConfig, '--request-timeout=5s', 'get', kinds, '-o', 'json'];
  const answer = await attemptOn(node, kubectl, { signal });
  if (answer.exitCode === 0) {
    const { items } = JSON.parse(answer.stdout) as { items: SeenObject[] };
    return { initialized: true, objects: items };
  }
  if (/container \S+ is not running/i.test(answer.stderr))
    throw new ClusterError(`the node ${node} stops as soon as it is started`, `docker logs ${node}`);
  const test = `if [ -s ${adminConfig} ]; then echo yes; else echo no; fi`;
  const config = await attemptOn(node, ['sh', '-c', test], { signal });
  return { initialized: config.stdout !== 'no', silence: answer.stderr.trim().split('\n').at(-1) };
}

/** Whether volumes of pods lie on a node. What can't be told counts as yes. */
export async function holdsVolumes(node: string): Promise<boolean> {
  const listed = await attemptOn(node, ['sh', '-c', `test ! -e ${volumes} || ls -A ${volumes}`]);
  return listed.exitCode !== 0 || listed.stdout.trim() !== '';
}

/** When a container was started, in milliseconds of the engine's clock. */
export const startedAt = async (container: string): Promise<number> =>
  Date.parse(await run('docker', ['container', 'inspect', '--format', '{{.State.StartedAt}}', container]));
