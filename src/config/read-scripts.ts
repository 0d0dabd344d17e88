import { absent, below, type FileContext } from './file-context.ts';
import { pathText } from './problem.ts';

/** The largest text that a ConfigMap can hold, in bytes. */
const configMapLimit = 1_000_000;

/**
 * The texts of the `*.sql` and `*.sh` in a folder that a service names.
 *
 * @param path where the folder is named
 */
export function readScripts(context: FileContext, path: readonly string[], folder: string): Record<string, string> {
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
      .filter((name) => /\.(sql|sh)$/.test(name))
      .map((name) => [name, context.reader.text(`${directory}/${name}`) ?? '']),
  );
  const bytes = Object.values(scripts).reduce((sum, text) => sum + Buffer.byteLength(text), 0);
  if (Object.keys(scripts).length === 0) context.refuse(path, `${field}: ${directory} holds no *.sql or *.sh`);
  if (bytes > configMapLimit)
    context.refuse(path, `${field}: ${directory} holds ${bytes} bytes; a ConfigMap can hold ${configMapLimit}`);
  return scripts;
}
