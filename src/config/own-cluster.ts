import { clusterName, contextOf, kindConfigFile, kindConfigText } from './kind-config.ts';
import { outline, outlineError, unknownName } from './load.ts';
import { environmentFile } from './root.ts';

/** The cluster that an environment is developed on. */
export interface OwnCluster {
  /** Its context in the kubeconfig. */
  readonly context: string;
  /** Name of the kind cluster that `repoctl up` makes; none where repoctl.yaml names the context of another cluster. */
  readonly kind?: string;
  /** What says so: a file or a variable. */
  readonly source: string;
}

/**
 * The cluster that an environment is developed on: `kind-<KIND_CLUSTER_NAME>`, else `cluster.context` of repoctl.yaml,
 * else the kind cluster of kind-config.yaml, which without a name there has the environment's. What a shell happens to
 * have as its current context says nothing.
 *
 * @param root the folder with `repoctl.yaml`; what else is wrong with that file does not matter here
 * @throws ConfigurationError if kind-config.yaml is wrong, or if repoctl.yaml can't be read or does not say it
 */
export function ownCluster(root: string, env: NodeJS.ProcessEnv = process.env): OwnCluster {
  const kindCluster = (kind: string, source: string) => ({ context: contextOf(kind), kind, source });
  if (env.KIND_CLUSTER_NAME) return kindCluster(env.KIND_CLUSTER_NAME, 'KIND_CLUSTER_NAME');
  const outlined = outline(root);
  const { input, valid } = outlined;
  if (input.cluster.context !== undefined) return { context: input.cluster.context, source: environmentFile };
  const text = kindConfigText(root);
  const named = text === undefined ? undefined : clusterName(text);
  if (named !== undefined) return kindCluster(named, kindConfigFile);
  if (!valid && input.name === unknownName) throw outlineError(outlined);
  return kindCluster(input.name, environmentFile);
}
