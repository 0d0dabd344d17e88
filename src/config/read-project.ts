import type { z } from 'zod';
import { environmentVariableName, imageReference } from '../../charts/common/fields.ts';
import type { ResolveContext } from '../../charts/common/kind.ts';
import { namespaceName, objectName } from '../../charts/common/names.ts';
import { serviceKinds } from '../../charts/kinds.ts';
import type { ImageBuild, ProfileName, Project, WorkloadSettings } from '../../charts/model.ts';
import { suggestion } from '../platform/nearest.ts';
import { projectFile } from './discover.ts';
import type { FileContext } from './file-context.ts';
import { placedPatches } from './patch-schema.ts';
import { givenText, type Problem } from './problem.ts';
import { changedBy, inOverrides, overriddenProfiles, withOverrides } from './profile-overrides.ts';
import { projectSchemaFor, type SharedKinds } from './project-schema.ts';
import { readImage } from './read-image.ts';
import { readManifests } from './read-manifests.ts';
import { readScripts } from './read-scripts.ts';
import { withVolumeFiles } from './read-volume-files.ts';
import type { EnvironmentKey, Reader } from './reader.ts';
import { schemaProblems } from './schema-problems.ts';
import { parseYaml } from './yaml-file.ts';

/** A project as its own files describe it, not yet compared with the others. */
export interface ReadProject {
  /** `undefined` if its file is so wrong that nothing can be said of it. */
  readonly project?: Project;
  readonly problems: readonly Problem[];
  /** The profiles of which its file says something. */
  readonly profiles?: readonly ProfileName[];
  /** The variables of its `.env.example` and of its `.env`; `undefined` where there is no such file. */
  readonly example?: readonly EnvironmentKey[];
  readonly environmentFile?: readonly EnvironmentKey[];
}

/** What a project is read for. */
export interface ReadFor {
  /** The global tier's namespace. */
  readonly environment: string;
  readonly profile: ProfileName;
  /** What stands before and after the name of the project's namespace. */
  readonly namespacePrefix: string;
  readonly namespaceSuffix: string;
  /** Kinds of the services that `global.services` names; none if that can't be told. */
  readonly shared?: SharedKinds;
  /** The chain of each profile. */
  readonly chains: Readonly<Record<ProfileName, readonly ProfileName[]>>;
}

