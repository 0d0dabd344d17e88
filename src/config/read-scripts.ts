import { absent, below, type FileContext } from './file-context.ts';
import { pathText } from './problem.ts';

/** The largest text that a ConfigMap can hold, in bytes. */
const configMapLimit = 1_000_000;

/**
 * The texts of the files in a folder that a service names.
 *
 * @param path where the folder is named
 * @param endings of the files that are read, without a dot
 */
export function readScripts(
  context: FileContext,
  path: readonly string[],
  folder: string,
  endings: readonly string[] = ['sql', 'sh'],
): Record<string, string> {
  const directory = below(context, path, folder);
  if (directory === undefined) return {};
  const field = pathText(path);
  const names = context.reader.names(directory);
  if (names === undefined) {
    context.refuse(path, `${field}: ${absent(context, 'folder', directory)}`);
    return {};
  }
  const scripts = Object.fromEntries(
    names
      .filter((name) => endings.some((ending) => name.endsWith(`.${ending}`)))
      .map((name) => [name, context.reader.text(`${directory}/${name}`) ?? '']),
  );
  const bytes = Object.values(scripts).reduce((sum, text) => sum + Buffer.byteLength(text), 0);
  if (Object.keys(scripts).length === 0)
    context.refuse(path, `${field}: ${directory} holds no ${endings.map((ending) => `*.${ending}`).join(' or ')}`);
  if (bytes > configMapLimit)
    context.refuse(path, `${field}: ${directory} holds ${bytes} bytes; a ConfigMap can hold ${configMapLimit}`);
  return scripts;
}
