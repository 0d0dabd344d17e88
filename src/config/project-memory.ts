import { namespaceName } from '../../charts/common/names.ts';
import type { ProfileName } from '../../charts/model.ts';
import type { EnvironmentInput } from './environment-schema.ts';
import { profileChains, resolveProfiles } from './profiles.ts';
import { sharedKinds } from './read-global.ts';
import { type ReadFor, type ReadProject, readProject } from './read-project.ts';
import { type Inputs, Reader } from './reader.ts';

/** What reading a project yielded, and what it was read from. */
export interface RememberedProject {
  /** What it was read for, as text. */
  readonly readFor: string;
  readonly inputs: Inputs;
  readonly read: ReadProject;
}

/** Projects that an earlier run read, by their folder. */
export type ProjectMemory = Readonly<Record<string, RememberedProject>>;

/**
 * What projects are read for.
 *
 * @param tellsShared whether the input has the services that projects share
 */
export function readFor(input: EnvironmentInput, profile: ProfileName, tellsShared: boolean): ReadFor {
  const { name, profiles } = input;
  const resolved = resolveProfiles(profiles, 0);
  const around = resolved[profile] ?? resolved.local;
  const { namespacePrefix, namespaceSuffix } = around;
  const chains = profileChains(profiles);
  const environment = namespaceName(around, name);
  return {
    environment,
    profile,
    namespacePrefix,
    namespaceSuffix,
    shared: tellsShared ? sharedKinds(input) : undefined,
    chains,
  };
}

/** The projects that an earlier run found to be right, for the same environment and profile. */
export const rightOnes = (memory: ProjectMemory, what: ReadFor): ProjectMemory =>
  Object.fromEntries(
    Object.entries(memory).filter(([, { read, readFor }]) => {
      if (!read.project || read.problems.length > 0) return false;
      const { environment, profile } = JSON.parse(readFor) as ReadFor;
      return environment === what.environment && profile === what.profile;
    }),
  );

/** What an earlier run read of a project, if that still holds. */
export const recall = (
  root: string,
  remembered: RememberedProject | undefined,
  what: ReadFor,
): RememberedProject | undefined =>
  remembered?.readFor === JSON.stringify(what) && new Reader(root).matches(remembered.inputs) ? remembered : undefined;

/** Reads a project. */
export function remember(root: string, directory: string, what: ReadFor): RememberedProject {
  const reader = new Reader(root);
  const read = readProject(reader, directory, what);
  const problems = [...read.problems, ...reader.problems];
  return { readFor: JSON.stringify(what), inputs: reader.inputs, read: { ...read, problems } };
}
