import { didYouMean } from '../platform/nearest.ts';
import { leadsAway } from './configured-path.ts';
import type { Problem } from './problem.ts';
import type { Reader } from './reader.ts';

/** The name of a project's file, relative to its folder. */
export const projectFile = 'infra/project.yaml';

/**
 * The folders of the projects that the patterns of `repoctl.yaml` lead to, sorted.
 *
 * A folder that a `*` leads to is a project if it holds `infra/project.yaml`; one that is named in full has to. A
 * `project.yaml` that is there but can't be read, or lies outside of the repository, is refused in any case.
 */
export function discover(
  reader: Reader,
  file: string,
  patterns: readonly string[],
): { directories: string[]; problems: Problem[] } {
  const directories = new Set<string>();
  const problems: Problem[] = [];
  for (const [index, pattern] of patterns.entries()) {
    const refuse = (message: string) => problems.push({ file, place: { path: ['projects', index] }, message });
    const segments = pattern.split('/').filter((segment) => segment !== '' && segment !== '.');
    const outside = pattern.startsWith('/') || segments.includes('..');
    if (outside || segments.length === 0) {
      refuse(
        `projects[${index}]: "${pattern}" ${outside ? 'leads outside' : 'is'} the repository; allowed: folders below the one of ${file}`,
      );
      continue;
    }
    for (const directory of expand(reader, segments)) {
      const path = `${directory}/${projectFile}`;
      const entry = reader.entry(path);
      // A link that leads nowhere is there, too.
      if (!entry && !reader.names(`${directory}/infra`)?.includes('project.yaml')) {
        if (!pattern.includes('*'))
          refuse(
            `projects[${index}]: "${pattern}" has no ${projectFile}${didYouMean(directory, siblings(reader, directory))}`,
          );
      } else if (reader.inside(path) === undefined)
        refuse(`projects[${index}]: "${linked(reader, path)}" ${leadsAway}`);
      else if (entry === 'file') directories.add(directory);
      else refuse(`projects[${index}]: ${path} is a folder; expected a file`);
    }
  }
  return { directories: [...directories].sort(), problems };
}

/** The first part of a path that leads nowhere or outside of the repository. */
function linked(reader: Reader, path: string): string {
  const segments = path.split('/');
  const parts = segments.map((_, index) => segments.slice(0, index + 1).join('/'));
  return parts.find((part) => reader.inside(part) === undefined) ?? path;
}

/** The folders with a project beside a folder. */
function siblings(reader: Reader, directory: string): string[] {
  const parent = directory.split('/').slice(0, -1).join('/');
  return expand(reader, [...(parent === '' ? [] : [parent]), '*']).filter(
    (sibling) => reader.entry(`${sibling}/${projectFile}`) === 'file',
  );
}

function expand(reader: Reader, segments: readonly string[]): string[] {
  return segments.reduce<string[]>(
    (found, segment) =>
      found.flatMap((directory) => {
        const below = (name: string) => (directory === '' ? name : `${directory}/${name}`);
        if (!segment.includes('*')) return [below(segment)];
        const pattern = new RegExp(`^${segment.split('*').map(quoted).join('.*')}$`);
        return (reader.names(directory) ?? []).filter((name) => !name.startsWith('.') && pattern.test(name)).map(below);
      }),
    [''],
  );
}

const quoted = (text: string) => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
