import type { ComposeFile, ComposeService, ProjectPart } from './compose-file.ts';
import { type ComposeContext, composeProject, type ProposedProject } from './compose-project.ts';
import { freeName, type Taken } from './compose-services.ts';
import { asName } from './project-name.ts';
import { below, isOutside, type Source } from './source.ts';

/** Names under which compose looks for its file, in its order. */
export const composeFiles = ['compose.yaml', 'compose.yml', 'docker-compose.yaml', 'docker-compose.yml'] as const;

export interface ComposeProposal {
  readonly projects: readonly ProposedProject[];
  /** What is left out altogether, as sentences. */
  readonly notes: readonly string[];
}

export interface ProposeOptions {
  /** Path of the file. */
  readonly file: string;
  /** Name of the environment. */
  readonly environment: string;
  /** Name of the project, if the file doesn't say. */
  readonly name: string;
  readonly source: Source;
  /** What other projects have; what these get is added. */
  readonly taken: Taken;
}

/**
 * Proposes projects for the services of a compose file: one for all that are built, or one for each folder below
 * `backends/`, `apps/` or `services/`, if these are where all are built.
 */
export function proposeProjects(compose: ComposeFile, options: ProposeOptions): ComposeProposal {
  const { source, file, environment, taken } = options;
  const notes: string[] = [];
  const all = compose.services.filter((service) => {
    const why = service.build && unusable(service, source);
    if (why) notes.push(`${service.name}: is left out; ${why}`);
    return !why;
  });
  const parts = split(all, asName(compose.name ?? options.name), environment);
  const context: ComposeContext = { file, environment, all, parts, source, taken };
  return { projects: parts.map((part) => composeProject(part, context)), notes };
}

/** Why an image can't be built, if so. */
function unusable({ build }: ComposeService, source: Source): string | undefined {
  const { context = '', dockerfile = '' } = build ?? {};
  if (/^[\w+.-]+:\/\/|^git@/.test(context)) return `its build context ${context} is not a folder of the repository`;
  const path = below(below('', context), dockerfile);
  if (isOutside(path) || isOutside(below('', context))) return `it is built from ${path}, outside of the repository`;
  return source.text(path) === undefined ? `there is no ${path}` : undefined;
}

function split(all: readonly ComposeService[], given: string, environment: string): ProjectPart[] {
  if (all.length === 0) return [];
  const builds = all.filter(({ build }) => build);
  const name = given === environment ? asName(`${given.slice(0, 36)}-app`) : given;
  const folders = builds.map(
    ({ build }) => /^(?:backends|apps|services)\/[^/]+$/.exec(below('', build?.context ?? ''))?.[0],
  );
  if (builds.length === 0 || folders.some((folder) => folder === undefined))
    return [{ name, directory: `apps/${name}`, builds }];
  const names: Record<string, true> = { [environment]: true };
  return [...new Set(folders)].map((directory = '') => {
    const own = freeName(asName(directory.split('/').at(-1) ?? ''), names);
    names[own] = true;
    return { name: own, directory, builds: builds.filter((_, index) => folders[index] === directory) };
  });
}
