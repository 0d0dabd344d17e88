import type { ManifestObject } from '../../charts/common/manifest-object.ts';
import type { Project } from '../../charts/model.ts';
import type { Cluster } from '../cluster/client.ts';
import type { Loaded, LoadOptions } from '../config/load.ts';
import { remarkText, secretRemarks } from '../config/secret-remarks.ts';
import { type SecretObject, withPrevious } from '../synth/secrets/changes.ts';
import { type PreparedSecrets, prepareSecrets } from '../synth/secrets/prepare.ts';

/**
 * Puts the values of the `.env` files into the cluster, as the Secrets that the manifests refer to. What a Secret was before
 * stays in it until {@link settleSecrets} has told all that use it.
 *
 * @param select which projects, beside the global tier
 * @param report says which files were made
 * @param before is called for each namespace, once it is there
 * @returns the Secrets as they were applied
 */
export async function applySecrets(
  cluster: Cluster,
  root: string,
  options: LoadOptions,
  select: (loaded: Loaded) => readonly Project[],
  report: (line: string) => void,
  before: (namespace: ManifestObject) => Promise<void> = async () => undefined,
): Promise<PreparedSecrets> {
  const get = (namespace: string, name: string) =>
    cluster.get<Partial<SecretObject>>({ apiVersion: 'v1', kind: 'Secret', metadata: { namespace, name } });
  const known = async (namespace: string, name: string) => {
    const data = (await get(namespace, name))?.data;
    return data && Object.fromEntries(Object.entries(data).map(([key, value]) => [key, fromBase64(value)]));
  };
  const prepared = await prepareSecrets(root, options, known, select);
  for (const { path, refilled } of prepared.made)
    report(`made ${path} from its .env.example${refilled ? ', with the values that the cluster has' : ''}`);
  const { environment, environmentFiles } = prepared.loaded;
  const owners = [environment, ...select(prepared.loaded)].map(({ name }) => name);
  const files = environmentFiles.filter(({ owner }) => owners.includes(owner));
  for (const remark of await secretRemarks(root, files)) report(`remark: ${remarkText(remark)}`);
  const namespaces: PreparedSecrets['namespaces'][number][] = [];
  for (const { namespace, secrets } of prepared.namespaces) {
    await cluster.apply(namespace);
    await before(namespace);
    const applied = await Promise.all(
      secrets.map(async (secret) => {
        const { metadata } = secret;
        const wanted = withPrevious(secret, await get(metadata?.namespace ?? '', metadata?.name ?? ''));
        await cluster.apply(wanted);
        return wanted;
      }),
    );
    namespaces.push({ namespace, secrets: applied });
  }
  return { ...prepared, namespaces };
}

const fromBase64 = (text: string): string => Buffer.from(text, 'base64').toString();
