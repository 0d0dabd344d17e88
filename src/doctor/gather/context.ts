import { readKubeconfig } from '../../cluster/kubeconfig.ts';
import { UsageError } from '../../errors.ts';
import type { ContextFacts } from '../facts.ts';

/** What the client assumes where there is no kubeconfig. */
const assumed = 'loaded-context';

/** Asks the kubeconfig for its current context. */
export async function gatherContext(kubeconfig?: string): Promise<ContextFacts> {
  try {
    const config = await readKubeconfig({ kubeconfig });
    const name = config.getCurrentContext();
    if (name === assumed) return { problem: 'there is no kubeconfig yet' };
    return { name, server: config.getCurrentCluster()?.server };
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    return { problem: error.message };
  }
}
