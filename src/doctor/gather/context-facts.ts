import type { Cluster } from '../../cluster/client.ts';
import { connect } from '../../cluster/connect.ts';
import type { ClusterOptions } from '../../cluster/kubeconfig.ts';
import { ConfigurationError } from '../../config/problem.ts';
import { ClusterError, CommandError } from '../../platform/errors.ts';
import type { ContextFacts } from '../machine-facts.ts';

/** How long the API server may take to answer, in milliseconds. */
const patience = 5000;

/** Asks the API server of the environment's own context, or of the current one where there is none, for its version. */
export async function gatherContext(options: ClusterOptions): Promise<ContextFacts> {
  try {
    const cluster = await connect(options);
    const { context: name, server } = cluster;
    return { name, server, ...(await answerOf(cluster)) };
  } catch (error) {
    if (error instanceof ConfigurationError) return { problem: 'the configuration is wrong' };
    if (!(error instanceof CommandError)) throw error;
    return { problem: error.message };
  }
}

async function answerOf(cluster: Cluster): Promise<Pick<ContextFacts, 'version' | 'silence'>> {
  try {
    return { version: await cluster.version(AbortSignal.timeout(patience)) };
  } catch (error) {
    if (error instanceof ClusterError) return { silence: error.message };
    if (!(error instanceof Error) || !/^(TimeoutError|AbortError)$/.test(error.name)) throw error;
    return { silence: `${cluster.server} (context ${cluster.context}) does not answer within ${patience / 1000} s` };
  }
}
