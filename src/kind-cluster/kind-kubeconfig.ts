import { isDeepStrictEqual } from 'node:util';
import { parse } from 'yaml';
import { contextOf } from '../config/kind-config.ts';
import { UsageError } from '../platform/errors.ts';
import { run } from '../platform/process/run.ts';
import { kindPath } from '../platform/process/tool-path.ts';

interface Kubeconfig {
  readonly clusters?: readonly { readonly cluster: { readonly server?: string } & Record<string, unknown> }[];
}

/** The arguments with which kind uses this kubeconfig. */
export const kubeconfigArguments = (file: string | undefined): string[] => (file ? ['--kubeconfig', file] : []);

/**
 * Ensures that the kubeconfig has the context of a running cluster. It becomes the current one only if it is new.
 *
 * @returns whether it had to be written
 * @throws UsageError if the kubeconfig can't be read
 */
export async function ensureContext(cluster: string, file: string | undefined): Promise<boolean> {
  const kind = await kindPath();
  const given = parse(await run(kind, ['get', 'kubeconfig', '--name', cluster])) as Kubeconfig;
  const { server, 'certificate-authority-data': authority } = given.clusters?.[0]?.cluster ?? {};
  if (isDeepStrictEqual(await written(cluster, file), { server, authority })) return false;
  await run(kind, ['export', 'kubeconfig', '--name', cluster, ...kubeconfigArguments(file)]);
  return true;
}

/** Whether the kubeconfig knows a cluster: kind writes it there when it has made one. */
export const hasContext = async (cluster: string, file: string | undefined): Promise<boolean> =>
  (await written(cluster, file)) !== undefined;

/** Where the context of a cluster leads; `undefined` if there is none. */
async function written(cluster: string, file: string | undefined) {
  const { KubeConfig } = await import('@kubernetes/client-node');
  const config = new KubeConfig();
  try {
    if (file) config.loadFromFile(file);
    else config.loadFromDefault();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new UsageError(
      `can't read the kubeconfig: ${(error as Error).message}`,
      'Name another with --kubeconfig or $KUBECONFIG',
      { cause: error },
    );
  }
  const context = config.getContextObject(contextOf(cluster));
  const found = context && config.getCluster(context.cluster);
  return found ? { server: found.server, authority: found.caData } : undefined;
}
