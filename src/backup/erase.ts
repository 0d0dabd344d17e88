import { typeMeta } from '../../charts/common/api-versions.ts';
import type { ManifestObject } from '../../charts/common/manifest-object.ts';
import type { Cluster } from '../cluster/client.ts';
import { CommandError } from '../platform/errors.ts';
import type { DataStore } from './data-store.ts';
import { isReady, type PodState } from './service-pods.ts';
import type { Subject, SubjectOptions } from './stored-project.ts';

/**
 * What a project holds, as lines for a question: its claims with their sizes and, where the service runs and can be
 * asked, what is in them; and what it has in services that projects share.
 *
 * @param labels that the project's own objects have
 */
export async function describeData(
  cluster: Cluster,
  { stores, project }: Pick<Subject, 'project' | 'stores'>,
  labels: Readonly<Record<string, string>>,
): Promise<string[]> {
  const contents = stores.map((store) => asked(cluster, store));
  const claims = await cluster.list<Claim>('PersistentVolumeClaim', { namespace: project.namespace, labels });
  return [...claimLines(claims), ...(await Promise.all(contents)).flat()];
}

interface Claim extends ManifestObject {
  readonly spec?: { readonly resources?: { readonly requests?: { readonly storage?: string } } };
  readonly status?: { readonly capacity?: { readonly storage?: string } };
}

const claimLines = (claims: readonly Claim[]): string[] =>
  claims.map(({ metadata, spec, status }) => {
    const capacity = status?.capacity?.storage ?? spec?.resources?.requests?.storage ?? 'unknown size';
    return `claim ${metadata?.name}, ${capacity}`;
  });

/**
 * What a backup leaves out of a project's claims, as lines for a question: those of its own manifests, and of services that
 * repoctl can't back up.
 *
 * @param labels that the project's own objects have
 */
export async function unsavedLines(
  cluster: Cluster,
  { project, stores }: Pick<Subject, 'project' | 'stores'>,
  labels: Readonly<Record<string, string>>,
): Promise<string[]> {
  const saved = stores.flatMap(({ server, copies }) => (typeof copies === 'string' ? [] : [server.claim]));
  const claims = await cluster.list<Claim>('PersistentVolumeClaim', { namespace: project.namespace, labels });
  const unsaved = claims.map(({ metadata }) => metadata?.name ?? '').filter((name) => !saved.includes(name));
  if (unsaved.length === 0) return [];
  return ['No backup has, and so is lost for good:', ...unsaved.map((name) => `  claim ${name}`)];
}

/** Lines of a store's data; one that says why not, if it can't be asked. */
async function asked(cluster: Cluster, { server, describe }: DataStore): Promise<string[]> {
  if (!describe) return [];
  const { service, namespace, pod, claim: claimName } = server;
  const found = await cluster.get<PodState>({ ...typeMeta('Pod'), metadata: { namespace, name: pod } });
  // It has never run, or its data was deleted.
  const claim = { ...typeMeta('PersistentVolumeClaim'), metadata: { namespace, name: claimName } };
  if (!found && !(await cluster.get(claim))) return [];
  const unknown = (why: string) => [`${service}: contents unknown, ${why}`];
  if (!isReady(found)) return unknown('it is not running');
  try {
    return (await describe(cluster)).map(({ line }) => line);
  } catch (error) {
    if (error instanceof CommandError) return unknown(error.message);
    throw error;
  }
}

/**
 * Deletes what a project has in the services that it shares with others: what is in its buckets and its
 * logical databases. Only a project that is stopped stays empty.
 *
 * @throws ClusterError if one of the services is stopped
 */
export async function eraseShared(
  cluster: Cluster,
  { stores, project }: Subject,
  { report }: Pick<SubjectOptions, 'report'>,
): Promise<void> {
  // What it has for itself goes with its claims.
  const shared = stores.filter(({ server }) => server.namespace !== project.namespace);
  for (const { erase } of shared) await erase?.(cluster, (line) => report(`${project.name}: ${line}`));
}