/** Reads a project's files. */
export function readProject(reader: Reader, directory: string, what: ReadFor): ReadProject {
  const { environment, profile, chains } = what;
  const file = `${directory}/${projectFile}`;
  const text = reader.text(file);
  // The reader tells why.
  if (text === undefined) return { problems: [] };
  const parsed = parseYaml(file, text);
  if (parsed.problems) return { problems: parsed.problems };
  const profiles = overriddenProfiles(parsed.data);
  const chain = chains[profile] ?? [];
  const data = withOverrides(parsed.data, chain);
  const schema = projectSchemaFor(what.shared);
  const checked = schema.safeParse(data);
  const example = reader.keys(`${directory}/infra/.env.example`);
  const environmentFile = reader.keys(`${directory}/infra/.env`);
  if (!checked.success) {
    return { problems: schemaProblems(file, schema, data, checked.error), example, environmentFile };
  }
  const problems: Problem[] = [];
  for (const name of profiles) {
    const other = chains[name];
    if (other && name !== profile) problems.push(...overrideProblems(file, schema, parsed.data, other, chain));
  }
  const context: FileContext = {
    reader,
    directory,
    file,
    refuse: (path, message, at = 'value') => problems.push({ file, place: { path, at }, message }),
  };
  const input = checked.data;
  const images = Object.entries(input.images).map(([name, build]) => readImage(context, name, build));
  for (const { name, line } of example ?? []) {
    const [issue] = environmentVariableName.safeParse(name).error?.issues ?? [];
    const message = `the name "${name}" ${issue?.message}`;
    if (issue) problems.push({ file: `${directory}/infra/.env.example`, place: { line, column: 1 }, message });
  }
  const manifests = readManifests(reader, directory, problems);
  const { projects: links, ...uses } = input.uses;
  const owner = { environment, tier: 'project', project: input.name } as const;
  const development = chain.at(-1) !== 'production';
  const namespace = namespaceName(what, input.name);
  const located = (name: string) => ({
    name,
    scope: input.name,
    namespace,
    object: objectName(input.name, name),
    owner,
  });
  const project: Project = {
    name: input.name,
    namespace,
    directory,
    description: input.description,
    images,
    uses: Object.fromEntries(Object.entries(uses).filter(([, use]) => use !== undefined && (use as unknown) !== false)),
    links: links.map((link) => {
      const [project = '', workload = ''] = link.split('/');
      return { project, workload };
    }),
    services: Object.entries(input.services).flatMap(([name, settings]) => {
      if (!settings) return [];
      const { kind, ...rest } = settings as { kind: string } & Record<string, unknown>;
      const scripts: ResolveContext['scripts'] = (field, folder, endings) =>
        readScripts(context, ['services', name, field], folder, endings);
      const resolved = serviceKinds[kind]?.resolve?.(rest, { project: input.name, scripts, development }) ?? rest;
      return [{ ...located(name), kind, settings: withVolumeFiles(context, ['services', name], resolved) }];
    }),
    workloads: Object.entries(input.workloads).map(([name, settings]) => {
      const { kind, image, ...rest } = settings as unknown as {
        kind: string;
        image?: string;
      } & Omit<WorkloadSettings, 'image'>;
      const read = withVolumeFiles(context, ['workloads', name], rest);
      return { ...located(name), kind, settings: { ...read, image: workloadImage(context, name, image, images) } };
    }),
    commands: Object.entries(input.commands).map(([name, command]) => ({ name, ...command })),
    env: input.env,
    sentry: input.sentry,
    pullSecrets: input.pullSecrets,
    patches: placedPatches(file, text, input.patches),
    secrets: (example ?? []).map(({ name }) => name),
    manifests,
    chart: reader.text(`${directory}/infra/chart.ts`) === undefined ? undefined : `${directory}/infra/chart.ts`,
  };
  return { project, problems, profiles, example, environmentFile };
}

/**
 * What is wrong with what a project says for a profile that it is not read for.
 *
 * @param right the chain of the one that it is read for, for which it is right
 */
function overrideProblems(
  file: string,
  schema: z.ZodType,
  given: unknown,
  chain: readonly ProfileName[],
  right: readonly ProfileName[],
): Problem[] {
  // Mostly nothing is wrong, and what no profile changes need not be looked at again to see that.
  if (schema.safeParse(changedBy(given, chain, right)).success) return [];
  const data = withOverrides(given, chain);
  const { error } = schema.safeParse(data);
  if (!error) return [];
  return schemaProblems(file, schema, data, error).map((each) => inOverrides(each, given, chain));
}

const otherImage = 'an image reference with a tag';

/** A workload's image: a build of the project, or a reference with a tag or a digest. */
function workloadImage(
  { refuse }: FileContext,
  workload: string,
  given: string | undefined,
  images: readonly ImageBuild[],
): string {
  const path = ['workloads', workload, 'image'];
  const names = images.map(({ name }) => name);
  if (given === undefined) {
    if (names.length === 1 && names[0]) return names[0];
    refuse(
      path.slice(0, -1),
      `workloads.${workload}: image is required, since the project builds ${names.length || 'no'} images; ${suggestion('', names, otherImage)}`,
      'key',
    );
    return '';
  }
  if (names.includes(given)) return given;
  if (!/[/:@]/.test(given))
    refuse(
      path,
      `workloads.${workload}.image: no image "${given}" under images; ${suggestion(given, names, otherImage)}`,
    );
  else {
    const [issue] = imageReference.safeParse(given).error?.issues ?? [];
    if (issue) refuse(path, `workloads.${workload}.image: ${issue.message}, given ${givenText(given)}`);
  }
  return given;
}
