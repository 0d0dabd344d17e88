import { didYouMean } from '../platform/nearest.ts';
import { leadsAway } from './configured-path.ts';
import { pathText } from './problem.ts';
import type { Reader } from './reader.ts';

/** A file of the configuration that names other files. */
export interface FileContext {
  readonly reader: Reader;
  /** Folder that its paths are relative to; '' for the root. */
  readonly directory: string;
  readonly file: string;
  readonly refuse: (path: readonly PropertyKey[], message: string, at?: 'key' | 'value') => void;
}

/** A path of the file's as one of the repository's; refused if it leads outside. */
export function below(
  { reader, directory, refuse }: FileContext,
  path: readonly PropertyKey[],
  given: string,
): string | undefined {
  const parts: string[] = [];
  for (const part of `${directory}/${given}`.split('/')) {
    if (part === '..' && parts.length > 0 && parts.at(-1) !== '..') parts.pop();
    else if (part !== '.' && part !== '') parts.push(part);
  }
  const joined = parts.join('/') || '.';
  const field = pathText(path);
  if (given.startsWith('/') || parts[0] === '..') {
    refuse(path, `${field}: "${given}" leads outside the repository`);
    return undefined;
  }
  if (reader.inside(joined) === undefined && reader.names(parts.slice(0, -1).join('/'))?.includes(parts.at(-1) ?? '')) {
    refuse(path, `${field}: "${given}" ${leadsAway}`);
    return undefined;
  }
  return joined;
}

/** That there is no such file or folder, and which one may have been meant. */
export function absent({ reader }: FileContext, what: 'file' | 'folder', path: string): string {
  const [name = '', ...above] = path.split('/').reverse();
  const parent = above.reverse().join('/');
  return `there is no ${what} ${path}${didYouMean(
    name,
    (reader.names(parent) ?? []).filter((each) => each !== name),
  )}`;
}
