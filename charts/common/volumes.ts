import { createHash } from 'node:crypto';
import { z } from 'zod';
import { absolutePath, existingName, quantityText } from './fields.ts';
import type { Volume } from './k8s.ts';
import type { Mount } from './pod.ts';

const volumeName = z
  .string()
  .max(40, 'is longer than 40 characters')
  .regex(/^[a-z]([-a-z0-9]*[a-z0-9])?$/, 'must be lower-case letters, digits and "-", beginning with a letter');

/** A path in a volume. */
const subPath = z
  .string()
  .regex(/^[^/\s][^\s]*$/, 'must be a path that does not begin with /')
  .refine((path) => !path.split('/').includes('..'), 'may not contain ".."');

const accessModes = z
  .array(z.enum(['ReadWriteOnce', 'ReadWriteOncePod', 'ReadWriteMany', 'ReadOnlyMany']))
  .min(1)
  .default(['ReadWriteOnce'])
  .describe('How many pods or nodes may mount it.');

const claim = z.union([
  quantityText.transform((storage): Claim => ({ storage, accessModes: ['ReadWriteOnce'] })),
  z.strictObject({
    storage: quantityText.describe('Size of the claim.'),
    storageClassName: existingName.optional().describe('Its storage class. Default: the cluster’s default.'),
    accessModes,
  }),
]);

const emptyDir = z.union([
  quantityText.transform((sizeLimit): EmptyDir => ({ sizeLimit })),
  z.strictObject({
    sizeLimit: quantityText.optional().describe('The most it may hold; a pod that exceeds it is evicted.'),
    medium: z.literal('Memory').optional().describe('Keep it in memory, which counts as memory of the containers.'),
  }),
]);

const keysOf = (kind: string) =>
  z
    .union([
      existingName.transform((name): ObjectKeys => ({ name })),
      z.strictObject({
        name: existingName.describe(`Name of the ${kind}, in the project's namespace.`),
        items: z
          .record(z.string().regex(/^[-._a-zA-Z0-9]+$/, 'must be a key: letters, digits, "-", "_" and "."'), subPath)
          .optional()
          .describe('Keys, each with the name of its file. Default: all keys, under their own names.'),
        optional: z.boolean().optional().describe('Whether the pod may start without it.'),
      }),
    ])
    .describe(`One of a name, \`{name, items, optional}\`.`);

const sources = {
  emptyDir: emptyDir
    .optional()
    .describe('A folder that lives as long as the pod: its size limit, or `{sizeLimit, medium}`.'),
  claim: claim
    .optional()
    .describe(
      'A new claim, which outlives the pod: its size, or `{storage, storageClassName, accessModes}`. Each pod of ' +
        'a StatefulSet has its own; other pods share `PROJECT-WORKLOAD-VOLUME`.',
    ),
  persistentVolumeClaim: existingName.optional().describe('Name of an existing claim.'),
  files: z
    .string()
    .regex(/^[^\s\\]+$/, 'must be a path with / and without spaces')
    .optional()
    .describe(
      "Text file or folder of the repository, relative to the project's folder, as a ConfigMap. A file is mounted as a file.",
    ),
  configMap: keysOf('ConfigMap').optional().describe('An existing ConfigMap: its name, or `{name, items, optional}`.'),
  secret: keysOf('Secret').optional().describe('An existing Secret: its name, or `{name, items, optional}`.'),
};

const sourceNames = Object.keys(sources) as (keyof typeof sources)[];

const volume = z
  .strictObject({
    mountPath: absolutePath.optional().describe('Its path in the main container. Default: not mounted there.'),
    subPath: subPath.optional().describe('Path in the volume to mount instead of its root.'),
    readOnly: z.boolean().optional().describe('Whether it is read-only; ConfigMaps and Secrets always are.'),
    ...sources,
  })
  .superRefine((value, context) => {
    const given = sourceNames.filter((name) => value[name] !== undefined);
    if (given.length !== 1)
      context.addIssue({
        code: 'custom',
        message: `must have exactly one of ${sourceNames.join(', ')}; it has ${given.join(' and ') || 'none'}`,
        input: value,
      });
  });

/** Volumes of a pod by name. */
export const volumesField = z
  .record(volumeName, volume)
  .optional()
  .describe('Folders and files for its containers, in addition to the image’s, by name.');

/** A claim of a workload's own. */
export interface Claim {
  readonly storage: string;
  readonly storageClassName?: string;
  readonly accessModes: readonly string[];
}

interface EmptyDir {
  readonly sizeLimit?: string;
  readonly medium?: 'Memory';
}

interface ObjectKeys {
  readonly name: string;
  readonly items?: Readonly<Record<string, string>>;
  readonly optional?: boolean;
}

/** Files of the repository, as the loader has read them. */
export interface FileContents {
  /** Relative to the repository's root. */
  readonly path: string;
  /** Texts by their path in the folder; a file by its name alone. */
  readonly texts: Readonly<Record<string, string>>;
  /** Whether it is a single file. */
  readonly single: boolean;
}

