import { z } from 'zod';
import { UsageError } from '../platform/errors.ts';
import { backupFile, damagedAdvice } from './part.ts';

/** A line of a bucket's list: an object, and the file that holds it. */
const objectEntry = z.object({
  key: z.string().min(1),
  ...backupFile.shape,
  contentType: z.string().optional(),
  cacheControl: z.string().optional(),
  contentDisposition: z.string().optional(),
  contentEncoding: z.string().optional(),
  contentLanguage: z.string().optional(),
  metadata: z.record(z.string(), z.string()).optional(),
  tags: z.array(z.object({ Key: z.string(), Value: z.string() })).optional(),
});

export type ObjectEntry = z.output<typeof objectEntry>;

/**
 * The objects in the text of a bucket's list, one JSON object a line.
 *
 * @throws UsageError if a line is none
 */
export function parseObjectList(text: string, path: string): ObjectEntry[] {
  const lines = text.split('\n').filter((line) => line !== '');
  return lines.map((line, index) => {
    try {
      return objectEntry.parse(JSON.parse(line));
    } catch (error) {
      throw new UsageError(`${path}:${index + 1} does not describe an object`, damagedAdvice, { cause: error });
    }
  });
}

/** A list of objects as a file: a line of JSON for each. */
export const objectListText = (objects: readonly ObjectEntry[]): string =>
  objects.map((object) => `${JSON.stringify(object)}\n`).join('');
