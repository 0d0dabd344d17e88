import { typeMeta } from '../../charts/common/api-versions.ts';
import { labelKeys } from '../../charts/common/labels.ts';
import type { ManifestObject } from '../../charts/common/manifest-object.ts';
import type { Project } from '../../charts/model.ts';
import type { Cluster } from '../cluster/client.ts';
import type { Loaded, LoadOptions } from '../config/load.ts';
import { remarkText, secretRemarks } from '../config/secret-remarks.ts';
import { type SecretObject, withPrevious } from '../synth/secrets/changed-keys.ts';
import { type PreparedSecrets, prepareSecrets } from '../synth/secrets/prepare.ts';
import { type ApplyOptions, applyObjects } from './apply.ts';
import type { OwnedNamespace } from './examine.ts';

/**
 * Applies the values of the `.env` files as the Secrets that the manifests refer to. What a Secret was before stays in it
 * until {@link settleSecrets} has told all that use it.
 *
 * @param select which projects, beside the global tier; their namespaces are there
 * @returns the Secrets as they were applied
 */
export async function applySecrets(
  cluster: Cluster,
  root: string,
  options: LoadOptions,
  select: (loaded: Loaded) => readonly Project[],
  applying: ApplyOptions,
): Promise<PreparedSecrets> {
  const prepared = await secretsToApply(cluster, root, options, select, applying.report);
  for (const { namespace, secrets } of prepared.namespaces)
    await applyObjects(cluster, ownedNamespace(namespace), secrets, applying);
  return prepared;
}

/**
 * The Secrets as they are to be applied, with what those in the cluster were before. A `.env` that isn't there is made.
 *
 * @param report says which files were made, and what gives secrets away
 */
export async function secretsToApply(
  cluster: Cluster,
  root: string,
  options: LoadOptions,
  select: (loaded: Loaded) => readonly Project[],
  report: (line: string) => void,
): Promise<PreparedSecrets> {
  const get = (namespace: string, name: string) =>
    cluster.get<Partial<SecretObject>>({ ...typeMeta('Secret'), metadata: { namespace, name } });
  const known = async (namespace: string, name: string) => {
    const found = await get(namespace, name);
    // What somebody else keeps there did not come from here.
    const data = found?.metadata?.labels?.[labelKeys.tier] === undefined ? undefined : found.data;
    return data && Object.fromEntries(Object.entries(data).map(([key, value]) => [key, fromBase64(value)]));
  };
  const prepared = await prepareSecrets(root, options, known, select);
  for (const { path, refilled } of prepared.made)
    report(`made ${path} from its .env.example${refilled ? ', with the values that the cluster has' : ''}`);
  const { environment, environmentFiles } = prepared.loaded;
  const owners = [environment, ...select(prepared.loaded)].map(({ name }) => name);
  const files = environmentFiles.filter(({ owner }) => owners.includes(owner));
  for (const remark of await secretRemarks(root, files)) report(`remark: ${remarkText(remark)}`);
  const namespaces = await Promise.all(
    prepared.namespaces.map(async ({ namespace, secrets }) => ({
      namespace,
      secrets: await Promise.all(
        secrets.map(async (secret) => {
          const { namespace = '', name = '' } = secret.metadata ?? {};
          return withPrevious(secret, await get(namespace, name));
        }),
      ),
    })),
  );
  return { ...prepared, namespaces };
}

/** A namespace as those want it that apply to it. */
export const ownedNamespace = ({ metadata }: ManifestObject): OwnedNamespace => ({
  name: metadata?.name ?? '',
  labels: metadata?.labels ?? {},
});

const fromBase64 = (text: string): string => Buffer.from(text, 'base64').toString();
