import type { KubeConfig } from '@kubernetes/client-node';
import { UsageError } from '../platform/errors.ts';
import { suggestion } from '../platform/nearest.ts';

export interface ClusterOptions {
  /** Context of the kubeconfig. @default the current one, if it is local */
  readonly context?: string;
  /** @default $KUBECONFIG, or ~/.kube/config */
  readonly kubeconfig?: string;
}

const howToHaveOne =
  'repoctl up makes a local cluster and its kubeconfig; name another one with --kubeconfig or $KUBECONFIG';

/** The context that the client makes up where there is no kubeconfig. */
const assumed = 'loaded-context';

/** Contexts that stand for a cluster on the developer's machine, as Tilt tells them. */
const localContext =
  /^(kind-.*|k3d-.*|minikube|docker-desktop|docker-for-desktop|rancher-desktop|orbstack|colima(-.*)?|microk8s)$/;

/**
 * The kubeconfig, with the context chosen.
 *
 * @throws UsageError if there is no such context, or if it is not local and was not named
 */
export async function readKubeconfig(options: ClusterOptions): Promise<KubeConfig> {
  const { KubeConfig } = await import('@kubernetes/client-node');
  const config = new KubeConfig();
  try {
    if (options.kubeconfig) config.loadFromFile(options.kubeconfig);
    else config.loadFromDefault();
  } catch (error) {
    throw new UsageError(`can't read the kubeconfig: ${(error as Error).message}`, howToHaveOne, { cause: error });
  }
  if (config.getCurrentContext() === assumed) throw new UsageError('there is no kubeconfig yet', howToHaveOne);
  const names = config.getContexts().map(({ name }) => name);
  const context = options.context ?? config.getCurrentContext();
  if (!context)
    throw new UsageError(
      `the kubeconfig has no current context; there ${names.length === 1 ? 'is' : 'are'} ${names.join(', ') || 'none'}`,
      names[0] ? `kubectl config use-context ${names[0]}, or --context ${names[0]}` : howToHaveOne,
    );
  if (!names.includes(context))
    throw new UsageError(
      `no context "${context}" in the kubeconfig; ${suggestion(context, names)}`,
      'repoctl up makes a local cluster and its context',
    );
  config.setCurrentContext(context);
  const server = config.getCurrentCluster()?.server ?? '';
  if (options.context === undefined && !isLocal(context, server))
    throw new UsageError(
      `the current context "${context}" (${server}) is not a local cluster`,
      `Name it if you mean it: --context ${context}`,
    );
  return config;
}

function isLocal(context: string, server: string): boolean {
  return localContext.test(context) || /^https?:\/\/(localhost|127\.\d+\.\d+\.\d+|\[::1\])(:|\/|$)/.test(server);
}
