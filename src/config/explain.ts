import { Document, isMap, isScalar, isSeq } from 'yaml';
import { globalKinds } from '../../charts/kinds.ts';
import type { Environment, Profile, ProfileName, Project } from '../../charts/model.ts';
import { UsageError } from '../platform/errors.ts';
import { suggestion } from '../platform/nearest.ts';
import { projectFile } from './discover.ts';
import { load } from './load.ts';
import { originOf } from './profile-overrides.ts';
import { Reader } from './reader.ts';
import { environmentFile } from './root.ts';
import { valueAt } from './schema-problems.ts';
import { findNamed } from './select-projects.ts';
import { locate, parseYaml } from './yaml-file.ts';

/** A value of the configuration as a profile has it, and where it was said. */
export interface ExplainedValue {
  readonly path: readonly PropertyKey[];
  readonly value: unknown;
  /** None for a default. */
  readonly origin?: {
    readonly file: string;
    readonly line: number;
    readonly column: number;
    /** The profile for which it is said, if it is for one. */
    readonly profile?: ProfileName;
  };
}

/** A part of the configuration as a profile has it. */
export interface Explanation {
  /** What it is: `turfoo/api`. */
  readonly name: string;
  readonly profile: ProfileName;
  /** Relative to the root. */
  readonly file: string;
  /** The part's own fields. */
  readonly data: Readonly<Record<string, unknown>>;
  readonly values: readonly ExplainedValue[];
}

/** What is explained: a part of a file. */
interface Part {
  readonly name: string;
  readonly file: string;
  readonly path: readonly PropertyKey[];
  readonly data: Readonly<Record<string, unknown>>;
}

/**
 * What a project, or one of its services and workloads, is in a profile, with everything resolved.
 *
 * @param given `turfoo`, `turfoo/api`, `monorepo`, `monorepo/redis`; a project in any of its forms
 * @throws UsageError if there is no such part, or no such profile
 */
export function explain(root: string, given: string, profileName: ProfileName): Explanation {
  const { environment, profile } = load(root, { profile: profileName, environmentFilesOf: [] });
  const part = findPart(environment, given);
  const text = new Reader(root).text(part.file) ?? '';
  const { data } = { data: undefined, ...parseYaml(part.file, text) };
  const values = leaves(part.data).map(({ path, value }) => explained(text, data, part, path, value, profile));
  return { name: part.name, profile: profile.name, file: part.file, data: part.data, values };
}

function findPart(environment: Environment, given: string): Part {
  const wanted = given.replace(/\/+$/, '');
  const [, owner = '', name = ''] = /^(.*)\/([^/]+)$/.exec(wanted) ?? [];
  const projects = environment.projects;
  if (wanted === environment.name) return globalPart(environment);
  if (owner === environment.name) return serviceOf(globalPart(environment), name);
  const whole = projects.find((project) => [project.name, project.directory].includes(wanted));
  if (whole || owner === '') return projectPart(whole ?? findNamed(projects, wanted));
  // A folder's name, or a folder, may have a slash in it as well.
  const isProject = projects.some((project) => project.directory.endsWith(wanted));
  return isProject
    ? projectPart(findNamed(projects, wanted))
    : serviceOf(projectPart(findNamed(projects, owner)), name);
}

const globalPart = ({ name, services }: Environment): Part => ({
  name,
  file: environmentFile,
  path: ['global'],
  data: {
    ...Object.fromEntries(services.flatMap(({ name, settings }) => wellKnown(name, settings))),
    services: byName(services.filter(({ name }) => !(name in globalKinds))),
  },
});

const wellKnown = (name: string, settings: unknown) => {
  const { field } = globalKinds[name] ?? {};
  return field === undefined ? [] : [[field, settings] as const];
};

const projectPart = (project: Project): Part => ({
  name: project.name,
  file: `${project.directory}/${projectFile}`,
  path: [],
  data: {
    name: project.name,
    images: Object.fromEntries(project.images.map(({ name, ...image }) => [name, image])),
    uses: { ...project.uses, projects: project.links.map((link) => `${link.project}/${link.workload}`) },
    env: project.env,
    services: byName(project.services),
    workloads: byName(project.workloads),
    sentry: project.sentry,
    pullSecrets: project.pullSecrets,
    commands: Object.fromEntries(project.commands.map(({ name, ...command }) => [name, command])),
  },
});

const byName = (all: Project['services']) =>
  Object.fromEntries(all.map(({ name, kind, settings }) => [name, { kind, ...(settings as object) }]));

/** One of a part's services and workloads. */
function serviceOf(part: Part, name: string): Part {
  const groups = part.path.length > 0 ? [[], ['services']] : [['services'], ['workloads']];
  const all = groups.flatMap((group) => {
    const entries = Object.entries(valueAt(part.data, group) as Readonly<Record<string, Part['data']>>);
    const own = entries.filter(([key]) => key !== 'services' || part.path.length === 0);
    return own.map(([key, data]) => ({ key, data, path: [...part.path, ...group, key] }));
  });
  const found = all.find(({ key }) => key === name || `${part.name}-${key}` === name);
  if (found) return { name: `${part.name}/${found.key}`, file: part.file, path: found.path, data: found.data };
  const names = all.map(({ key }) => key);
  throw new UsageError(`${part.name} has no service or workload "${name}"; ${suggestion(name, names)}`);
}

const isFields = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The values that are no maps, empty maps among them. */
function leaves(value: unknown, path: readonly PropertyKey[] = []): { path: readonly PropertyKey[]; value: unknown }[] {
  if (value === undefined) return [];
  if (!isFields(value) || Object.keys(value).length === 0) return [{ path, value }];
  return Object.entries(value).flatMap(([key, each]) => leaves(each, [...path, key]));
}

function explained(
  text: string,
  data: unknown,
  part: Part,
  path: readonly PropertyKey[],
  value: unknown,
  { chain }: Profile,
): ExplainedValue {
  const origin = originOf(data, chain, [...part.path, ...path]);
  // A folder's name stands for what the files in it say.
  const prefixes = origin.map((_key, index) => origin.slice(0, index + 1));
  const said = prefixes.find((each) => !isFields(valueAt(data, each))) ?? origin;
  if (valueAt(data, said) === undefined) return { path, value };
  const profile = origin[0] === 'profiles' ? String(origin[1]) : undefined;
  return { path, value, origin: { file: part.file, ...locate(text, { path: said }), profile } };
}

/** An explanation as YAML, with where each value was said behind it. */
export function explanationText({ name, profile, file, data, values }: Explanation): string {
  const document = new Document(data);
  for (const { path, origin } of values) {
    const place = origin ? `${origin.line}:${origin.column}` : 'default';
    const comment = ` ${[place, origin?.profile && `(profiles.${origin.profile})`].filter(Boolean).join(' ')}`;
    const node = path.length === 0 ? document.contents : document.getIn(path, true);
    if (isSeq(node) || isMap(node)) {
      node.flow = true;
      node.comment = comment;
    } else if (isScalar(node)) node.comment = comment;
  }
  return `# ${name} in the profile ${profile}; LINE:COLUMN of ${file}\n${document.toString({ lineWidth: 0 })}`;
}
