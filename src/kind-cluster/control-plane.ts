import { apiVersions } from '../../charts/common/api-versions.ts';
import { pageAnswer, readAnswer } from '../cluster/answers.ts';
import type { Cluster } from '../cluster/client.ts';
import { clusterOf } from '../cluster/connect.ts';
import { resourcePath } from '../cluster/resources.ts';
import { ClusterError } from '../platform/errors.ts';
import { run } from '../platform/process/run.ts';
import { kindPath } from '../platform/process/tool-path.ts';
import type { Evidence, SeenObject } from './condition.ts';
import { attemptOn } from './nodes.ts';

const adminConfig = '/etc/kubernetes/admin.conf';

/** Where kind's storage class keeps the volumes on a node. */
const volumes = '/var/local-path-provisioner';

/** What is looked at: it tells how far a cluster has come, and whether somebody uses it. */
const watched = [
  { kind: 'Node', path: resourcePath(apiVersions.Node, { plural: 'nodes', namespaced: false }) },
  {
    kind: 'StorageClass',
    path: resourcePath(apiVersions.StorageClass, { plural: 'storageclasses', namespaced: false }),
  },
  {
    kind: 'PersistentVolume',
    path: resourcePath(apiVersions.PersistentVolume, { plural: 'persistentvolumes', namespaced: false }),
  },
  { kind: 'Namespace', path: resourcePath(apiVersions.Namespace, { plural: 'namespaces', namespaced: false }) },
] as const;

/** How long the API server may take to answer, in milliseconds. */
const patience = 5000;

/** Looks at the control plane of a kind cluster, with the administrator's rights that kind has, whatever the kubeconfig holds. */
export class ControlPlane {
  #cluster: Cluster | undefined;

  /**
   * @param name of the cluster
   * @param node the container that its API server runs in
   */
  constructor(
    private readonly name: string,
    private readonly node: string,
  ) {}

  /** @throws ClusterError if the container does not keep running */
  async observe(signal?: AbortSignal): Promise<Evidence> {
    try {
      this.#cluster ??= await this.#connect(signal);
      const lists = await Promise.all(watched.map((each) => this.#list(each, signal)));
      return { initialized: true, objects: lists.flat() };
    } catch (error) {
      signal?.throwIfAborted();
      return this.#silent(error as Error, signal);
    }
  }

  async #connect(signal: AbortSignal | undefined): Promise<Cluster> {
    const { KubeConfig } = await import('@kubernetes/client-node');
    const config = new KubeConfig();
    config.loadFromString(await run(await kindPath(), ['get', 'kubeconfig', '--name', this.name], { signal }));
    return clusterOf(config);
  }

  async #list({ kind, path }: (typeof watched)[number], signal: AbortSignal | undefined): Promise<SeenObject[]> {
    const timeout = AbortSignal.timeout(patience);
    const answer = await this.#cluster?.read(path, {}, signal ? AbortSignal.any([signal, timeout]) : timeout);
    let text = '';
    for await (const chunk of answer ?? []) text += String(chunk);
    const { items } = readAnswer(text, pageAnswer, `list ${kind}s`, this.node);
    return (items ?? []).map((item) => ({ ...(item as Omit<SeenObject, 'kind'>), kind }));
  }

  async #silent({ message }: Error, signal: AbortSignal | undefined): Promise<Evidence> {
    const test = `if [ -s ${adminConfig} ]; then echo yes; else echo no; fi`;
    const config = await attemptOn(this.node, ['sh', '-c', test], { signal });
    if (/container \S+ is not running/i.test(config.stderr))
      throw new ClusterError(`the node ${this.node} stops as soon as it is started`, `docker logs ${this.node}`);
    return { initialized: config.stdout !== 'no', silence: message.split('\n')[0] };
  }
}

/** Whether volumes of pods lie on a node. An unknown answer counts as yes. */
export async function holdsVolumes(node: string): Promise<boolean> {
  const listed = await attemptOn(node, ['sh', '-c', `test ! -e ${volumes} || ls -A ${volumes}`]);
  return listed.exitCode !== 0 || listed.stdout.trim() !== '';
}

/** When a container was started, in milliseconds of the engine's clock. */
export const startedAt = async (container: string): Promise<number> =>
  Date.parse(await run('docker', ['container', 'inspect', '--format', '{{.State.StartedAt}}', container]));
