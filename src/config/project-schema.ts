import { z } from 'zod';
import { command, dnsLabel, environmentVariables } from '../../charts/common/fields.ts';
import { globalKinds, serviceKinds, workloadKinds } from '../../charts/kinds.ts';
import { patchSchema } from './patch-schema.ts';

const relativePath = z
  .string()
  .min(1)
  .regex(/^[^\s\\]+$/, 'must be a path with / and without spaces')
  .refine((path) => !/\p{Cc}/u.test(path), 'must be a path with / and without spaces');

// Those of BuildKit itself say which program reads the Dockerfile.
const buildArgument = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'is not a name for a build argument')
  .refine((name) => !name.startsWith('BUILDKIT_'), 'is one that BuildKit obeys, not an ARG of the Dockerfile');

const imageBuild = z.strictObject({
  context: relativePath.default('.').describe("Folder sent to the build, relative to the project's."),
  dockerfile: relativePath.default('Dockerfile').describe("Relative to the project's folder."),
  target: z.string().min(1).optional().describe('Stage of the Dockerfile. Default: the last.'),
  localTarget: z.string().min(1).optional().describe('Stage for development. Default: `target`.'),
  buildArgs: z
    .record(buildArgument, z.string().regex(/^[^\n\r\0]*$/, 'must be one line'))
    .default({})
    .describe('Values for `ARG`s of the Dockerfile. Not for secrets.'),
  sync: z
    .array(
      z.strictObject({
        from: relativePath.describe("File or folder, relative to the project's."),
        to: z.string().regex(/^\//, 'must be an absolute path').describe('Where it is in the container.'),
      }),
    )
    .default([])
    .describe(
      'What development copies into running containers when it changes. Their root file system stays writable.',
    ),
  rebuildOn: z
    .array(relativePath)
    .default([])
    .describe('Files below a synced folder that need a new image when they change, for instance a lock file.'),
});

const projectCommand = z.strictObject({
  description: z.string().optional().describe('What it does, in a few words.'),
  workload: dnsLabel.describe('Workload that keeps running, in whose container it runs.'),
  command: command.describe('Program and arguments.'),
  test: z
    .boolean()
    .default(false)
    .describe('Whether it exits 0 if the environment works: `tilt ci` runs it once all is healthy.'),
});

type Kinds = Readonly<Record<string, { readonly schema: z.ZodObject; readonly summary: string }>>;

/** The schema of an entry for each kind, told apart by `kind`. */
function byKind(kinds: Kinds) {
  const options = Object.entries(kinds).map(([kind, { schema, summary }]) =>
    schema.extend({ kind: z.literal(kind).describe(summary) }),
  );
  return z.discriminatedUnion('kind', options as unknown as [z.ZodObject, ...z.ZodObject[]]);
}

/** Entries that are named like a kind need not name it. */
const namedLikeTheirKind = Object.fromEntries(
  Object.entries(serviceKinds)
    .filter(([kind]) => kind !== 'container')
    .map(([kind, { schema, summary }]) => [
      kind,
      schema
        .extend({ kind: z.literal(kind).default(kind) })
        .optional()
        .describe(summary),
    ]),
);

const uses = Object.fromEntries(
  Object.entries(globalKinds).flatMap(([kind, { use, summary }]) =>
    use ? [[kind, use.optional().describe(summary)]] : [],
  ),
);

const anyFields = (what: string) => z.record(z.string(), z.unknown()).optional().describe(what);

/** What is merged is validated as a whole. */
const profileOverride = z.strictObject({
  images: anyFields('As `images`.'),
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
    .strictObject({
      ...uses,
      projects: z
        .array(z.string().regex(/^[a-z][-a-z0-9]*\/[a-z][-a-z0-9]*$/, 'must be PROJECT/WORKLOAD'))
        .default([])
        .describe('http workloads of other projects; each gives `PROJECT_WORKLOAD_URL`.'),
    })
    .prefault({})
    .describe('What it uses of the global tier and of other projects.'),
  env: environmentVariables.default({}).describe('Environment variables of all its workloads.'),
  services: z
    .object(namedLikeTheirKind)
    .catchall(byKind(serviceKinds))
    .default({})
    .describe('Services of its own, by name. One that is named like its kind need not say `kind`.'),
  workloads: z.record(dnsLabel, byKind(workloadKinds)).default({}).describe('Its processes, by name.'),
  patches: z
    .array(patchSchema)
    .default([])
    .describe(
      'Changes to its objects, after everything else was said. The result has to be one that may be in the cluster.',
    ),
  profiles: z
    .record(dnsLabel, profileOverride)
    .default({})
    .describe(
      'What differs in a profile, by its name: the same fields as above, merged over them. Maps are merged, everything ' +
        'else is replaced, null takes a field away. A profile begins with what is said for the one that it extends.',
    ),
  commands: z
    .record(dnsLabel, projectCommand)
    .default({})
    .describe('What people run now and then, by name: `repoctl infra project run PROJECT NAME`, or a button in Tilt.'),
});

export type ProjectInput = z.output<typeof projectSchema>;
