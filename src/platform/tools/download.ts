import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { type GetOptions, get } from './get.ts';
import { TransferError } from './transfer-error.ts';

/** How far a download is, in bytes; the total is not known of every one. */
export type OnBytes = (received: number, total: number | undefined) => void;

/**
 * Writes what a URL gives into a new file.
 *
 * @returns its SHA-256, in hexadecimal
 * @throws TransferError; then the file may hold a part
 */
export async function download(url: URL, file: string, options: GetOptions, onBytes: OnBytes): Promise<string> {
  const response = await get(url, options);
  const length = response.headers['content-length'];
  const total = length === undefined ? undefined : Number(length);
  const hash = createHash('sha256');
  let received = 0;
  onBytes(0, total);
  try {
    await pipeline(
      response,
      async function* (chunks: AsyncIterable<Buffer>) {
        for await (const chunk of chunks) {
          hash.update(chunk);
          received += chunk.length;
          onBytes(received, total);
          yield chunk;
        }
      },
      createWriteStream(file, { flags: 'wx', flush: true }),
    );
  } catch (error) {
    throw explain(error, url, total === undefined ? `${received}` : `${received} of ${total}`);
  }
  return hash.digest('hex');
}

function explain(error: unknown, url: URL, bytes: string): TransferError {
  if (error instanceof TransferError) return error;
  const { code, syscall, message } = error as NodeJS.ErrnoException;
  if (syscall === 'write' || syscall === 'open' || syscall === 'fsync' || syscall === 'close')
    return new TransferError('disk', message, { cause: error });
  return new TransferError('broken', `${url.host} broke off after ${bytes} bytes (${code ?? message})`, {
    cause: error,
  });
}

/** The longest list of checksums that is read, in bytes. */
const longest = 1_000_000;

/**
 * Reads a text that a URL gives.
 *
 * @throws TransferError
 */
export async function readText(url: URL, options: GetOptions): Promise<string> {
  const response = await get(url, options);
  let text = '';
  try {
    for await (const chunk of response.setEncoding('utf8')) {
      text += chunk;
      if (text.length > longest) throw new TransferError('checksum', `${url} is longer than a list of checksums is`);
    }
  } catch (error) {
    throw explain(error, url, `${text.length}`);
  }
  return text;
}
