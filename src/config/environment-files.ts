import type { SecretKey } from '../../charts/common/connection.ts';
import { secrets } from '../../charts/wiring.ts';
import type { Environment, Profile } from './model.ts';
import { suggestion } from './nearest.ts';
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
  const { example = [], file, examplePath, path } = files;
  const names = example.map(({ name }) => name);
  const top = { line: 1, column: 1 };
  const problems: Problem[] = required
    .filter(({ variable }) => !names.includes(variable))
    .map(({ variable }) => ({
      file: examplePath,
      place: top,
      message: `lacks ${variable}, which a service of ${files.owner} needs; given: ${names.join(', ') || (files.example ? 'nothing' : 'no such file')}`,
    }));
  if (!file) return problems;
  for (const { name, line } of example) {
    if (file.some((key) => key.name === name)) continue;
    const given = file.map((key) => key.name).filter((key) => !names.includes(key));
    problems.push({
      file: path,
      place: top,
      message: `lacks ${name}, which line ${line} of ${examplePath} asks for; ${suggestion(name, given).replace('allowed', 'given besides')}`,
    });
  }
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
