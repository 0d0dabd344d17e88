import { join } from 'node:path';
import { parse } from 'dotenv';
import { typeMeta } from '../../../charts/common/api-versions.ts';
import { namespaceLabels } from '../../../charts/common/labels.ts';
import type { ManifestObject } from '../../../charts/common/manifest-object.ts';
import type { Project } from '../../../charts/model.ts';
import { ownerOf } from '../../../charts/wiring.ts';
import { readInside } from '../../config/configured-path.ts';
import { requiredVariables } from '../../config/environment-files.ts';
import type { Loaded, LoadOptions } from '../../config/load.ts';
import { ConfigurationError } from '../../config/problem.ts';
import { loadLastGood } from '../last-good.ts';
import { planSecrets } from '../plan-namespace.ts';
import type { SecretObject } from './changed-keys.ts';
import { environmentText, madeUp } from './environment-file.ts';
import { type EnvironmentValues, secretObjects } from './secret-objects.ts';
import { makeWhole } from './whole-file.ts';

/** A namespace and the Secrets that go into it. */
export interface NamespaceSecrets {
  readonly namespace: ManifestObject;
  readonly secrets: readonly SecretObject[];
}

/** What a Secret of the cluster holds, by its keys; `undefined` if it isn't there. */
export type KnownSecret = (namespace: string, name: string) => Promise<Readonly<Record<string, string>> | undefined>;

/** A `.env` that was made. */
export interface MadeFile {
  /** Relative to the root. */
  readonly path: string;
  /** Whether it has values that the cluster has. */
  readonly refilled: boolean;
}

export interface PreparedSecrets {
  readonly loaded: Loaded;
  readonly made: readonly MadeFile[];
  readonly namespaces: readonly NamespaceSecrets[];
}

/**
 * The Secrets of the global tier and of projects, from their `.env` files. A `.env` that isn't there is made from its
 * `.env.example`, with the values that the cluster has: data that was made with a password is lost without it. One that is
 * there is never changed.
 *
 * @param known what the cluster has
 * @param select which projects; default all
 * @throws ConfigurationError if the configuration or a `.env` is wrong
 */
export async function prepareSecrets(
  root: string,
  options: LoadOptions,
  known: KnownSecret,
  select: (loaded: Loaded) => readonly Project[] = ({ environment }) => environment.projects,
): Promise<PreparedSecrets> {
  const before = loadLastGood(root, options);
  const made = await makeEnvironmentFiles(root, before, known);
  const loaded = made.length === 0 ? before : loadLastGood(root, options);
  const { environment, profile, environmentFiles } = loaded;
  const values: EnvironmentValues = new Map(
    environmentFiles.filter(({ file }) => file).map(({ path }) => [path, parse(readInside(root, path))]),
  );
  const unusable: string[] = [];
  const namespaces = [undefined, ...select(loaded)].map((project) => {
    const { namespace: name } = project ?? environment;
    const labels = namespaceLabels(ownerOf(environment, project), profile);
    const made = secretObjects({ name, labels, secrets: planSecrets(environment, profile, project) }, values);
    unusable.push(
      ...made.unusable.map(({ file, variable, message }) => {
        const keys = environmentFiles.find(({ path }) => path === file)?.file;
        const line = keys?.find(({ name }) => name === variable)?.line ?? 1;
        return `${file}:${line}:1: ${variable} ${message}`;
      }),
    );
    const namespace: ManifestObject = { ...typeMeta('Namespace'), metadata: { name, labels } };
    return { namespace, secrets: made.objects };
  });
  if (unusable.length > 0) throw new ConfigurationError([...new Set(unusable)]);
  return { loaded, made, namespaces };
}

async function makeEnvironmentFiles(root: string, loaded: Loaded, known: KnownSecret): Promise<MadeFile[]> {
  const { environment, environmentFiles } = loaded;
  const missing = environmentFiles.filter(({ example, file }) => example && !file);
  if (missing.length === 0) return [];
  const generated = new Map<string, Set<string>>();
  for (const profile of Object.values(environment.profiles)) {
    for (const [owner, keys] of requiredVariables(environment, profile)) {
      const names = generated.get(owner) ?? new Set<string>();
      for (const key of keys) if (key.generated) names.add(key.variable);
      generated.set(owner, names);
    }
  }
  const values = await knownValues(loaded, known, new Set(missing.map(({ path }) => path)));
  return missing.map(({ owner, examplePath, path }) => {
    const has = values.get(path);
    const make = madeUp(generated.get(owner) ?? new Set());
    const example = readInside(root, examplePath);
    const text = environmentText(example, (name, empty) => has?.get(name) ?? make(name, empty));
    makeWhole(root, join(root, path), text);
    return { path, refilled: has !== undefined };
  });
}

/** The values of `.env` files that the Secrets of the cluster hold, by the path of the file and the name of the variable. */
async function knownValues({ environment, profile }: Loaded, known: KnownSecret, paths: ReadonlySet<string>) {
  const values = new Map<string, Map<string, string>>();
  for (const project of [undefined, ...environment.projects])
    for (const { name, keys } of planSecrets(environment, profile, project)) {
      const wanted = keys.filter(({ file }) => paths.has(file));
      const data = wanted.length > 0 ? await known((project ?? environment).namespace, name) : undefined;
      for (const { key, variable, file } of data ? wanted : []) {
        const value = data?.[key];
        if (value !== undefined) values.set(file, (values.get(file) ?? new Map()).set(variable, value));
      }
    }
  return values;
}
