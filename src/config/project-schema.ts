import { z } from 'zod';
import { command, dnsLabel, secretName } from '../../charts/common/fields.ts';
import { environmentVariables } from '../../charts/common/variable-source.ts';
import { globalKinds, ownSchema, serviceKinds, useSchema, workloadKinds } from '../../charts/kinds.ts';
import { patchSchema } from './patch-schema.ts';
import { byKind, servicesSchema } from './services-schema.ts';

const relativePath = z
  .string()
  .min(1)
  .regex(/^[^\s\\]+$/, 'must be a path with / and without spaces')
  .refine((path) => !/\p{Cc}/u.test(path), 'must be a path with / and without spaces');

/** Whether a context is the files of an image. */
export const isImage = (context: string): boolean => context.startsWith('docker-image://');

// Those of BuildKit itself say which program reads the Dockerfile.
const buildArgument = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'is not a name for a build argument')
  .refine(
    (name) => !name.startsWith('BUILDKIT_'),
    'is a build argument of BuildKit itself, not an ARG of the Dockerfile',
  );

const imageBuild = z.strictObject({
  context: relativePath.default('.').describe('The build context: a folder, relative to the project’s folder.'),
  dockerfile: relativePath.default('Dockerfile').describe("Relative to the project's folder."),
  target: z.string().min(1).optional().describe('Stage of the Dockerfile. Default: the last.'),
  localTarget: z.string().min(1).optional().describe('Stage for development. Default: `target`.'),
  buildArgs: z
    .record(buildArgument, z.string().regex(/^[^\n\r\0]*$/, 'must be one line'))
    .default({})
    .describe('Values for `ARG`s of the Dockerfile. Not for secrets.'),
  secrets: z
    .record(
      z.string().regex(/^[A-Za-z0-9_.-]+$/, 'must be letters, digits, "_", "." and "-"'),
      z
        .strictObject({
          env: z
            .string()
            .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'is not a name for an environment variable')
            .optional()
            .describe('Environment variable of the shell that runs the build.'),
          file: relativePath.optional().describe("File, relative to the project's folder."),
        })
        .refine(({ env, file }) => (env === undefined) !== (file === undefined), 'needs either env or file'),
    )
    .default({})
    .describe('Secrets of the build by id, for `RUN --mount=type=secret,id=ID`. No layer of the image contains them.'),
  additionalContexts: z
    .record(
      z.string().regex(/^[A-Za-z0-9][\w.:/@-]*$/, 'is not a name for a context, such as "shared"'),
      relativePath
        .refine((path) => !/^[a-z-]+:/.test(path) || isImage(path), 'must be a folder, or docker-image:// and an image')
        .refine((path) => !isImage(path) || /@sha256:[0-9a-f]{64}$|:[\w][\w.-]*$/.test(path), 'needs a tag or a digest')
        .describe("Folder, relative to the project's folder, or `docker-image://` and an image reference."),
    )
    .default({})
    .describe(
      'Further contexts by name, for `COPY --from=NAME` and `FROM NAME` of the Dockerfile. Needs the buildx plugin of Docker.',
    ),
  platforms: z
    .array(z.string().regex(/^(linux|windows)\/[a-z0-9]+(\/v\d+)?$/, 'must be a platform such as linux/arm64'))
    .min(1)
    .refine((platforms) => new Set(platforms).size === platforms.length, 'lists one twice')
    .optional()
    .describe(
      'The platforms to build for, such as linux/amd64 and linux/arm64. Development builds for your own machine, or for the ' +
        'only platform in the list. Default: the platform of the machine that builds.',
    ),
  sync: z
    .array(
      z.strictObject({
        from: relativePath.describe('File or folder, relative to the project’s folder.'),
        to: z.string().regex(/^\//, 'must be an absolute path').describe('Its path in the container.'),
      }),
    )
    .default([])
    .describe(
      'Files that development copies into running containers when they change. The root file system of these containers stays writable.',
    ),
  rebuildOn: z
    .array(relativePath)
    .default([])
    .describe('Files below a synced folder whose change builds a new image, for instance a lock file.'),
});

const projectCommand = z.strictObject({
  description: z.string().optional().describe('A short description.'),
  workload: dnsLabel.describe('The workload whose container runs it; one that keeps running.'),
  command: command.describe('Program and arguments.'),
  test: z
    .boolean()
    .default(false)
    .describe(
      'Whether it tests the environment: `tilt ci` runs it once everything is healthy, and expects exit code 0.',
    ),
});

const ownKinds = Object.fromEntries(
  Object.entries(serviceKinds).map(([kind, definition]) => [kind, { ...definition, schema: ownSchema(definition) }]),
);

