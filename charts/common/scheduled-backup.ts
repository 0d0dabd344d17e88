import { z } from 'zod';
import { existingName, image, quantityText, resources, seconds, secretName } from './fields.ts';
import { images } from './images.ts';
import { cidr } from './network.ts';
import { scheduleField, timeZoneField } from './schedule-fields.ts';

/** How long backups are kept. */
const retention = z
  .strictObject({
    days: z.int().min(1).max(3650).default(14).describe('The age, in days, from which a backup is removed.'),
    atLeast: z
      .int()
      .min(1)
      .max(1000)
      .default(3)
      .describe(
        'The number of complete backups that stay whatever their age; the newest one that was checked also stays.',
      ),
  })
  .describe('When backups are removed from the bucket.');

const check = z.union([
  z.literal(false),
  z
    .strictObject({
      schedule: scheduleField.default('0 12 * * *'),
      storage: quantityText
        .optional()
        .describe('Size of the claim that holds the scratch database. Default: that of the service.'),
      storageClassName: existingName
        .optional()
        .describe('Storage class of this claim. Default: the cluster’s default.'),
    })
    .prefault({}),
]);

const checkText =
  'The job that restores the newest backup into a scratch database and compares the rows of each table: ' +
  '`{schedule, storage, storageClassName}`. `false` leaves it out.';

const timeLimit = seconds.min(60).describe('The longest time of a backup, of a check and of a restore.');

/** What a profile may say of the backups of its services. */
export const backupField = z
  .union([
    z.literal(false),
    z.strictObject({
      schedule: scheduleField,
      timeZone: timeZoneField,
      endpoint: z
        .string()
        .regex(
          /^https?:\/\/[a-z0-9]([-a-z0-9.]*[a-z0-9])?(:\d{1,5})?$/,
          'must be an address such as https://s3.example.com',
        )
        .default('https://s3.amazonaws.com')
        .describe('Address of the S3 API, without the bucket.'),
      bucket: z
        .string()
        .regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, 'must be the name of a bucket')
        .describe('Name of the bucket, which must exist.'),
      prefix: z
        .string()
        .regex(/^[\w.-]+(\/[\w.-]+)*$/, 'must be names with / between them')
        .optional()
        .describe('Stands before the name of every object, which is `NAMESPACE/SERVICE/TIME/…`. Default: nothing.'),
      secret: secretName
        .optional()
        .describe(
          'Secret with `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY` and, with encryption, `BACKUP_PASSPHRASE`, in each ' +
            'namespace. Default: `PROJECT-backup-store`.',
        ),
      encryption: z
        .enum(['none', 'gpg'])
        .default('none')
        .describe(
          'Whether the pod encrypts what it sends: `gpg` with AES-256 and the passphrase of the Secret. The image of the ' +
            'service must contain gpg, as those of Debian do.',
        ),
      retention: retention.prefault({}),
      timeLimitSeconds: timeLimit.default(7200),
      check: check.default(check.parse({})).describe(checkText),
      cidrs: z
        .array(cidr)
        .min(1)
        .optional()
        .describe('Addresses of the S3 API, for NetworkPolicies. Default: any address.'),
      pods: z
        .strictObject({
          namespace: existingName.describe('Namespace of its pods.'),
          labels: z.record(z.string().min(1), z.string()).optional().describe('Their labels. Default: all pods.'),
        })
        .optional()
        .describe('The pods of the S3 API, if it runs in the same cluster, for NetworkPolicies.'),
      clientImage: image(images.minioClient),
      resources: resources(['50m', '128Mi'], ['1', '512Mi']),
    }),
  ])
  .describe(
    'Scheduled backups of the PostgreSQL services in the cluster to a bucket. Not in development. `false` for none. Default: the ' +
      'value of `extends`; none in the presets.',
  );

/** The scheduled backups of a profile. */
export type Backup = Exclude<z.output<typeof backupField>, false>;

/** What a service may say of its backups. */
export const serviceBackupField = z
  .union([
    z.literal(false),
    z.strictObject({
      schedule: scheduleField.optional(),
      retention: retention.optional(),
      timeLimitSeconds: timeLimit.optional(),
      check: check.optional().describe(checkText),
    }),
  ])
  .optional()
  .describe(
    'Scheduled backups of this service, where the profile has `backup`: what is different from there. `false` for none.',
  );

/** Settings of a service that can be backed up. */
export interface BackedUpSettings {
  readonly backup?: z.output<typeof serviceBackupField>;
}

/** The keys of the Secret with which pods reach the bucket. */
export const storeKeys = ({ encryption }: Backup): readonly string[] => [
  'AWS_ACCESS_KEY_ID',
  'AWS_SECRET_ACCESS_KEY',
  ...(encryption === 'none' ? [] : ['BACKUP_PASSPHRASE']),
];
