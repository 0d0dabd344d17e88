import { z } from 'zod';
import { dnsLabel, imageReference, secretName } from '../../charts/common/fields.ts';
import { pullPolicies } from '../../charts/common/image-pull.ts';
import { networkField } from '../../charts/common/network.ts';
import { globalKinds, serviceKinds } from '../../charts/kinds.ts';
import { patchSchema } from './patch-schema.ts';
import { maximumPortOffset } from './port-offset.ts';
import { servicesSchema } from './services-schema.ts';

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

const registryPath = z
  .string()
  .regex(
    /^[a-z0-9][a-z0-9._-]*(:\d+)?(\/[a-z0-9][a-z0-9._-]*)*$/,
    'must be a registry and path such as registry.example.com/team',
  )
  .describe('A registry and path.');

const profile = z.strictObject({
  extends: z
    .string()
    .optional()
    .describe('Profile that says whatever this one does not say. Required but for local, external and production.'),
  managed: z
    .array(
      z.string().regex(/^[a-z][-a-z0-9]*(\/[a-z][-a-z0-9]*)?$/, 'must be redis, minio, postgres or PROJECT/SERVICE'),
    )
    .optional()
    .describe(
      'Services that run elsewhere: `redis`, `minio`, a kind such as `postgres`, or one as `PROJECT/SERVICE`. Default: ' +
        'that of `extends`; redis, minio and postgres in `external`, none in `local` and `production`.',
    ),
  images: z
    .strictObject({
      registry: registryPath.optional().describe('Where images are pulled from, without the last part of their names.'),
      tag: imageTag.optional().describe('Tag of every image. Default: that of `--image-tag`.'),
      digests: z
        .record(
          dnsLabel,
          z.string().regex(/^sha256:[0-9a-f]{64}$/, 'must be a digest: sha256: and 64 hexadecimal digits'),
        )
        .optional()
        .describe('Digests in place of the tag, by name of the image: `turfoo-app: sha256:…`.'),
    })
    .optional()
    .describe(
      'Where the images come from that projects build. Needed for real clusters if any is built; development builds its own. ' +
        'Each field that is left out is that of `extends`.',
    ),
  pull: z
    .strictObject({
      mirror: z
        .union([
          registryPath,
          z.record(
            z.string().regex(/^(\*|[a-z0-9.-]+(:\d+)?)$/, 'must be a registry such as docker.io, or *'),
            registryPath,
          ),
        ])
        .optional()
        .describe(
          'Registry and path that stand in place of the registry of every image that is not built here, ours included: ' +
            '`busybox` becomes `MIRROR/library/busybox`. A map has one for each registry: `docker.io: …`, ' +
            '`ghcr.io: …`, and `*` for all others.',
        ),
      secrets: z
        .array(secretName)
        .optional()
        .describe('Secrets for registries that want a login; they have to be in every namespace.'),
      policy: z
        .enum(pullPolicies)
        .optional()
        .describe('When an image is pulled. Images that are built on this machine are never. Default: IfNotPresent.'),
    })
    .optional()
    .describe('How images are pulled. Each field that is left out is that of `extends`.'),
  quota: z
    .boolean()
    .optional()
    .describe(
      'Whether each namespace has a ResourceQuota and a LimitRange of what is in it. Default: that of `extends`; true in ' +
        '`production`, false in `local` and `external`.',
    ),
  network: networkField
    .optional()
    .describe('Who may connect with whom. Each field that is left out is that of `extends`.'),
  namespacePrefix: z
    .string()
    .max(10)
    .regex(/^[a-z][-a-z0-9]*$/, 'must be lower-case letters, digits and "-", beginning with a letter')
    .optional()
    .describe(
      'Stands before the name of every namespace, such as `staging-`, so that environments share a cluster. Default: that ' +
        'of `extends`, which begins with nothing.',
    ),
  namespaceSuffix: z
    .string()
    .max(10)
    .regex(/^[-a-z0-9]*[a-z0-9]$/, 'must be lower-case letters, digits and "-", ending with a letter or a digit')
    .optional()
    .describe('Stands behind the name of every namespace. Default: that of `extends`, which begins with nothing.'),
  hostPorts: z
    .boolean()
    .optional()
    .describe('Whether services have fixed ports on your machine. Default: that of `extends`, which begins with true.'),
  portOffset: z
    .int()
    .min(0)
    .max(maximumPortOffset)
    .optional()
    .describe(
      'Added to every fixed port of your machine in development, so that two environments don’t meet. ' +
        'REPOCTL_PORT_OFFSET is added to it. Default: that of `extends`, which begins with 0.',
    ),
});

/** What `repoctl.yaml` may say. */
export const environmentSchema = z.strictObject({
  name: dnsLabel.describe(
    "Name of the environment: the global tier's namespace, and the first part of its objects' names.",
  ),
  projects: z
    .array(z.string().min(1))
    .default(['backends/*', 'apps/*'])
    .describe('Folders that are projects if they hold `infra/project.yaml`; `*` stands for any part of a name.'),
  global: z
    .strictObject({
      ...global,
      services: servicesSchema(serviceKinds).describe(
        'Others by name, of any kind; a project has them that says `uses: { NAME: {} }`. One that is named like its kind ' +
          'need not say `kind`.',
      ),
    })
    .prefault({})
    .describe('Services that all projects share.'),
  cluster: z
    .strictObject({
      context: z
        .string()
        .regex(/^[^\s\p{Cc}]{1,253}$/u, 'must be the name of a context of the kubeconfig')
        .optional()
        .describe(
          'Context of the kubeconfig, where the cluster is not the kind cluster of kind-config.yaml but one of minikube, ' +
            'k3d, Docker Desktop, Rancher Desktop or Colima, or a remote one for development. KIND_CLUSTER_NAME comes first.',
        ),
      nodeImage: imageReference
        .optional()
        .describe("Image of the cluster's nodes; KIND_NODE_IMAGE comes first. Default: kind's own."),
    })
    .prefault({})
    .describe('The development cluster: every command works on it, whatever the current context is.'),
  patches: z
    .array(patchSchema)
    .default([])
    .describe("Changes to the global tier's objects, after everything else was said. A project's are in its own file."),
  chartTimeLimitSeconds: z
    .int()
    .min(1)
    .max(3600)
    .default(30)
    .describe("How long a project's `infra/chart.ts` may run before it is stopped."),
  profiles: z
    .record(dnsLabel, profile)
    .default({})
    .describe(
      'What the manifests are for, by name. `local` and `external` (development), and `production` exist without being ' +
        'named; others extend one of them.',
    ),
});

export type EnvironmentInput = z.output<typeof environmentSchema>;