/** What a project may say of the services that the global tier has without a name being given. */
const wellKnownUses = Object.fromEntries(
  Object.entries(globalKinds).flatMap(([kind, definition]) => {
    const schema = useSchema(definition);
    return schema ? [[kind, schema.optional().describe(definition.summary)]] : [];
  }),
);

const otherProjects = z
  .array(z.string().regex(/^[a-z][-a-z0-9]*\/[a-z][-a-z0-9]*$/, 'must be PROJECT/WORKLOAD'))
  .default([])
  .describe(
    'Workloads with ports in other projects. Each gives `PROJECT_WORKLOAD_URL`; one with more than an HTTP port ' +
      'also gives `PROJECT_WORKLOAD_HOST`, `PROJECT_WORKLOAD_PORT` and `PROJECT_WORKLOAD_PORTNAME_PORT` for each further port.',
  );

const usesText =
  'The services of the global tier that it uses, by name (also those under `global.services` of repoctl.yaml, such as ' +
  '`catalog: {}`), and of other projects.';

const anyFields = (what: string) => z.record(z.string(), z.unknown()).optional().describe(what);

/** What is merged is validated as a whole. */
const profileOverride = z.strictObject({
  images: anyFields('As `images`.'),
  sentry: z.unknown().optional().describe('As `sentry`.'),
  pullSecrets: z.unknown().optional().describe('As `pullSecrets`.'),
  uses: anyFields('As `uses`.'),
  env: anyFields('As `env`.'),
  services: anyFields('As `services`.'),
  workloads: anyFields('As `workloads`.'),
  commands: anyFields('As `commands`.'),
});

/** What `infra/project.yaml` may say. */
export const projectSchema = z.strictObject({
  name: dnsLabel.describe('Short name: the namespace, and the first part of the names of all its objects.'),
  description: z.string().optional().describe('A sentence about it.'),
  images: z.record(dnsLabel, imageBuild).default({}).describe('Images that the project builds, by name.'),
  uses: z
    .object({ ...wellKnownUses, projects: otherProjects })
    .catchall(z.record(z.string(), z.unknown()))
    .prefault({})
    .describe(usesText),
  env: environmentVariables.default({}).describe('Environment variables for all of its workloads.'),
  services: servicesSchema(ownKinds).describe(
    'The project’s own services, by name. A service named like its kind needs no `kind`.',
  ),
  workloads: z.record(dnsLabel, byKind(workloadKinds)).default({}).describe('The project’s processes, by name.'),
  sentry: z
    .boolean()
    .default(false)
    .describe(
      'Whether all workloads get `SENTRY_ENVIRONMENT` (the profile) and `SENTRY_RELEASE` (`PROJECT@TAG`), beside the `SENTRY_DSN` that ' +
        'its `.env.example` lists.',
    ),
  pullSecrets: z
    .array(secretName)
    .default([])
    .describe('Pull Secrets of its namespace for registries with a login, in addition to those of the profile.'),
  patches: z
    .array(patchSchema)
    .default([])
    .describe('Changes to its finished objects. The result must be an object that the cluster may contain.'),
  profiles: z
    .record(dnsLabel, profileOverride)
    .default({})
    .describe(
      'The project’s settings for a profile, by its name: the same fields as above, merged over them. Maps are merged, everything ' +
        'else is replaced, and null removes a field. A profile starts with the settings for the profile that it extends.',
    ),
  commands: z
    .record(dnsLabel, projectCommand)
    .default({})
    .describe(
      'Commands that people run by hand, by name: `repoctl infra project run PROJECT NAME`, or a button in Tilt.',
    ),
});

export type ProjectInput = z.output<typeof projectSchema>;

/** The kinds of the services that `global.services` names, by name. */
export type SharedKinds = Readonly<Record<string, string>>;

let last: { readonly shared: SharedKinds; readonly schema: typeof projectSchema } | undefined;

/**
 * What `infra/project.yaml` may say in an environment that shares some services.
 *
 * @param shared none if they can't be told: any name may be used then
 */
export function projectSchemaFor(shared: SharedKinds | undefined): typeof projectSchema {
  if (!shared) return projectSchema;
  if (last?.shared === shared) return last.schema;
  const uses = Object.entries(shared).flatMap(([name, kind]) => {
    const definition = serviceKinds[kind];
    const schema = definition && useSchema(definition);
    if (!schema) return [];
    return [[name, definition.everybody ? z.union([z.literal(false), schema]).default({}) : schema.optional()]];
  });
  const strict = z.strictObject({ ...wellKnownUses, ...Object.fromEntries(uses), projects: otherProjects });
  const schema = projectSchema.extend({ uses: strict.prefault({}).describe(usesText) as never });
  last = { shared, schema };
  return schema;
}
