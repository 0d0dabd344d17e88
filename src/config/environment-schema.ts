import { z } from 'zod';
import { dnsLabel, imageReference } from '../../charts/common/fields.ts';
import { globalKinds } from '../../charts/kinds.ts';

const managed = (preset: readonly string[]) =>
  z
    .array(
      z.string().regex(/^[a-z][-a-z0-9]*(\/[a-z][-a-z0-9]*)?$/, 'must be redis, minio, postgres or PROJECT/SERVICE'),
    )
    .default([...preset])
    .describe('Services that run elsewhere: `redis`, `minio`, a kind such as `postgres`, or one as `PROJECT/SERVICE`.');

const global = Object.fromEntries(
  Object.values(globalKinds).map(({ field, schema, summary, enabled }) => [
    field,
    z
      .union([z.literal(false), schema])
      .default(enabled ? (schema.parse({}) as never) : false)
      .describe(`${summary} ${enabled ? '`false` leaves it out.' : 'Left out unless it is named.'}`),
  ]),
);

/** A tag that stands for one image for ever. */
export const imageTag = z
  .string()
  .regex(/^\w[\w.-]{0,127}$/, 'must be an image tag')
  .refine((tag) => tag !== 'latest', 'may not be "latest": what runs would change without a change here');

/** What `repoctl.yaml` may say. */
export const environmentSchema = z.strictObject({
  name: dnsLabel.describe(
    "Name of the environment: the global tier's namespace, and the first part of its objects' names.",
  ),
  projects: z
    .array(z.string().min(1))
    .default(['backends/*', 'apps/*'])
    .describe('Folders that are projects if they hold `infra/project.yaml`; `*` stands for any part of a name.'),
  global: z.strictObject(global).prefault({}).describe('Services that all projects share.'),
  cluster: z
    .strictObject({
      nodeImage: imageReference
        .optional()
        .describe("Image of the cluster's nodes; KIND_NODE_IMAGE comes first. Default: kind's own."),
    })
    .prefault({})
    .describe('The development cluster that `repoctl up` makes.'),
  profiles: z
    .strictObject({
      external: z
        .strictObject({ managed: managed(['redis', 'minio', 'postgres']) })
        .prefault({})
        .describe('Development against managed services.'),
      production: z
        .strictObject({
          managed: managed([]),
          images: z
            .strictObject({
              registry: z
                .string()
                .regex(
                  /^[a-z0-9][a-z0-9._-]*(:\d+)?(\/[a-z0-9][a-z0-9._-]*)*$/,
                  'must be a registry and path such as registry.example.com/team',
                )
                .describe('Where images are pulled from, without the last part of their names.'),
              tag: imageTag.optional().describe('Tag of every image. Default: that of `--image-tag`.'),
            })
            .optional()
            .describe('Needed for the production profile if a project builds images.'),
        })
        .prefault({})
        .describe('Real clusters.'),
    })
    .prefault({})
    .describe('What differs between profiles.'),
});

export type EnvironmentInput = z.output<typeof environmentSchema>;
