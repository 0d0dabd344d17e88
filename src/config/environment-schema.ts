import { z } from 'zod';
import { dnsLabel, imageReference, secretName } from '../../charts/common/fields.ts';
import { pullPolicies } from '../../charts/common/image-pull.ts';
import { monitoringField } from '../../charts/common/monitoring.ts';
import { networkField } from '../../charts/common/network.ts';
import { backupField } from '../../charts/common/scheduled-backup.ts';
import { secretsField } from '../../charts/common/secret-store.ts';
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
  .refine((tag) => tag !== 'latest', 'may not be "latest": the image would change without a change here');

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
    .describe(
      'The profile that this one is based on: fields that are left out keep its values. Required, except for local, external and production.',
    ),
  managed: z
    .array(
      z.string().regex(/^[a-z][-a-z0-9]*(\/[a-z][-a-z0-9]*)?$/, 'must be redis, minio, postgres or PROJECT/SERVICE'),
    )
    .optional()
    .describe(
      'Managed services, which do not run in the cluster: `redis`, `minio`, a kind such as `postgres`, or one as `PROJECT/SERVICE`. Default: ' +
        'that of `extends`; redis, minio and postgres in `external`, none in `local` and `production`.',
    ),
  images: z
    .strictObject({
      registry: registryPath
        .optional()
        .describe('The registry and path that images are pulled from, without the last part of their names.'),
      tag: imageTag.optional().describe('Tag of every image. Default: the value of `--image-tag`.'),
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
      'The images that projects build. Required for real clusters if a project builds one; development builds them on your machine. ' +
        'A field that is left out keeps the value of `extends`.',
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
          'A registry and path that replaces the registry of every image that is not built here, including repoctl’s own: ' +
            '`busybox` becomes `MIRROR/library/busybox`. A map has one for each registry: `docker.io: …`, ' +
            '`ghcr.io: …`, and `*` for all others.',
        ),
      secrets: z
        .array(secretName)
        .optional()
        .describe('Pull Secrets for registries with a login; they must exist in every namespace.'),
      policy: z
        .enum(pullPolicies)
        .optional()
        .describe('When images are pulled, except those that are built on this machine. Default: IfNotPresent.'),
    })
    .optional()
    .describe('How images are pulled. A field that is left out keeps the value of `extends`.'),
  secrets: secretsField.optional(),
  reloader: z
    .boolean()
    .optional()
    .describe(
      'Whether Stakater Reloader starts pods again when one of their Secrets or ConfigMaps changes: an annotation of their ' +
        'controllers. Not in development. Default: that of `extends`, which begins with false.',
    ),
  quota: z
    .boolean()
    .optional()
    .describe(
      'Whether each namespace has a ResourceQuota and a LimitRange of what is in it. Default: the value of `extends`; true in ' +
        '`production`, false in `local` and `external`.',
    ),
  network: networkField
    .optional()
    .describe('The allowed connections between pods. A field that is left out keeps the value of `extends`.'),
  backup: backupField.optional(),
  monitoring: monitoringField
    .optional()
    .describe('What watches the environment. A field that is left out keeps the value of `extends`.'),
  gitops: z
    .enum(['argocd'])
    .optional()
    .describe(
      'What applies the manifests, where they have to say in which order: `argocd` gives each object a sync wave. Flux and `repoctl deploy` ' +
        'need nothing. Default: that of `extends`.',
    ),
  namespacePrefix: z
    .string()
    .max(10)
    .regex(/^[a-z][-a-z0-9]*$/, 'must be lower-case letters, digits and "-", beginning with a letter')
    .optional()
    .describe(
      'Prefix of the name of every namespace, such as `staging-`, for environments that share a cluster. Default: the value ' +
        'of `extends`; none in the presets.',
    ),
  namespaceSuffix: z
    .string()
    .max(10)
    .regex(/^[-a-z0-9]*[a-z0-9]$/, 'must be lower-case letters, digits and "-", ending with a letter or a digit')
    .optional()
    .describe('Suffix of the name of every namespace. Default: the value of `extends`; none in the presets.'),
  hostPorts: z
    .boolean()
    .optional()
    .describe(
      'Whether services have fixed ports on your machine. Default: the value of `extends`; true in the presets.',
    ),
  portOffset: z
    .int()
    .min(0)
    .max(maximumPortOffset)
    .optional()
    .describe(
      'Number added to every fixed port of your machine in development, so two environments can run at the same time. ' +
        'REPOCTL_PORT_OFFSET is added as well. Default: the value of `extends`; 0 in the presets.',
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
    .describe('Folders of projects: those that contain `infra/project.yaml`. `*` stands for any part of a name.'),
  global: z
    .strictObject({
      ...global,
      services: servicesSchema(serviceKinds).describe(
        'Further shared services by name, of any kind; a project uses one with `uses: { NAME: {} }`. A service named like its kind ' +
          'needs no `kind`.',
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
          'Context of the kubeconfig, if the cluster is not the kind cluster of kind-config.yaml but one of minikube, ' +
            'k3d, Docker Desktop, Rancher Desktop or Colima, or a remote one for development. KIND_CLUSTER_NAME overrides it.',
        ),
      nodeImage: imageReference
        .optional()
        .describe("Image of the cluster's nodes. KIND_NODE_IMAGE overrides it. Default: kind's own."),
    })
    .prefault({})
    .describe('The development cluster. Every command works on it, whichever context is current.'),
  patches: z
    .array(patchSchema)
    .default([])
    .describe("Changes to the global tier's finished objects. A project's patches are in its own file."),
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
      'The kinds of clusters that manifests are made for, by name. `local` and `external` (development) and `production` exist without being ' +
        'listed; other profiles extend one of them.',
    ),
});

export type EnvironmentInput = z.output<typeof environmentSchema>;
