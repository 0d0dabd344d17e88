import type { ImageBuild } from '../../charts/model.ts';
import { suggestion } from '../platform/nearest.ts';
import { absent, below, type FileContext } from './file-context.ts';
import { pathText } from './problem.ts';
import { isImage, type ProjectInput } from './project-schema.ts';

type ImageInput = ProjectInput['images'][string];

/** An image that a project builds; what is wrong with its paths is refused. */
export function readImage(context: FileContext, name: string, build: ImageInput): ImageBuild {
  const { reader, refuse } = context;
  const path = ['images', name];
  const dockerfile = below(context, [...path, 'dockerfile'], build.dockerfile);
  const directory = below(context, [...path, 'context'], build.context);
  if (directory !== undefined && reader.entry(directory) !== 'folder')
    refuse([...path, 'context'], `images.${name}.context: ${absent(context, 'folder', directory)}`);
  const text = dockerfile === undefined ? '' : reader.text(dockerfile);
  if (text === undefined)
    refuse([...path, 'dockerfile'], `images.${name}.dockerfile: ${absent(context, 'file', dockerfile ?? '')}`);
  else if (dockerfile !== undefined) {
    const lines = text.replaceAll(/\\[ \t]*\r?\n/g, ' ');
    const stages = [...lines.matchAll(/^\s*FROM\s.*\sAS\s+(\S+)\s*$/gim)].map(([, stage = '']) => stage.toLowerCase());
    for (const field of ['target', 'localTarget'] as const) {
      const target = build[field];
      if (target !== undefined && !stages.includes(target.toLowerCase()))
        refuse(
          [...path, field],
          `images.${name}.${field}: ${dockerfile} has no stage "${target}"; ${suggestion(target, stages)}`,
        );
    }
  }
  const relative = (given: string, ...field: PropertyKey[]) => below(context, [...path, ...field], given) ?? given;
  return {
    name,
    context: directory ?? '',
    dockerfile: dockerfile ?? '',
    target: build.target,
    localTarget: build.localTarget,
    buildArgs: build.buildArgs,
    additionalContexts: contextsOf(context, path, build.additionalContexts, text && withoutComments(text)),
    platforms: build.platforms,
    secrets: Object.keys(build.secrets).length === 0 ? undefined : secretsOf(build.secrets, relative),
    sync: build.sync.map(({ from, to }, index) => ({
      from: synced(context, [...path, 'sync', index, 'from'], from),
      to,
    })),
    rebuildOn: build.rebuildOn.map((given, index) => relative(given, 'rebuildOn', index)),
  };
}

/** Secrets of a build, their files relative to the root. */
const secretsOf = (
  given: ImageInput['secrets'],
  relative: (path: string, ...field: PropertyKey[]) => string,
): ImageBuild['secrets'] =>
  Object.fromEntries(
    Object.entries(given).map(([id, { env, file }]) => [
      id,
      file === undefined ? { env } : { file: relative(file, 'secrets', id, 'file') },
    ]),
  );

const withoutComments = (dockerfile: string): string => dockerfile.replaceAll(/^\s*#.*$/gm, '');

/**
 * The further contexts of a build, their folders relative to the root.
 *
 * @param dockerfile its text; none if it can't be read
 */
function contextsOf(
  context: FileContext,
  path: readonly string[],
  given: ImageInput['additionalContexts'],
  dockerfile: string | undefined,
): ImageBuild['additionalContexts'] {
  const entries = Object.entries(given);
  if (entries.length === 0) return undefined;
  const read = entries.map(([name, source]): [string, string] => {
    const field = [...path, 'additionalContexts', name];
    if (dockerfile && !dockerfile.split(/[\s=,]+/).includes(name))
      context.refuse(
        field,
        `${pathText(field)}: the Dockerfile has no FROM ${name}, and nothing from=${name}; use it there, or leave it out`,
        'key',
      );
    if (isImage(source)) return [name, source];
    const folder = below(context, field, source);
    if (folder !== undefined && context.reader.entry(folder) !== 'folder')
      context.refuse(field, `${pathText(field)}: ${absent(context, 'folder', folder)}`);
    return [name, folder ?? source];
  });
  return Object.fromEntries(read);
}

/** A path whose files development copies into containers; refused if one of them is somebody else's. */
function synced(context: FileContext, path: readonly PropertyKey[], given: string): string {
  const joined = below(context, path, given);
  const [away] = joined === undefined ? [] : (context.reader.linksAway(joined) ?? []);
  if (away !== undefined)
    context.refuse(path, `${pathText(path)}: "${given}" holds ${away}, a link that leads outside the repository`);
  return joined ?? given;
}
