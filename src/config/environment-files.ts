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
 */
export function checkEnvironmentFiles(files: EnvironmentFiles, required: readonly SecretKey[]): Problem[] {
  const { example, file, examplePath, path } = files;
  const needed = required.map(({ variable }) => ({ name: variable, why: `a service of ${files.owner} needs` }));
  const listed = (example ?? []).map(({ name, line }) => ({ name, why: `line ${line} of ${examplePath} asks for` }));
  const problems = lacking(
    examplePath,
    example,
    needed,
    ({ name }) => !required.some((key) => key.variable === name && key.generated),
  );
  if (!file) return problems;
  problems.push(...lacking(path, file, listed, ({ name }) => !listed.some((key) => key.name === name)));
  for (const { variable } of required) {
    const key = file.find(({ name }) => name === variable);
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
  const names = (given ?? []).map(({ name }) => name);
  const suspects = (given ?? []).filter(mayBe);
  return wanted
    .filter(({ name }) => !names.includes(name))
    .map(({ name, why }) => {
      const near = nearest(
        name,
        suspects.map((key) => key.name),
      );
      const line = suspects.find((key) => key.name === near)?.line ?? 1;
      const what = given ? names.join(', ') || 'nothing' : 'no such file';
      const misspelt = near === undefined ? '' : `; is "${near}" meant to be it?`;
      return { file, place: { line, column: 1 }, message: `lacks ${name}, which ${why}; given: ${what}${misspelt}` };
    });
}
