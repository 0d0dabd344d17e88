import { z } from 'zod';
import { existingName } from './fields.ts';

/** What a sealed value is good for, by the words of kubeseal. */
export const sealingScopes = ['strict', 'namespace-wide', 'cluster-wide'] as const;

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
    z.strictObject({
      certificate: z
        .string()
        .min(1)
        .describe('File with the certificate of the Sealed Secrets controller, from the folder of repoctl.yaml.'),
      scope: z
        .enum(sealingScopes)
        .default('strict')
        .describe('What a sealed value is good for: its Secret alone, its namespace, or the whole cluster.'),
    }),
  ])
  .describe(
    'Where Secrets come from: `existing`, made by the people who run the cluster, or a store of the External Secrets Operator: ' +
      '`{store, kind, prefix, refreshInterval}`, or sealed values that `repoctl secrets seal` writes into sealed-secrets.yaml: ' +
      '`{certificate, scope}`. Not in development. Default: that of `extends`, which begins with `existing`.',
  );

/** A store of the External Secrets Operator. */
export type SecretStore = Extract<z.output<typeof secretsField>, { readonly store: string }>;

/** Sealed values by key, by Secret as `NAMESPACE/SECRET`. */
export type SealedValues = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** How Secrets are sealed for the Sealed Secrets controller of a cluster. */
export interface Sealing {
  /** Path of its certificate, relative to the root. */
  readonly certificate: string;
  readonly scope: (typeof sealingScopes)[number];
  readonly values: SealedValues;
}