/** A volume as the configuration gives it; the loader puts contents in the place of a path. */
export type VolumeSettings = Omit<z.output<typeof volume>, 'files'> & { readonly files?: string | FileContents };
export type Volumes = Readonly<Record<string, VolumeSettings>>;

/** Volumes with the files that they name. */
export const withFiles = (
  volumes: Volumes | undefined,
  read: (name: string, path: string) => FileContents | undefined,
): Volumes | undefined =>
  volumes &&
  Object.fromEntries(
    Object.entries(volumes).map(([name, each]) =>
      typeof each.files === 'string' ? [name, { ...each, files: read(name, each.files) ?? each.files }] : [name, each],
    ),
  );

/** What a ConfigMap holds of files, and which file each of its keys is. */
interface FileKeys {
  readonly data: Readonly<Record<string, string>>;
  readonly items: readonly { readonly key: string; readonly path: string }[];
}

/** Keys of a ConfigMap have no slashes. */
const fileKeys = ({ texts }: FileContents): FileKeys => {
  const items = Object.keys(texts).map((path) => ({ key: path.replaceAll('/', '..'), path }));
  return { data: Object.fromEntries(items.map(({ key, path }) => [key, texts[path] ?? ''])), items };
};

/** Name of the ConfigMap or the claim that a volume of a workload has for itself. */
export const volumeObject = (object: string, volume: string): string => `${object}-${volume}`;

const itemsOf = (items: ObjectKeys['items']) => items && Object.entries(items).map(([key, path]) => ({ key, path }));

/** Each volume as a pod has it; none for a claim that is made from a template. */
function podVolume(object: string, name: string, given: VolumeSettings, templates: boolean): Volume | undefined {
  const { emptyDir, claim, persistentVolumeClaim, files, configMap, secret } = given;
  const own = volumeObject(object, name);
  if (emptyDir) return { name, emptyDir };
  if (claim) return templates ? undefined : { name, persistentVolumeClaim: { claimName: own } };
  if (persistentVolumeClaim) return { name, persistentVolumeClaim: { claimName: persistentVolumeClaim } };
  if (files) {
    const items = typeof files === 'string' ? undefined : fileKeys(files).items;
    return { name, configMap: { name: own, defaultMode: 0o444, items } };
  }
  if (configMap) return { name, configMap: { ...configMap, items: itemsOf(configMap.items), defaultMode: 0o444 } };
  const { name: secretName, items, optional } = secret as ObjectKeys;
  return { name, secret: { secretName, items: itemsOf(items), optional, defaultMode: 0o440 } };
}

/** Whether nothing can be written to a volume anyway. */
const isReadOnly = ({ readOnly, files, configMap, secret }: VolumeSettings): boolean =>
  readOnly ?? (files !== undefined || configMap !== undefined || secret !== undefined);

/** Path in a volume that is mounted: a single file of the repository is mounted as a file. */
function mountedPart({ subPath, files }: VolumeSettings): string | undefined {
  if (subPath !== undefined || typeof files !== 'object' || !files.single) return subPath;
  return Object.keys(files.texts)[0];
}

/** A volume of a workload in one of its containers. */
export const mountOf = (
  name: string,
  volume: VolumeSettings,
  at: { readonly mountPath: string; readonly subPath?: string; readonly readOnly?: boolean },
): Mount => ({
  volume: name,
  path: at.mountPath,
  subPath: at.subPath ?? mountedPart(volume),
  readOnly: at.readOnly ?? (isReadOnly(volume) || undefined),
});

/** What volumes become. */
export interface DeclaredVolumes {
  readonly volumes: readonly Volume[];
  /** In the main container. */
  readonly mounts: readonly Mount[];
  /** The claims that the workload has for itself, by the volume's name. */
  readonly claims: Readonly<Record<string, Claim>>;
  /** What the ConfigMaps hold that it has for itself, by the volume's name. */
  readonly configMaps: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/**
 * @param object the workload's
 * @param templates whether its controller makes each pod's claims from templates
 */
export function declaredVolumes(object: string, given: Volumes = {}, templates = false): DeclaredVolumes {
  const entries = Object.entries(given);
  return {
    volumes: entries.flatMap(([name, each]) => podVolume(object, name, each, templates) ?? []),
    mounts: entries.flatMap(([name, each]) =>
      each.mountPath === undefined
        ? []
        : [mountOf(name, each, { ...each, mountPath: each.mountPath, readOnly: undefined })],
    ),
    claims: Object.fromEntries(entries.flatMap(([name, { claim }]) => (claim ? [[name, claim]] : []))),
    configMaps: Object.fromEntries(
      entries.flatMap(([name, { files }]) => (typeof files === 'object' ? [[name, fileKeys(files).data]] : [])),
    ),
  };
}

/** A digest of what ConfigMaps hold: pods read them when they start. */
export const contentsDigest = (contents: DeclaredVolumes['configMaps']): string =>
  createHash('sha256').update(JSON.stringify(contents)).digest('hex').slice(0, 16);
