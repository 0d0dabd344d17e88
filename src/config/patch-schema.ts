import { z } from 'zod';
import { dnsLabel } from '../../charts/common/fields.ts';
import type { Patch } from '../../charts/model.ts';
import { locate } from './yaml-file.ts';

const pointer = z
  .string()
  .regex(/^(\/([^~/]|~[01])*)*$/, 'must be a JSON pointer such as /spec/template/metadata/labels')
  .describe('JSON pointer; `~1` stands for `/` in a name, `-` for the end of a list.');

const value = z.unknown().refine((given) => given !== undefined, 'required, but not given');

const operation = z.discriminatedUnion('op', [
  z.strictObject({ op: z.literal('add'), path: pointer, value }),
  z.strictObject({ op: z.literal('replace'), path: pointer, value }),
  z.strictObject({ op: z.literal('test'), path: pointer, value }),
  z.strictObject({ op: z.literal('remove'), path: pointer }),
  z.strictObject({ op: z.literal('move'), from: pointer, path: pointer }),
  z.strictObject({ op: z.literal('copy'), from: pointer, path: pointer }),
]);

const target = z
  .strictObject({
    kind: z.string().min(1).optional().describe('Kind of the object: `Deployment`.'),
    name: z.string().min(1).optional().describe('Name of the object: `turfoo-api`; for a job, without the hash.'),
    labels: z.record(z.string(), z.string()).optional().describe('Labels of the object.'),
  })
  .refine((given) => Object.keys(given).length > 0, 'must name a kind, a name or labels');

/** What a patch may say. */
export const patchSchema = z
  .strictObject({
    target: target.describe('The objects to change: those that match every field.'),
    profiles: z
      .array(dnsLabel)
      .min(1)
      .optional()
      .describe('The profiles, with those that extend them, in which the patch applies. Default: all.'),
    merge: z
      .record(z.string(), z.unknown())
      .optional()
      .describe(
        'A JSON merge patch (RFC 7396): maps are merged, lists and values are replaced, and null removes a field.',
      ),
    operations: z
      .array(operation)
      .min(1)
      .optional()
      .describe('A JSON patch (RFC 6902): add, replace, remove, move, copy and test.'),
  })
  .refine(
    ({ merge, operations }) => (merge === undefined) !== (operations === undefined),
    'needs either merge or operations',
  );

/** The patches of a file with where they stand. */
export const placedPatches = (file: string, text: string, given: readonly z.output<typeof patchSchema>[]): Patch[] =>
  given.map((patch, index) => ({ file, ...locate(text, { path: ['patches', index] }), ...patch }));
