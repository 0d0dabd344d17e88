import type { Problem } from './problem.ts';
import type { Reader } from './reader.ts';

/** The name of a project's file, relative to its folder. */
export const projectFile = 'infra/project.yaml';

/**
 * The folders of the projects that the patterns of `repoctl.yaml` lead to, sorted.
 *
 * A folder that a `*` leads to is a project if it holds `infra/project.yaml`; one that is named in full has to.
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
    if (pattern.startsWith('/') || segments.includes('..')) {
      refuse(
        `projects[${index}]: "${pattern}" leads outside the repository; allowed: folders below the one of ${file}`,
      );
      continue;
    }
    for (const directory of expand(reader, segments)) {
      if (reader.text(`${directory}/${projectFile}`) === undefined) {
        if (!pattern.includes('*')) refuse(`projects[${index}]: "${pattern}" has no ${projectFile}`);
      } else if (reader.inside(directory) === undefined) {
        refuse(`projects[${index}]: "${directory}" is a link that leads outside the repository`);
      } else directories.add(directory);
    }
  }
  return { directories: [...directories].sort(), problems };
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
