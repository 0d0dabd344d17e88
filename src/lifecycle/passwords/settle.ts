import { typeMeta } from '../../../charts/common/api-versions.ts';
import { podOf, waitForPod } from '../../backup/service-pods.ts';
import type { Cluster } from '../../cluster/client.ts';
import { planSecrets } from '../../synth/plan-namespace.ts';
import { type ChangedKey, changedKeys, type SecretObject, withoutPrevious } from '../../synth/secrets/changed-keys.ts';
import type { PreparedSecrets } from '../../synth/secrets/prepare.ts';
import { applyObjects } from '../apply.ts';
import { ownedNamespace } from '../apply-secrets.ts';
import { type Holder, holderOf } from './password-kinds.ts';
import { type Controller, type KeyReference, restart, usersOf } from './users.ts';

export interface SettleOptions {
  readonly report: (line: string) => void;
  readonly signal?: AbortSignal;
  /** Waits until controllers that were restarted are healthy. */
  readonly healthy: (controllers: readonly Controller['metadata'][]) => Promise<void>;
}

/**
 * Puts changed values of Secrets into effect: gives the servers their new passwords, and restarts the pods that have the values in
 * their environment. A stopped server takes its new password at its next start.
 *
 * If it is interrupted, run it again to finish.
 *
 * @param applied Secrets as they were applied, with what they were before
 * @returns names of the servers that are stopped, and take their new password when they are started
 */
export async function settleSecrets(
  cluster: Cluster,
  applied: PreparedSecrets,
  options: SettleOptions,
): Promise<string[]> {
  const { report, signal, healthy } = options;
  const { environment, profile } = applied.loaded;
  const secrets = applied.namespaces.flatMap(({ secrets }) => secrets);
  const changes = secrets.flatMap(changedKeys);
  if (changes.length === 0) return [];
  const held = await Promise.all(
    changes.map(async (change) => {
      const holder = holderOf(environment, profile, change);
      return { change, holder, runs: holder !== undefined && (await isRunning(cluster, holder)) };
    }),
  );
  const serving = held.filter(({ runs }) => runs) as { change: ChangedKey; holder: Holder }[];
  const restarted = async (when: 'first' | 'last') => {
    const controllers = serving.filter(({ holder }) => holder.kind.restart === when).map(({ holder }) => ownOf(holder));
    const unique = [...new Map(controllers.map((each) => [each.metadata.name, each])).values()];
    for (const each of unique) {
      report(`${each.metadata.name}: starting again with its new password`);
      await restart(cluster, each);
    }
    if (unique.length > 0) await healthy(unique.map(({ metadata }) => metadata));
  };
  await restarted('first');
  for (const { change, holder } of serving) {
    if (!holder.kind.admit) continue;
    const server = podOf(holder.service, holder.service.kind);
    // A key is called like a variable, or like the project whose user it is of.
    report(`${server.object}: changing ${/^[A-Z_]+$/.test(change.key) ? change.key : `the password of ${change.key}`}`);
    await waitForPod(cluster, server, { signal, report });
    await holder.kind.admit({ ...change, ...where(holder), cluster, signal });
    await touchPod(cluster, server.namespace, server.pod);
  }
  const keys = [...changes.map(reference), ...(await giveToOthers(cluster, applied, changes))];
  const servers = new Set(serving.map(({ holder }) => holder.service.object));
  const users = (await usersOf(cluster, keys)).filter(({ metadata }) => !servers.has(metadata.name));
  for (const user of users) {
    report(`${user.metadata.name}: starting again with what has changed`);
    await restart(cluster, user);
  }
  if (users.length > 0) await healthy(users.map(({ metadata }) => metadata));
  for (const { change, holder } of serving)
    await holder.kind.retire?.({ ...change, ...where(holder), cluster, signal });
  await restarted('last');
  await forget(cluster, applied, held, options);
  const stopped = held.flatMap(({ holder, runs }) => (holder && !runs ? [holder.service.object] : []));
  return [...new Set(stopped)];
}

const reference = ({ namespace, secret, key }: ChangedKey): KeyReference => ({ namespace, secret, key });

const where = ({ service }: Holder) => ({ server: podOf(service, service.kind), settings: service.settings });

const ownOf = ({ service: { namespace, object } }: Holder) => ({
  ...typeMeta('StatefulSet'),
  metadata: { namespace, name: object },
});

async function isRunning(cluster: Cluster, holder: Holder): Promise<boolean> {
  const set = await cluster.get<{ spec: { replicas?: number } }>(ownOf(holder));
  return set !== undefined && set.spec.replicas !== 0;
}

/** The kubelet then looks at once for what has changed in the Secrets that the pod has mounted. */
const touchPod = (cluster: Cluster, namespace: string, name: string): Promise<boolean> =>
  cluster.patch(
    { ...typeMeta('Pod'), metadata: { namespace, name } },
    { metadata: { annotations: { 'repoctl.dev/secrets': new Date().toISOString() } } },
  );

/**
 * Gives the environment's values to the projects that are not among those whose Secrets were applied.
 *
 * @returns the keys of Secrets that have them
 */
async function giveToOthers(
  cluster: Cluster,
  { loaded: { environment, profile }, namespaces }: PreparedSecrets,
  changes: readonly ChangedKey[],
): Promise<KeyReference[]> {
  const variables = new Map<string, ChangedKey>();
  for (const { name, keys } of planSecrets(environment, profile))
    for (const { key, variable, file } of keys) {
      const change = changes.find((each) => each.secret === name && each.key === key);
      if (change) variables.set(`${file} ${variable}`, change);
    }
  const done = new Set(namespaces.map(({ namespace }) => namespace.metadata?.name));
  const given: KeyReference[] = [];
  for (const project of environment.projects.filter(({ namespace }) => !done.has(namespace)))
    for (const { name, keys } of planSecrets(environment, profile, project)) {
      const values = keys.flatMap(({ key, variable, file }) => {
        const change = variables.get(`${file} ${variable}`);
        return change ? [[key, Buffer.from(change.value).toString('base64')] as const] : [];
      });
      if (values.length === 0) continue;
      const secret = { ...typeMeta('Secret'), metadata: { namespace: project.namespace, name } };
      if (!(await cluster.get(secret))) continue;
      await cluster.patch(secret, { data: Object.fromEntries(values) });
      given.push(...values.map(([key]) => ({ namespace: project.namespace, secret: name, key })));
    }
  return given;
}

/** Takes what was before out of the Secrets that all know. What a server that is stopped does not know yet stays. */
async function forget(
  cluster: Cluster,
  { namespaces }: PreparedSecrets,
  held: readonly { readonly change: ChangedKey; readonly holder?: Holder; readonly runs: boolean }[],
  options: SettleOptions,
): Promise<void> {
  const unknown = new Set(
    held.filter(({ holder, runs }) => holder && !runs).map(({ change }) => `${change.namespace}/${change.secret}`),
  );
  const isKnown = (secret: SecretObject) =>
    changedKeys(secret).length > 0 && !unknown.has(`${secret.metadata?.namespace}/${secret.metadata?.name}`);
  for (const { namespace, secrets } of namespaces)
    await applyObjects(cluster, ownedNamespace(namespace), secrets.filter(isKnown).map(withoutPrevious), options);
}
