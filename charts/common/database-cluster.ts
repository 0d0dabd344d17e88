import { z } from 'zod';
import { existingName, quantityText } from './fields.ts';

const archiveName = z
  .string()
  .regex(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/, 'must be lower-case letters, digits and "-"')
  .max(50);

/** A PostgreSQL service as a Cluster of the CloudNativePG operator. */
export const databaseClusterField = z
  .strictObject({
    instances: z.int().min(1).max(50).default(3).describe('Number of servers: one primary, the others its replicas.'),
    storageClassName: existingName.optional().describe('Storage class of the claims. Default: the cluster’s default.'),
    walStorage: quantityText
      .optional()
      .describe('Size of a claim of its own for the write-ahead log. Default: the log is in the claim of the data.'),
    synchronous: z
      .int()
      .min(1)
      .max(49)
      .optional()
      .describe('How many replicas must have a transaction before it is committed. Default: none, replicas follow.'),
    archive: archiveName
      .optional()
      .describe('Folder of its backups and log in the bucket of `backup`. Default: the name of its objects.'),
    recovery: z
      .strictObject({
        archive: archiveName.describe('Folder in the bucket that it begins from.'),
        time: z
          .string()
          .regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)$/, 'must be a time such as 2026-11-27T09:30:00Z')
          .optional()
          .describe('The moment that its data is of. Default: the latest that was archived.'),
      })
      .optional()
      .describe('Begins with the data of an archive. Only read when the Cluster is made.'),
  })
  .optional()
  .describe(
    'Runs it on real clusters as a Cluster of the CloudNativePG operator, with replicas, failover and, with `backup` of the profile, ' +
      'recovery to a point in time. Development has one server.',
  );

/** A PostgreSQL service as a Cluster, as the configuration gives it. */
export type DatabaseCluster = NonNullable<z.output<typeof databaseClusterField>>;
