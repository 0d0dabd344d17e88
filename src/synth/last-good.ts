import type { ProfileName } from '../../charts/model.ts';
import { type Loaded, type LoadOptions, load, outline } from '../config/load.ts';
import type { Mistake } from '../config/mistakes.ts';
import { ConfigurationError } from '../config/problem.ts';
import { findProfile, resolveProfiles } from '../config/profiles.ts';
import { printLines } from '../platform/terminal/print.ts';
import { readCache } from './cache.ts';

/**
 * Reads the configuration for a command that is not about all of it: one project's mistake is told, and the last good
 * state of that project goes on.
 *
 * @throws ConfigurationError for what is not one project's mistake
 */
export function loadLastGood(root: string, options: LoadOptions): Loaded {
  const outlined = outline(root);
  // Before the name of the profile becomes that of a file.
  mustHaveProfile(outlined, options);
  const memory = outlined.valid ? readCache(root, options.profile).projects : {};
  const loaded = load(root, { memory, outline: outlined, ...options, tolerant: true });
  tellMistakes(loaded.mistakes);
  return loaded;
}

function mustHaveProfile({ valid, input }: ReturnType<typeof outline>, { profile, development }: LoadOptions): void {
  if (valid) findProfile(resolveProfiles(input.profiles, 0), profile, { development });
}

/**
 * Refuses a name that is not that of a profile for development, where repoctl.yaml is right enough to tell.
 *
 * @throws UsageError if there is none
 */
export const mustBeDevelopmentProfile = (root: string, profile: ProfileName): void =>
  mustHaveProfile(outline(root), { profile, development: true });

const told = new Set<string>();

/** Says on stderr what is wrong with single projects, once in a run. */
export function tellMistakes(mistakes: readonly Mistake[]): void {
  const lines = mistakeLines(mistakes).filter((line) => !told.has(line));
  for (const line of lines) told.add(line);
  printLines(lines, process.stderr);
}

/** What is wrong with single projects, and what becomes of them, in lines. */
export const mistakeLines = (mistakes: readonly Mistake[]): string[] =>
  mistakes.flatMap(({ directory, name, lines }) => [
    ...lines,
    `${name ?? directory} keeps its last valid version; the others continue`,
  ]);

/**
 * Refuses to do with a project what needs it to be right.
 *
 * @throws ConfigurationError with what is wrong with those of some projects that are
 */
export function mustBeRight(mistakes: readonly Mistake[], projects: readonly { readonly directory: string }[]): void {
  const wrong = mistakes.filter((mistake) => projects.some(({ directory }) => directory === mistake.directory));
  if (wrong.length > 0) throw new ConfigurationError(wrong.flatMap(({ lines }) => lines));
}
