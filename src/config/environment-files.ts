import type { SecretKey } from '../../charts/common/connection.ts';
import type { Environment, Profile } from '../../charts/model.ts';
import { secrets } from '../../charts/wiring.ts';
import { nearest } from '../platform/nearest.ts';
import type { Problem } from './problem.ts';
import type { EnvironmentKey } from './reader.ts';

/** The `.env` of an owner (the environment or a project) and the list that it is made from. */
export interface EnvironmentFiles {
  readonly owner: string;
  /** Relative to the root. */
  readonly examplePath: string;
  readonly path: string;
  readonly example?: readonly EnvironmentKey[];
  readonly file?: readonly EnvironmentKey[];
}

/** The paths of an owner's files, from the folder of its configuration ('' for the root). */
export const environmentPaths = (directory: string) => {
  const folder = directory === '' ? '' : `${directory}/infra/`;
  return { examplePath: `${folder}.env.example`, path: `${folder}.env` };
};

/** The variables that each owner's `.env` must have in a profile: what the Secrets of all namespaces are made from. */
export function requiredVariables(environment: Environment, profile: Profile): Map<string, SecretKey[]> {
  const required = new Map<string, Map<string, SecretKey>>();
  for (const project of [undefined, ...environment.projects]) {
    for (const key of secrets(environment, profile, project).flatMap(({ keys }) => keys)) {
      const owned = required.get(key.owner) ?? new Map<string, SecretKey>();
      required.set(key.owner, owned.set(key.variable, key));
    }
  }
  return new Map([...required].map(([owner, keys]) => [owner, [...keys.values()]]));
}

/**
 * What is wrong with a `.env` and its list. Without a `.env` only the list is looked at: `repoctl secrets apply` makes
 * the `.env` from it.
 *
 * @param required what this profile needs
 * @param ofOthers what some profile needs: of these lines of the list, `.env` may lack those that this one doesn't
 */
export function checkEnvironmentFiles(
  files: EnvironmentFiles,
  required: readonly SecretKey[],
  ofOthers: () => readonly SecretKey[],
): Problem[] {
  const { example, file, examplePath, path } = files;
  const needed = required.map(({ variable }) => ({ name: variable, why: `a service of ${files.owner} needs` }));
  const listed = (example ?? []).map(({ name, line }) => ({ name, why: `line ${line} of ${examplePath} asks for` }));
  const generated = new Set(required.filter((key) => key.generated).map(({ variable }) => variable));
  const problems = lacking(examplePath, example, needed, ({ name }) => !generated.has(name));
  if (!file) return problems;
  const asked = new Set(listed.map(({ name }) => name));
  const keys = new Map(file.map((key) => [key.name, key]));
  if (listed.some(({ name }) => !keys.has(name))) {
    const here = new Set(required.map(({ variable }) => variable));
    const elsewhere = new Set(ofOthers().flatMap(({ variable }) => (here.has(variable) ? [] : variable)));
    const wanted = listed.filter(({ name }) => !elsewhere.has(name));
    problems.push(...lacking(path, file, wanted, ({ name }) => !asked.has(name)));
  }
  for (const { variable } of required) {
    const key = keys.get(variable);
    if (key?.empty)
      problems.push({
        file: path,
        place: { line: key.line, column: 1 },
        message: `${variable} is empty, but this profile needs a value`,
      });
  }
  return problems;
}

/**
 * The wanted variables that a file has not, each at the line of the one that may be a misspelling of it.
 *
 * @param mayBe whether a variable of the file may be one
 */
function lacking(
  file: string,
  given: readonly EnvironmentKey[] | undefined,
  wanted: readonly { readonly name: string; readonly why: string }[],
  mayBe: (key: EnvironmentKey) => boolean,
): Problem[] {
  const names = new Set((given ?? []).map(({ name }) => name));
  const suspects = new Map((given ?? []).filter(mayBe).map(({ name, line }) => [name, line]));
  const what = given ? shortened([...names]) || 'nothing' : 'no such file';
  const missing = wanted.filter(({ name }) => !names.has(name));
  // To compare thousands with thousands would take minutes, and help nobody.
  const candidates = missing.length * suspects.size > 10_000 ? [] : [...suspects.keys()];
  return missing.map(({ name, why }) => {
    const near = nearest(name, candidates);
    const line = suspects.get(near ?? '') ?? 1;
    const misspelt = near === undefined ? '' : `; is "${near}" meant to be it?`;
    return { file, place: { line, column: 1 }, message: `${name} is missing, which ${why}; given: ${what}${misspelt}` };
  });
}

/** At most thirty names, and how many more there are. */
function shortened(names: readonly string[]): string {
  const shown = names.slice(0, 30).join(', ');
  return names.length > 30 ? `${shown} and ${names.length - 30} more` : shown;
}
