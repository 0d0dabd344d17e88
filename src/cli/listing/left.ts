import { connect } from '../../cluster/connect.ts';
import type { ClusterOptions } from '../../cluster/kubeconfig.ts';
import { ClusterError } from '../../platform/errors.ts';
import { leftBehind } from '../../synth/left-behind.ts';
import { type ListedNamespace, leftNamespace } from './listed-namespaces.ts';

/** How long the cluster may take to answer, in milliseconds: the list is there without it. */
const patience = 2000;

/**
 * The projects that only the cluster has.
 *
 * @param listed the namespaces of the configuration, the global tier first
 * @param tell is told why they are not known, if there may be any
 */
export async function leftInCluster(
  listed: readonly ListedNamespace[],
  options: ClusterOptions,
  tell: (line: string) => void,
): Promise<ListedNamespace[]> {
  const names = listed.map(({ name }) => name);
  try {
    const cluster = await connect(options);
    await cluster.version(AbortSignal.timeout(patience));
    return (await leftBehind(cluster, names[0] ?? '', names)).map(({ name }) => leftNamespace(name));
  } catch (error) {
    const silent = error instanceof Error && /^(TimeoutError|AbortError)$/.test(error.name);
    if (!silent && !(error instanceof ClusterError)) throw error;
    tell(`what else the cluster has is not known: ${silent ? 'it does not answer' : error.message}`);
    return [];
  }
}
