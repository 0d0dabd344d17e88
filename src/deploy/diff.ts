import type { ProfileName } from '../../charts/model.ts';
import type { Cluster } from '../cluster/client.ts';
import { connect } from '../cluster/connect.ts';
import type { ClusterOptions } from '../cluster/kubeconfig.ts';
import type { Claimant } from '../cluster/ownership.ts';
import { UsageError } from '../platform/errors.ts';
import { painter } from '../platform/terminal/paint.ts';
import { printJson, printLines } from '../platform/terminal/print.ts';
import { mustBeRight } from '../synth/last-good.ts';
import type { PlannedNamespace } from '../synth/plan.ts';
import { globalTier, planned, projects, type Synthesized, synthesized, withAwaited } from '../synth/plan-queries.ts';
import { changeDocument } from './change-document.ts';
import { changeLines, isEmpty } from './change-lines.ts';
import { type LeftNamespace, type NamespaceChanges, readChanges, readLeft } from './read-changes.ts';

export interface TargetOptions extends ClusterOptions {
  readonly profile: ProfileName;
  /** Instead of the profile's own. */
  readonly imageTag?: string;
  /** Namespaces that are taken over although they are not this environment's. */
  readonly adopt?: readonly string[];
  readonly startEmpty?: boolean;
}

/** What is compared or deployed, and where. */
export interface Target {
  readonly made: Synthesized;
  /** The global tier, then the projects in the order in which they need each other. */
  readonly namespaces: readonly PlannedNamespace[];
  readonly cluster: Cluster;
  /** Whether it is for development. */
  readonly development: boolean;
}

/**
 * Prints what an apply would change.
 *
 * @param names projects; all if there is none
 * @returns whether it would change anything
 */
export async function showDiff(
  names: readonly string[],
  options: TargetOptions & { readonly output?: 'json' },
): Promise<boolean> {
  const target = await targetOf(names, options);
  const { namespaces, left } = await changesOf(target, names, options);
  const { plan } = target.made;
  if (options.output === 'json') printJson(changeDocument(plan, target.cluster.context, namespaces, left));
  else printLines(changeLines(namespaces, left, painter(process.stdout)));
  return namespaces.some((each) => !isEmpty(each));
}

/**
 * Makes the manifests of projects, with those of all that they need, and connects to the cluster that they are for.
 *
 * @param check refuses a profile, by whether it is for development, before any cluster is asked
 * @throws UsageError if the profile is one of real clusters and no cluster is named
 * @throws ConfigurationError if one of the projects is wrong
 */
export async function targetOf(
  names: readonly string[],
  options: TargetOptions,
  check: (development: boolean) => void = () => undefined,
): Promise<Target> {
  const { profile, imageTag } = options;
  const made = await synthesized(profile, { development: false, imageTag, tolerant: names.length > 0 });
  const development = made.profiles[profile]?.development ?? true;
  check(development);
  if (!development && options.context === undefined)
    throw new UsageError(
      `${profile} is a profile of real clusters, and the environment’s own one is for development`,
      'Name the cluster: --context NAME (kubectl config get-contexts lists them)',
    );
  const named = names.length > 0 ? names.map((name) => planned(made.plan, name)) : projects(made.plan);
  const namespaces = [globalTier(made.plan), ...withAwaited(made.plan, named)];
  mustBeRight(made.mistakes, namespaces);
  return { made, namespaces, cluster: await connect(options), development };
}

/** What an apply would change; what has left the configuration is told where all of it is compared. */
export async function changesOf(
  target: Target,
  names: readonly string[],
  options: TargetOptions,
): Promise<{ readonly namespaces: readonly NamespaceChanges[]; readonly left: readonly LeftNamespace[] }> {
  const { made, namespaces, cluster, development } = target;
  const read = await readChanges(cluster, made, namespaces, {
    ...claimantOf(target, options),
    startEmpty: options.startEmpty,
    keepImages: development,
  });
  return { namespaces: read, left: names.length > 0 ? [] : await readLeft(cluster, made) };
}

/** In whose name namespaces are changed. */
export const claimantOf = ({ made, development }: Target, { adopt, profile }: TargetOptions): Claimant => ({
  environment: made.plan.environment,
  adopt,
  ...(!development && { deploys: profile }),
});
