import { z } from 'zod';

type Kinds = Readonly<Record<string, { readonly schema: z.ZodObject; readonly summary: string }>>;

/** The schema of an entry for each kind, told apart by `kind`. */
export function byKind(kinds: Kinds) {
  const options = Object.entries(kinds).map(([kind, { schema, summary }]) =>
    schema.extend({ kind: z.literal(kind).describe(summary) }),
  );
  return z.discriminatedUnion('kind', options as unknown as [z.ZodObject, ...z.ZodObject[]]);
}

/** Services by name; those that are named like their kind need not name it. */
export function servicesSchema(kinds: Kinds) {
  const namedLikeTheirKind = Object.fromEntries(
    Object.entries(kinds)
      .filter(([kind]) => kind !== 'container')
      .map(([kind, { schema, summary }]) => [
        kind,
        schema
          .extend({ kind: z.literal(kind).default(kind) })
          .optional()
          .describe(summary),
      ]),
  );
  return z.object(namedLikeTheirKind).catchall(byKind(kinds)).default({});
}
