import { Agent, type RequestOptions } from 'node:https';
import { createSecureContext } from 'node:tls';
import type { KubeConfig } from '@kubernetes/client-node';
import { Cluster } from './client.ts';
import { type ClusterOptions, readKubeconfig } from './kubeconfig.ts';

/**
 * Connects to the cluster of a context, by default to that of the environment that the working folder belongs to.
 *
 * @throws UsageError if the kubeconfig has no context of that name
 * @throws ClusterError if the environment's own cluster is not there
 */
export async function connect(options: ClusterOptions): Promise<Cluster> {
  return clusterOf(await readKubeconfig(options));
}

/** The cluster of a kubeconfig's current context. */
export const clusterOf = (config: KubeConfig): Cluster =>
  new Cluster(config.getCurrentContext(), config.getCurrentCluster()?.server ?? '', authenticator(config));

/**
 * Connects in order to change something: says first where.
 *
 * @param options `report` gets the line
 */
export async function connectToChange(
  options: ClusterOptions & { readonly report: (line: string) => void },
): Promise<Cluster> {
  const cluster = await connect(options);
  options.report(`context ${cluster.context} (${cluster.server})`);
  return cluster;
}

/** How long credentials are used before they are asked for again (a plugin's token expires), in milliseconds. */
const credentialsLife = 240_000;

function authenticator(config: KubeConfig): () => Promise<RequestOptions> {
  let current: { readonly since: number; readonly options: Promise<RequestOptions> } | undefined;
  const ask = async (): Promise<RequestOptions> => {
    const options: RequestOptions = {};
    await config.applyToHTTPSOptions(options as never);
    if (!options.agent) return options;
    // One connection serves many requests.
    Object.assign(options.agent, { keepAlive: true });
    // Certificates are read once, not for each connection; where none is looked at, nor are those that Node brings along.
    if (options.agent instanceof Agent) {
      const { ca, cert, key, pfx, passphrase, rejectUnauthorized } = options.agent.options;
      const trusted = rejectUnauthorized === false ? (ca ?? []) : ca;
      options.agent.options.secureContext = createSecureContext({ ca: trusted, cert, key, pfx, passphrase });
    }
    return options;
  };
  return () => {
    if (!current || performance.now() - current.since > credentialsLife)
      current = { since: performance.now(), options: ask() };
    return current.options;
  };
}
