import type { EnvironmentFiles } from '../../config/environment-files.ts';
import { readKindConfig } from '../../config/kind-config.ts';
import { load } from '../../config/load.ts';
import { ownCluster } from '../../config/own-cluster.ts';
import { ConfigurationError } from '../../config/problem.ts';
import { findRoot } from '../../config/root.ts';
import { UsageError } from '../../platform/errors.ts';
import type { ConfigurationFacts, WantedPort } from '../machine-facts.ts';
import { hostPorts } from '../wanted-ports.ts';

/** Reads the configuration at or above a folder, and the ports that it asks for. A wrong one is a fact as well. */
export function gatherConfiguration(folder: string): {
  configuration: ConfigurationFacts;
  ports: WantedPort[];
  /** Those with secrets. */
  files: readonly EnvironmentFiles[];
} {
  const root = outcome(() => findRoot(folder)).value;
  if (root === undefined) return { configuration: { problems: [] }, ports: [], files: [] };
  const loaded = outcome(() => load(root, { profile: 'local' }));
  const own = outcome(() => ownCluster(root)).value;
  // Who develops on another cluster needs no kind-config.yaml.
  const kind = own && own.kind === undefined ? { problems: [] } : outcome(() => readKindConfig(root));
  return {
    configuration: {
      root,
      name: loaded.value?.environment.name,
      problems: loaded.problems,
      cluster: kind.value?.name,
      clusterProblem: kind.problems[0],
    },
    ports: loaded.value ? hostPorts(loaded.value.environment) : [],
    files: loaded.value?.environmentFiles ?? [],
  };
}

/** What something yields, or why the configuration does not let it. */
function outcome<Value>(work: () => Value): { value?: Value; problems: readonly string[] } {
  try {
    return { value: work(), problems: [] };
  } catch (error) {
    if (error instanceof ConfigurationError) return { problems: error.lines };
    if (error instanceof UsageError) return { problems: [error.message] };
    throw error;
  }
}
