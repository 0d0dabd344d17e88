import { typeMeta } from '../../charts/common/api-versions.ts';
import type { ManifestObject } from '../../charts/common/manifest-object.ts';
import { eachOf } from '../platform/each-of.ts';
import { ClusterError, UsageError } from '../platform/errors.ts';
import type { Cluster } from './client.ts';
import { type Claimant, type FoundNamespace, namespaceRefusal } from './ownership.ts';

interface Namespace extends ManifestObject {
  readonly metadata: FoundNamespace;
}

/**
 * Refuses to change anything in namespaces that are not the claimant's. One that isn't there is nobody's.
 *
 * @returns those that are there
 * @throws UsageError if one is somebody else's
 */
export async function mustBeOwn(
  cluster: Cluster,
  names: readonly string[],
  claimant: Claimant,
): Promise<readonly FoundNamespace[]> {
  const found: FoundNamespace[] = [];
  await eachOf(names, async (name) => {
    const namespace = await cluster.get<Namespace>({ ...typeMeta('Namespace'), metadata: { name } });
    if (namespace) found.push(namespace.metadata);
  });
  const refusals = found.flatMap((each) => namespaceRefusal(each, claimant) ?? []);
  const [first] = refusals;
  if (first) throw new UsageError(refusals.map(({ message }) => message).join('\n'), first.advice);
  return found;
}

/**
 * Makes namespaces, or gives them the labels that they have in the configuration.
 *
 * @param namespaces objects of kind Namespace
 * @throws UsageError if one is somebody else's; then nothing was changed
 * @throws ClusterError if one is being deleted
 */
export async function ensureNamespaces(
  cluster: Cluster,
  namespaces: readonly ManifestObject[],
  claimant: Claimant,
): Promise<void> {
  const names = namespaces.map(({ metadata }) => metadata?.name ?? '');
  const there = await mustBeOwn(cluster, names, claimant);
  const going = there.find(({ deletionTimestamp }) => deletionTimestamp !== undefined);
  if (going)
    throw new ClusterError(
      `the namespace ${going.name} is being deleted`,
      `Try again once it is gone; repoctl status ${going.name} shows what keeps it`,
    );
  await eachOf(namespaces, (namespace) =>
    // What is there is this environment's, or was given to it.
    cluster.apply(namespace, { force: there.some(({ name }) => name === namespace.metadata?.name) }),
  );
}
