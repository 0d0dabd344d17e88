import { typeMeta } from '../../charts/common/api-versions.ts';
import { valueProblem } from '../../charts/common/managed-values.ts';
import type { ManifestObject } from '../../charts/common/manifest-object.ts';
import { isForbidden } from '../cluster/api-errors.ts';
import type { Cluster } from '../cluster/client.ts';
import type { Problem } from '../lifecycle/examine.ts';
import { eachOf } from '../platform/each-of.ts';
import type { PlannedNamespace, PlannedSecret } from '../synth/plan.ts';

interface Required {
  readonly namespace: string;
  readonly secret: PlannedSecret;
}

/**
 * What is missing of the Secrets that pods refer to: they would not start. One that may not be read is taken for right.
 *
 * @param namespaces with the objects that are wanted in them: what makes a Secret there stands for it
 */
export async function missingSecrets(
  cluster: Cluster,
  namespaces: readonly { readonly namespace: PlannedNamespace; readonly objects: readonly ManifestObject[] }[],
): Promise<Problem[]> {
  const required = namespaces.flatMap(({ namespace, objects }) => {
    const makers = new Map(objects.map((object) => [secretMadeBy(object), object]));
    return namespace.secrets
      .filter((secret) => !makesWhole(makers.get(secret.name), secret))
      .map((secret): Required => ({ namespace: namespace.name, secret }));
  });
  const problems = new Map<Required, Problem>();
  await eachOf(required, async (each) => {
    const problem = await missing(cluster, each);
    if (problem) problems.set(each, problem);
  });
  return required.flatMap((each) => problems.get(each) ?? []);
}

async function missing(cluster: Cluster, { namespace, secret }: Required): Promise<Problem | undefined> {
  try {
    const found = await cluster.get({ ...typeMeta('Secret'), metadata: { name: secret.name, namespace } });
    const data = (found?.data ?? {}) as Readonly<Record<string, string>>;
    const keys = secret.keys.map(({ key }) => key).filter((key) => data[key] === undefined);
    if (found && keys.length === 0) return unusable(cluster, namespace, secret, data);
    const create = found ? undefined : createCommand(cluster.context, namespace, secret.name, keys);
    return {
      message: found
        ? `the Secret ${namespace}/${secret.name} lacks ${keys.join(', ')}`
        : `there is no Secret ${namespace}/${secret.name}; it needs ${keys.join(', ')}`,
      advice: create ?? `kubectl --context ${cluster.context} edit secret ${secret.name} -n ${namespace}`,
    };
  } catch (error) {
    if (isForbidden(error)) return undefined;
    throw error;
  }
}

/** What is wrong with the values of a Secret; the values are not told. */
function unusable(
  { context }: Cluster,
  namespace: string,
  { name, keys }: PlannedSecret,
  data: Readonly<Record<string, string>>,
): Problem | undefined {
  const values = Object.fromEntries(
    Object.entries(data).map(([key, value]) => [key, Buffer.from(value, 'base64').toString()]),
  );
  const problems = keys.flatMap(({ key, rule }) => {
    const problem = rule === undefined ? undefined : valueProblem(rule, key, values);
    return problem === undefined ? [] : `${key} ${problem}`;
  });
  if (problems.length === 0) return undefined;
  return {
    message: `the Secret ${namespace}/${name} has no usable value: ${problems.join('; ')}`,
    advice: `kubectl --context ${context} edit secret ${name} -n ${namespace}`,
  };
}

const createCommand = (context: string, namespace: string, name: string, keys: readonly string[]): string =>
  ['kubectl', '--context', context, 'create secret generic', name, '-n', namespace]
    .concat(keys.map((key) => `--from-literal=${key}=…`))
    .join(' ');

/** Whether an object makes a Secret with each key. What a store has can't be told from outside. */
function makesWhole(object: ManifestObject | undefined, { keys }: PlannedSecret): boolean {
  const { encryptedData = {} } = (object?.spec ?? {}) as { readonly encryptedData?: object };
  return object?.kind === 'SealedSecret' ? keys.every(({ key }) => key in encryptedData) : object !== undefined;
}

/** Name of the Secret that a controller makes from an object. */
function secretMadeBy({ kind, metadata, spec }: ManifestObject): string | undefined {
  const { target, template } = (spec ?? {}) as {
    target?: { name?: string };
    template?: { metadata?: { name?: string } };
  };
  if (kind === 'Secret') return metadata?.name;
  if (kind === 'ExternalSecret') return target?.name ?? metadata?.name;
  return kind === 'SealedSecret' ? (template?.metadata?.name ?? metadata?.name) : undefined;
}
