import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import {
  CreateBucketCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadBucketCommand,
  ListObjectsV2Command,
  NoSuchKey,
  type S3Client,
} from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { eachOf } from '../platform/each-of.ts';
import { FailureError } from '../platform/errors.ts';
import { openFile, writeChecked } from './checked-file.ts';
import type { ObjectEntry } from './object-list.ts';

/** An object of a bucket. */
export interface StoredObject {
  readonly key: string;
  readonly bytes: number;
}

/** The objects of a bucket, a page at a time. */
export async function* listObjects(client: S3Client, bucket: string): AsyncGenerator<StoredObject[]> {
  let ContinuationToken: string | undefined;
  do {
    const page = await client.send(new ListObjectsV2Command({ Bucket: bucket, ContinuationToken }));
    yield (page.Contents ?? []).map(({ Key = '', Size = 0 }) => ({ key: Key, bytes: Size }));
    ContinuationToken = page.IsTruncated ? page.NextContinuationToken : undefined;
  } while (ContinuationToken);
}

/** How many objects a bucket has, and their size; `undefined` if there is no such bucket. */
export async function measureBucket(client: S3Client, bucket: string) {
  if (!(await hasBucket(client, bucket))) return undefined;
  let objects = 0;
  let bytes = 0;
  for await (const page of listObjects(client, bucket)) {
    objects += page.length;
    for (const each of page) bytes += each.bytes;
  }
  return { objects, bytes };
}

/** Whether there is a bucket of this name. @throws Error of the S3 client if the server refuses or can't be reached */
export async function hasBucket(client: S3Client, bucket: string): Promise<boolean> {
  try {
    await client.send(new HeadBucketCommand({ Bucket: bucket }));
    return true;
  } catch (error) {
    const { $metadata, name } = error as { $metadata?: { httpStatusCode?: number }; name?: string };
    if ($metadata?.httpStatusCode === 404 || name === 'NoSuchBucket') return false;
    throw error;
  }
}

/**
 * Copies the objects of a bucket into files. Keys may be anything, so the files have numbers.
 *
 * @param path of the files' folder, in the backup's folder
 * @returns the objects that were there, in the order of their keys
 */
export async function saveBucket(
  client: S3Client,
  bucket: string,
  folder: string,
  path: string,
  signal?: AbortSignal,
): Promise<ObjectEntry[]> {
  const entries: ObjectEntry[] = [];
  let number = 0;
  for await (const page of listObjects(client, bucket)) {
    const numbered = page.map(({ key }) => ({ key, number: number++ }));
    await eachOf(numbered, async ({ key, number }) => {
      signal?.throwIfAborted();
      const thousand = String(Math.floor(number / 1000)).padStart(4, '0');
      const entry = await saveObject(client, bucket, key, folder, `${path}/${thousand}/${number}`, signal);
      if (entry) entries.push(entry);
    });
  }
  return entries.sort((one, other) => (one.key < other.key ? -1 : 1));
}

async function saveObject(
  client: S3Client,
  Bucket: string,
  Key: string,
  folder: string,
  path: string,
  signal?: AbortSignal,
): Promise<ObjectEntry | undefined> {
  let answer: Awaited<ReturnType<typeof get>>;
  const get = () => client.send(new GetObjectCommand({ Bucket, Key }), { abortSignal: signal });
  try {
    answer = await get();
  } catch (error) {
    // Deleted since it was listed.
    if (error instanceof NoSuchKey) return undefined;
    throw error;
  }
  const written = await writeChecked(folder, path, (output) => pipeline(answer.Body as Readable, output, { signal }));
  if (answer.ContentLength !== undefined && written.bytes !== answer.ContentLength)
    throw new FailureError(`${Bucket}/${Key}: ${written.bytes} of ${answer.ContentLength} bytes arrived`);
  const tags = answer.TagCount
    ? (await client.send(new GetObjectTaggingCommand({ Bucket, Key }))).TagSet?.map(({ Key = '', Value = '' }) => ({
        Key,
        Value,
      }))
    : undefined;
  const { result: _, ...file } = written;
  return {
    key: Key,
    ...file,
    contentType: answer.ContentType,
    cacheControl: answer.CacheControl,
    contentDisposition: answer.ContentDisposition,
    contentEncoding: answer.ContentEncoding,
    contentLanguage: answer.ContentLanguage,
    metadata: answer.Metadata && Object.keys(answer.Metadata).length > 0 ? answer.Metadata : undefined,
    tags,
  };
}

/**
 * Makes a bucket hold exactly the objects of a backup. It can be done again after it was cut short.
 *
 * @returns how many others were deleted
 */
export async function restoreBucket(
  client: S3Client,
  bucket: string,
  folder: string,
  entries: readonly ObjectEntry[],
  signal?: AbortSignal,
): Promise<number> {
  if (!(await hasBucket(client, bucket))) await client.send(new CreateBucketCommand({ Bucket: bucket }));
  await eachOf(entries, async (entry) => {
    signal?.throwIfAborted();
    await uploadObject(client, bucket, folder, entry, signal);
  });
  const kept = new Set(entries.map(({ key }) => key));
  return deleteObjects(client, bucket, ({ key }) => !kept.has(key), signal);
}

async function uploadObject(
  client: S3Client,
  Bucket: string,
  folder: string,
  entry: ObjectEntry,
  signal?: AbortSignal,
): Promise<void> {
  const tagging = new URLSearchParams(
    (entry.tags ?? []).map(({ Key, Value }): [string, string] => [Key, Value]),
  ).toString();
  const upload = new Upload({
    client,
    queueSize: 1,
    params: {
      Bucket,
      Key: entry.key,
      Body: entry.bytes === 0 ? Buffer.alloc(0) : openFile(folder, entry.path),
      ContentType: entry.contentType,
      CacheControl: entry.cacheControl,
      ContentDisposition: entry.contentDisposition,
      ContentEncoding: entry.contentEncoding,
      ContentLanguage: entry.contentLanguage,
      Metadata: entry.metadata,
      Tagging: tagging === '' ? undefined : tagging,
    },
  });
  const abort = () => void upload.abort();
  signal?.addEventListener('abort', abort);
  try {
    await upload.done();
  } finally {
    signal?.removeEventListener('abort', abort);
  }
}

/** Deletes objects of a bucket. @returns how many */
export async function deleteObjects(
  client: S3Client,
  bucket: string,
  wanted: (object: StoredObject) => boolean = () => true,
  signal?: AbortSignal,
): Promise<number> {
  let deleted = 0;
  for await (const page of listObjects(client, bucket)) {
    signal?.throwIfAborted();
    const Objects = page.filter(wanted).map(({ key }) => ({ Key: key }));
    if (Objects.length === 0) continue;
    const { Errors = [] } = await client.send(
      new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects, Quiet: true } }),
    );
    const [first] = Errors;
    if (first) throw new FailureError(`${bucket}/${first.Key} can't be deleted: ${first.Message}`);
    deleted += Objects.length;
  }
  return deleted;
}
