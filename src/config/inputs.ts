import type { ProfileName } from '../../charts/model.ts';
import { projectFile } from './discover.ts';
import { type Outline, outline } from './load.ts';
import { ConfigurationError } from './problem.ts';
import { type ProjectMemory, readFor, remember } from './project-memory.ts';
import { readGlobal } from './read-global.ts';
import { type Inputs, Reader } from './reader.ts';
import { environmentFile } from './root.ts';

/**
 * The files and folders that a configuration is read from, those among them that there could be and are not; relative to
 * the root, sorted. It may be wrong.
 *
 * @param memory projects that were read just now. @default they are read
 */
export function configurationInputs(root: string, profile: ProfileName, memory: ProjectMemory = {}): string[] {
  const outlined = outlineOf(root);
  if (!outlined) return [environmentFile];
  const { input, tellsShared, directories, reader } = outlined;
  const what = readFor(input, profile, tellsShared);
  const ofGlobal = new Reader(root);
  readGlobal(ofGlobal, input, what.environment);
  const asked = directories.flatMap((directory) => {
    const { inputs } = memory[directory] ?? remember(root, directory, what);
    return pathsOf(inputs, ['text', 'keys', 'names']);
  });
  // The folders that the patterns look into hold much else; and each may hold a project one day.
  const paths = [
    ...pathsOf(reader.inputs, ['text', 'keys', 'entry']).filter((path) => !isBelowFile(root, path)),
    ...pathsOf(ofGlobal.inputs, ['text', 'names']),
    ...asked,
  ];
  return [...new Set([environmentFile, ...paths])].sort();
}

/** Whether a pattern led to a file and not to a folder: no project will be there, and Tilt can't watch what is below a file. */
const isBelowFile = (root: string, path: string): boolean =>
  path.endsWith(`/${projectFile}`) && new Reader(root).entry(path.slice(0, -projectFile.length - 1)) === 'file';

/** What was asked in some ways: other questions are only whether a path is there. */
const pathsOf = (inputs: Inputs, ways: readonly string[]): string[] =>
  Object.keys(inputs).flatMap((question) => {
    const [way = '', path] = question.split(/:(.*)/s);
    return path !== undefined && ways.includes(way) ? [path] : [];
  });

function outlineOf(root: string): Outline | undefined {
  try {
    return outline(root);
  } catch (error) {
    if (error instanceof ConfigurationError) return undefined;
    throw error;
  }
}
