import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import { UsageError } from '../platform/errors.ts';
import { readInside } from './configured-path.ts';
import { outline } from './load.ts';
import { ConfigurationError, givenText, type Problem, problemLine } from './problem.ts';
import { locate, parseYaml } from './yaml-file.ts';

/** The file from which the kind cluster is made, relative to the root. */
export const kindConfigFile = 'kind-config.yaml';

/** What kind-config.yaml and repoctl.yaml say of the development cluster. */
export interface KindConfig {
  /** Name of the cluster, as `kind get clusters` lists it. */
  readonly name: string;
  /** Path of kind-config.yaml. */
  readonly file: string;
  /** Image of the nodes; kind's own if there is none. */
  readonly nodeImage?: string;
}

/** The context of a kind cluster in the kubeconfig. */
export const contextOf = (cluster: string): string => `kind-${cluster}`;

/**
 * Reads kind-config.yaml. A cluster without a name there gets the environment's; KIND_CLUSTER_NAME, which kind heeds as
 * well, comes first.
 *
 * @param root the folder with `repoctl.yaml` and `kind-config.yaml`
 * @throws UsageError if there is no such file
 * @throws ConfigurationError if it is wrong
 */
export function readKindConfig(root: string, env: NodeJS.ProcessEnv = process.env): KindConfig {
  const text = kindConfigText(root);
  if (text === undefined)
    throw new UsageError(
      `there is no ${kindConfigFile} in ${root}`,
      'repoctl init writes one; the minimum is:\n' +
        '    kind: Cluster\n    apiVersion: kind.x-k8s.io/v1alpha4\n    name: monorepo',
    );
  const { input } = outline(root);
  const named = clusterName(text);
  const name = env.KIND_CLUSTER_NAME || named || input.name;
  const { nodeImage } = input.cluster;
  return { name, file: join(root, kindConfigFile), nodeImage: env.KIND_NODE_IMAGE || nodeImage };
}

/**
 * The text of a repository's kind-config.yaml; `undefined` if there is none.
 *
 * @throws UsageError if it is a link that leads nowhere or out of the repository
 */
export const kindConfigText = (root: string): string | undefined =>
  lstatSync(join(root, kindConfigFile), { throwIfNoEntry: false }) ? readInside(root, kindConfigFile) : undefined;

/**
 * The name in the text of a kind-config.yaml; `undefined` if it gives none.
 *
 * @throws ConfigurationError if the file is not a kind configuration
 */
export function clusterName(text: string): string | undefined {
  const parsed = parseYaml(kindConfigFile, text);
  if (parsed.problems) throw wrong(text, parsed.problems);
  const { kind, name } = parsed.data as { kind?: unknown; name?: unknown };
  const refuse = (path: string, message: string): never => {
    throw wrong(text, [{ file: kindConfigFile, place: { path: [path] }, message: `${path}: ${message}` }]);
  };
  if (kind !== 'Cluster') refuse('kind', `must be Cluster, given ${givenText(kind ?? null)}`);
  if (name === undefined) return undefined;
  if (typeof name === 'string' && /^[a-z0-9][a-z0-9.-]{0,49}$/.test(name)) return name;
  return refuse('name', `must be small letters, digits, "." and "-", at most 50, given ${givenText(name)}`);
}

const wrong = (text: string, problems: readonly Problem[]): ConfigurationError =>
  new ConfigurationError(problems.map((problem) => problemLine(problem, locate(text, problem.place))));
