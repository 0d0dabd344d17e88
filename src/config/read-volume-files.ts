import { type FileContents, type Volumes, withFiles } from '../../charts/common/volumes.ts';
import { absent, below, type FileContext } from './file-context.ts';
import { pathText } from './problem.ts';
import type { Reader } from './reader.ts';

/** The largest text that a ConfigMap can hold, in bytes. */
const configMapLimit = 1_000_000;

/** How many files a folder can hold that becomes a ConfigMap. */
const mostFiles = 200;

/** The files of the repository that a volume names; what is wrong with them is refused. */
function readVolumeFiles(context: FileContext, field: readonly PropertyKey[], given: string): FileContents | undefined {
  const { reader, refuse } = context;
  const path = below(context, field, given);
  if (path === undefined) return undefined;
  const entry = reader.entry(path);
  const subject = pathText(field);
  if (entry === undefined) {
    refuse(field, `${subject}: ${absent(context, 'file', path)}`);
    return undefined;
  }
  const single = entry === 'file';
  const files = single ? [path] : filesBelow(reader, path);
  const texts: Record<string, string> = {};
  for (const file of files.slice(0, mostFiles)) {
    const text = reader.text(file) ?? '';
    const name = single ? (file.split('/').at(-1) ?? file) : file.slice(path.length + 1);
    if (text.includes('\uFFFD') || text.includes('\0'))
      refuse(field, `${subject}: ${file} is not text; put it into the image`);
    if (!/^[-._a-zA-Z0-9/]+$/.test(name))
      refuse(field, `${subject}: the name of ${file} must be letters, digits, "-", "_" and "."`);
    texts[name] = text;
  }
  const bytes = Object.values(texts).reduce((sum, text) => sum + Buffer.byteLength(text), 0);
  if (files.length === 0) refuse(field, `${subject}: ${path} holds no files`);
  if (files.length > mostFiles)
    refuse(field, `${subject}: ${path} holds ${files.length} files; allowed: ${mostFiles}. Put them into the image`);
  else if (bytes > configMapLimit)
    refuse(
      field,
      `${subject}: ${path} holds ${bytes} bytes; a ConfigMap can hold ${configMapLimit}. Put it into the image`,
    );
  return { path, texts, single };
}

/** The files below a folder, those in its folders too; not those whose names begin with a dot. */
function filesBelow(reader: Reader, folder: string): string[] {
  return (reader.names(folder) ?? []).flatMap((name) => {
    if (name.startsWith('.')) return [];
    const path = `${folder}/${name}`;
    return reader.entry(path) === 'folder' ? filesBelow(reader, path) : [path];
  });
}

/** Settings with the files of the repository that their volumes name. */
export function withVolumeFiles<Settings>(
  context: FileContext,
  path: readonly PropertyKey[],
  settings: Settings,
): Settings {
  const { volumes } = settings as { readonly volumes?: Volumes };
  if (volumes === undefined) return settings;
  const read = (name: string, given: string) => readVolumeFiles(context, [...path, 'volumes', name, 'files'], given);
  return { ...settings, volumes: withFiles(volumes, read) };
}
