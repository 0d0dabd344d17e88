import type { KubernetesObjectApi } from '@kubernetes/client-node';
import type { ManifestObject } from '../config/model.ts';
import { suggestion } from '../config/nearest.ts';
import { ClusterError, UsageError } from '../errors.ts';

export interface ClusterOptions {
  /** Context of the kubeconfig. @default the current one, if it is local */
  readonly context?: string;
  /** @default $KUBECONFIG, or ~/.kube/config */
  readonly kubeconfig?: string;
}

/** The field manager of everything that repoctl applies. */
const fieldManager = 'repoctl';

/** A connection to a cluster. */
export class Cluster {
  constructor(
    readonly context: string,
    readonly server: string,
    private readonly api: KubernetesObjectApi,
  ) {}

  /**
   * Applies an object on the server's side; it is made if it isn't there.
   *
   * @throws ClusterError
   */
  async apply(object: ManifestObject): Promise<void> {
    const { PatchStrategy } = await import('@kubernetes/client-node');
    const what = `${object.kind.toLowerCase()} ${object.metadata?.namespace ? `${object.metadata.namespace}/` : ''}${object.metadata?.name}`;
    try {
      await this.api.patch(object as never, undefined, undefined, fieldManager, true, PatchStrategy.ServerSideApply);
    } catch (error) {
      throw this.#explain(error, `apply ${what}`);
    }
  }

  #explain(error: unknown, action: string): ClusterError {
    const { code, body, cause } = error as { code?: number | string; body?: unknown; cause?: { code?: string } };
    const where = `${this.server} (context ${this.context})`;
    if (typeof code !== 'number') {
      const reason = code ?? cause?.code ?? (error as Error).message;
      return new ClusterError(`can't reach ${where}: ${reason}`, 'Is the cluster running? kubectl cluster-info', {
        cause: error,
      });
    }
    const advice = code === 401 || code === 403 ? `kubectl auth whoami --context ${this.context}` : undefined;
    return new ClusterError(`can't ${action} on ${where}: ${statusMessage(body) ?? `HTTP ${code}`}`, advice, {
      cause: error,
    });
  }
}

function statusMessage(body: unknown): string | undefined {
  try {
    return (typeof body === 'string' ? (JSON.parse(body) as { message?: string }) : (body as { message?: string }))
      .message;
  } catch {
    return typeof body === 'string' && body !== '' ? body : undefined;
  }
}

/** Contexts that stand for a cluster on the developer's machine, as Tilt tells them. */
const localContext =
  /^(kind-.*|k3d-.*|minikube|docker-desktop|docker-for-desktop|rancher-desktop|orbstack|colima(-.*)?|microk8s)$/;

/**
 * Connects to the cluster of a context.
 *
 * @throws UsageError if there is no such context, or if it is not local and was not named
 */
export async function connect(options: ClusterOptions): Promise<Cluster> {
  const { KubeConfig, KubernetesObjectApi } = await import('@kubernetes/client-node');
  const config = new KubeConfig();
  try {
    if (options.kubeconfig) config.loadFromFile(options.kubeconfig);
    else config.loadFromDefault();
  } catch (error) {
    throw new UsageError(
      `can't read the kubeconfig: ${(error as Error).message}`,
      'Name one with --kubeconfig or $KUBECONFIG',
      { cause: error },
    );
  }
  const names = config.getContexts().map(({ name }) => name);
  const context = options.context ?? config.getCurrentContext();
  if (!names.includes(context))
    throw new UsageError(
      `no context "${context ?? ''}" in the kubeconfig; ${suggestion(context ?? '', names)}`,
      'kubectl config get-contexts',
    );
  config.setCurrentContext(context);
  const server = config.getCurrentCluster()?.server ?? '';
  if (options.context === undefined && !isLocal(context, server))
    throw new UsageError(
      `the current context "${context}" (${server}) is not a local cluster`,
      `Name it if you mean it: --context ${context}`,
    );
  return new Cluster(context, server, KubernetesObjectApi.makeApiClient(config));
}

function isLocal(context: string, server: string): boolean {
  return localContext.test(context) || /^https?:\/\/(localhost|127\.\d+\.\d+\.\d+|\[::1\])(:|\/|$)/.test(server);
}
