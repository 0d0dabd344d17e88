import { S3Client } from '@aws-sdk/client-s3';
import { typeMeta } from '../../charts/common/api-versions.ts';
import type { Cluster } from '../cluster/client.ts';
import { portForward } from '../cluster/port-forward.ts';
import { ClusterError, CommandError, FailureError } from '../platform/errors.ts';
import { type ServicePod, waitForPod } from './service-pods.ts';

/** A server with the S3 API, and what a project has in it. */
export interface ObjectStore extends ServicePod {
  readonly port: number;
  readonly accessKey: string;
  /** Where the secret key is, in the project's namespace. */
  readonly secret: { readonly namespace: string; readonly name: string; readonly key: string };
  /** Names of the project's buckets, as the store knows them. */
  readonly buckets: readonly string[];
}

/**
 * Does something with the project's object store, with the project's own rights, through a port of this machine.
 *
 * @throws FailureError with what the store answered
 */
export async function withObjectStore<Result>(
  cluster: Cluster,
  store: ObjectStore,
  work: (client: S3Client) => Promise<Result>,
  signal?: AbortSignal,
): Promise<Result> {
  await waitForPod(cluster, store, { signal });
  const secretAccessKey = await secretKey(cluster, store);
  const { namespace, object: service, port } = store;
  const forwarding = await portForward(cluster, { namespace, service, port });
  // The SDK warns about the Node version that its later versions need, although this version is pinned.
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';
  const client = new S3Client({
    endpoint: `http://127.0.0.1:${forwarding.port}`,
    region: 'us-east-1',
    forcePathStyle: true,
    // A store that hangs would be waited for without an end.
    requestHandler: { connectionTimeout: 30_000, socketTimeout: 120_000 },
    credentials: { accessKeyId: store.accessKey, secretAccessKey },
    // Not every store knows the checksums that newer clients add by themselves.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
  });
  const stop = () => client.destroy();
  signal?.addEventListener('abort', stop);
  try {
    return await work(client);
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof CommandError) throw error;
    const { name, message } = error as Error;
    throw new FailureError(
      `${store.object} in ${store.namespace}: ${name}: ${message}`,
      `repoctl infra project logs ${store.namespace} ${store.service} --tail 20`,
      { cause: error },
    );
  } finally {
    signal?.removeEventListener('abort', stop);
    client.destroy();
    await forwarding.close();
  }
}

/** The key that the project's workloads use: what the cluster has, whatever the `.env` says by now. */
async function secretKey(cluster: Cluster, { secret: { namespace, name, key } }: ObjectStore): Promise<string> {
  const reference = { ...typeMeta('Secret'), metadata: { namespace, name } };
  const secret = await cluster.get<{ data?: Record<string, string> }>(reference);
  const value = secret?.data?.[key];
  if (value) return Buffer.from(value, 'base64').toString();
  throw new ClusterError(
    `the Secret ${namespace}/${name} of ${cluster.context} has no ${key}`,
    `repoctl infra project start ${namespace}`,
  );
}
