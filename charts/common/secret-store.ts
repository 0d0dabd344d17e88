import { z } from 'zod';
import { existingName } from './fields.ts';

/** Where the Secrets of real clusters come from. */
export const secretsField = z
  .union([
    z.literal('existing'),
    z.strictObject({
      store: existingName.describe('Name of the store: of AWS, Vault, Google Cloud …'),
      kind: z.enum(['ClusterSecretStore', 'SecretStore']).default('ClusterSecretStore').describe('What the store is.'),
      prefix: z
        .string()
        .regex(/^[\w./-]*$/, 'must be letters, digits and _ . / -')
        .default('')
        .describe('Stands before the name of every entry, which is `NAMESPACE/SECRET`; its properties are the keys.'),
      refreshInterval: z
        .string()
        .regex(/^(\d+[hms])+$/, 'must be a duration such as 1h')
        .default('1h')
        .describe('How often the store is asked.'),
    }),
  ])
  .describe(
    'Where Secrets come from: `existing`, made by the people who run the cluster, or a store of the External Secrets Operator: ' +
      '`{store, kind, prefix, refreshInterval}`. Not in development. Default: that of `extends`, which begins with `existing`.',
  );

/** A store of the External Secrets Operator. */
export type SecretStore = Exclude<z.output<typeof secretsField>, string>;
