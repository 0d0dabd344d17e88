import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { S3Client } from '@aws-sdk/client-s3';
import { z } from 'zod';
import { type MinioUse, minioPorts } from '../../../charts/constructs/minio.ts';
import { bucketName, minioUser } from '../../../charts/constructs/minio-buckets.ts';
import { connections, useOf } from '../../../charts/wiring.ts';
import { FailureError } from '../../platform/errors.ts';
import { counted, size } from '../../platform/text.ts';
import { deleteObjects, hasBucket, measureBucket, restoreBucket, saveBucket } from '../bucket.ts';
import { writeText } from '../checked-file.ts';
import type { Copies, DataStore, HeldData, StoreKind } from '../data-store.ts';
import { objectListText, parseObjectList } from '../object-list.ts';
import { type ObjectStore, withObjectStore } from '../object-store.ts';
import { fileOf, isPart, type PartKind, partFields } from '../part.ts';
import { globalPod, imageOf, podOf } from '../service-pods.ts';

const schema = z.object({
  kind: z.literal('bucket'),
  ...partFields,
  bucket: z.string().min(1),
  /** How many objects there are, and their size. */
  objects: z.int().min(0),
  bytes: z.int().min(0),
});

type BucketPart = z.output<typeof schema>;

const objectsOf = async (part: BucketPart, folder: string) => {
  const { path } = fileOf(part);
  return parseObjectList(await readFile(join(folder, path), 'utf8'), path);
};

/** A bucket. Its file lists the objects, each of which has a file of its own. */
export const bucketPart: PartKind<BucketPart> & { readonly schema: typeof schema } = {
  kind: 'bucket',
  schema,
  describe: ({ bucket }) => `bucket ${bucket}`,
  moreFiles: objectsOf,
};

const copiesOf = (store: ObjectStore): Copies => ({
  async save({ cluster, folder, signal, report }) {
    const { service, buckets } = store;
    const serverVersion = await imageOf(cluster, store);
    const save = async (client: S3Client, bucket: string): Promise<BucketPart> => {
      if (!(await hasBucket(client, bucket)))
        throw new FailureError(`there is no bucket ${bucket}`, 'repoctl infra global start creates it');
      const path = `buckets/${bucket}`;
      const objects = await saveBucket(client, bucket, folder, path, signal);
      const list = await writeText(folder, `${path}.jsonl`, objectListText(objects));
      const bytes = objects.reduce((sum, object) => sum + object.bytes, 0);
      report(`${service}: bucket ${bucket}, ${counted(objects.length, 'object')}, ${size(bytes)}`);
      return { kind: 'bucket', service, serverVersion, bucket, objects: objects.length, bytes, files: [list] };
    };
    const parts: BucketPart[] = [];
    await withObjectStore(
      cluster,
      store,
      async (client) => {
        for (const bucket of buckets) parts.push(await save(client, bucket));
      },
      signal,
    );
    return parts;
  },
  place(part, { project, from }) {
    if (!isPart(bucketPart, part) || part.service !== store.service) return undefined;
    const bucket = `${project}${part.bucket.slice(from.length)}`;
    if (!store.buckets.includes(bucket)) return undefined;
    return {
      what: `${store.service} bucket ${bucket}`,
      atomic: false,
      async restore({ cluster, folder, signal }) {
        const entries = await objectsOf(part, folder);
        const restore = (client: S3Client) => restoreBucket(client, bucket, folder, entries, signal);
        const deleted = await withObjectStore(cluster, store, restore, signal);
        return `${counted(entries.length, 'object')}${deleted > 0 ? `, ${counted(deleted, 'other')} deleted` : ''}`;
      },
    };
  },
});

const storeOf = (store: ObjectStore): DataStore => ({
  server: store,
  copies: copiesOf(store),
  describe: (cluster, signal) =>
    withObjectStore(
      cluster,
      store,
      async (client) => {
        const held: HeldData[] = [];
        for (const bucket of store.buckets) {
          const measured = await measureBucket(client, bucket);
          if (!measured) continue;
          const { objects, bytes } = measured;
          const line = `${store.service}: bucket ${bucket}, ${counted(objects, 'object')}, ${size(bytes)}`;
          held.push({ line, filled: objects > 0 });
        }
        return held;
      },
      signal,
    ),
  erase: (cluster, report) =>
    withObjectStore(cluster, store, async (client) => {
      for (const bucket of store.buckets) {
        if (!(await hasBucket(client, bucket))) continue;
        report(`deleted ${counted(await deleteObjects(client, bucket), 'object')} of bucket ${bucket}`);
      }
    }),
});

/** MinIO: a project's own buckets, object by object, while the service runs. Erasing one deletes its objects, not the bucket. */
export const minioStore: StoreKind = {
  locate(service, { environment, profile, project }) {
    const secret = connections(environment, profile, project).get(service.name)?.secret;
    const key = secret?.keys[0]?.key;
    if (!secret || !key) throw new TypeError(`${project.name} has no connection to ${service.name}`);
    return storeOf({
      ...podOf(service, 'minio'),
      port: minioPorts.s3,
      accessKey: minioUser(project.name),
      secret: { namespace: project.namespace, name: secret.name, key },
      buckets: (useOf(project, service) as MinioUse).buckets.map((bucket) => bucketName(project.name, bucket)),
    });
  },
  locateLeft(_servers, { environment, project, variables }) {
    const pod = globalPod(environment, 'minio');
    const accessKey = variables.get('AWS_ACCESS_KEY_ID')?.value;
    const secret = variables.get('AWS_SECRET_ACCESS_KEY')?.valueFrom?.secretKeyRef;
    const endpoint = variables.get('AWS_ENDPOINT_URL_S3')?.value;
    const buckets = [...variables.values()].flatMap(({ name, value }) =>
      name.startsWith('S3_BUCKET_') && value !== undefined ? [value] : [],
    );
    if (!accessKey || !secret || buckets.length === 0) return [];
    if (!endpoint?.includes(`${pod.object}.${pod.namespace}`)) return [];
    const store = { ...pod, port: minioPorts.s3, accessKey, buckets };
    return [storeOf({ ...store, secret: { namespace: project.namespace, ...secret } })];
  },
};
