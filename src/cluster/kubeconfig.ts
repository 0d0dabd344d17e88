import type { KubeConfig } from '@kubernetes/client-node';
import type { OwnCluster } from '../config/own-cluster.ts';
import { rootAbove } from '../config/root.ts';
import { ClusterError, UsageError } from '../platform/errors.ts';
import { suggestion } from '../platform/nearest.ts';

export interface ClusterOptions {
  /**
   * Context of the kubeconfig.
   *
   * @default that of the environment's own cluster; outside of every environment the current one
   */
  readonly context?: string;
  /** @default $KUBECONFIG, or ~/.kube/config */
  readonly kubeconfig?: string;
  /** The environment that this folder belongs to says which cluster is its own. @default the working folder */
  readonly folder?: string;
}

const howToHaveOne = 'repoctl up makes a cluster and its kubeconfig; name another one with --kubeconfig or $KUBECONFIG';

/** What the client calls the context of the cluster that a pod runs in. */
export const inClusterContext = 'inClusterContext';

/** The context that the client makes up where there is no kubeconfig. */
const assumed = 'loaded-context';

/**
 * The kubeconfig, with the context chosen.
 *
 * The current context is what somebody did last, perhaps in another checkout. So it is used only where no environment
 * says which cluster is its own.
 *
 * @throws UsageError if the kubeconfig can't be read, or has no context of the name that was given
 * @throws ClusterError if the environment's own cluster is not there
 */
export async function readKubeconfig(options: ClusterOptions): Promise<KubeConfig> {
  const own = options.context === undefined ? await ownClusterAt(options.folder ?? process.cwd()) : undefined;
  const config = await read(options, own);
  const names = config.getContexts().map(({ name }) => name);
  const context = options.context ?? own?.context ?? config.getCurrentContext();
  if (!context)
    throw new UsageError(
      `the kubeconfig has no current context; there ${names.length === 1 ? 'is' : 'are'} ${names.join(', ') || 'none'}`,
      names[0] ? `kubectl config use-context ${names[0]}, or --context ${names[0]}` : howToHaveOne,
    );
  if (!names.includes(context)) throw own ? noCluster(own, names) : noContext(context, names);
  config.setCurrentContext(context);
  return config;
}

/** The cluster of the environment that a folder belongs to. Reading configurations takes long to load. */
async function ownClusterAt(folder: string): Promise<OwnCluster | undefined> {
  const root = rootAbove(folder);
  if (root === undefined) return undefined;
  const { ownCluster } = await import('../config/own-cluster.ts');
  return ownCluster(root);
}

async function read({ kubeconfig }: ClusterOptions, own: OwnCluster | undefined): Promise<KubeConfig> {
  const { KubeConfig } = await import('@kubernetes/client-node');
  const config = new KubeConfig();
  try {
    if (kubeconfig) config.loadFromFile(kubeconfig);
    else config.loadFromDefault();
  } catch (error) {
    // As kubectl has it: where no file is, no cluster is.
    if (own && !kubeconfig && (error as NodeJS.ErrnoException).code === 'ENOENT') throw noCluster(own, []);
    throw new UsageError(`can't read the kubeconfig: ${(error as Error).message}`, howToHaveOne, { cause: error });
  }
  if (config.getCurrentContext() !== assumed) return config;
  throw own ? noCluster(own, []) : new UsageError('there is no kubeconfig yet', howToHaveOne);
}

/** What to say of an environment whose cluster the kubeconfig doesn't know. */
function noCluster({ context, kind, source }: OwnCluster, names: readonly string[]): ClusterError {
  const others = names.length === 0 ? 'it has none' : `it has ${names.join(', ')}`;
  const found = `the kubeconfig has no context "${context}", which is the cluster of this environment (${source}); ${others}`;
  const another = 'another cluster is used only if it is named: --context NAME';
  return new ClusterError(
    found,
    kind ? `repoctl up makes the cluster; ${another}` : `Start that cluster, or fix cluster.context; ${another}`,
  );
}

const noContext = (context: string, names: readonly string[]): UsageError =>
  new UsageError(
    `no context "${context}" in the kubeconfig; ${suggestion(context, names)}`,
    'kubectl config get-contexts lists them',
  );
