import { linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'dotenv';
import { namespaceLabels } from '../../../charts/common/labels.ts';
import type { ManifestObject } from '../../../charts/common/manifest-object.ts';
import type { Project } from '../../../charts/model.ts';
import { ownerOf } from '../../../charts/wiring.ts';
import { requiredVariables } from '../../config/environment-files.ts';
import type { Loaded, LoadOptions } from '../../config/load.ts';
import { ConfigurationError } from '../../config/problem.ts';
import { loadLastGood } from '../last-good.ts';
import { planSecrets } from '../plan.ts';
import { environmentText } from './environment-file.ts';
import { type EnvironmentValues, secretObjects } from './secret-objects.ts';

/** A namespace and the Secrets that go into it. */
export interface NamespaceSecrets {
  readonly namespace: ManifestObject;
  readonly secrets: readonly ManifestObject[];
}

export interface PreparedSecrets {
  readonly loaded: Loaded;
  /** The `.env` files that were made, relative to the root. */
  readonly made: readonly string[];
  readonly namespaces: readonly NamespaceSecrets[];
}

/**
 * The Secrets of the global tier and of projects, from their `.env` files. A `.env` that isn't there is made from its
 * `.env.example`; one that is there is never changed.
 *
 * @param select which projects; default all
 * @throws ConfigurationError if the configuration or a `.env` is wrong
 */
export function prepareSecrets(
  root: string,
  options: LoadOptions,
  select: (loaded: Loaded) => readonly Project[] = ({ environment }) => environment.projects,
): PreparedSecrets {
  const before = loadLastGood(root, options);
  const made = makeEnvironmentFiles(root, before);
  const loaded = made.length === 0 ? before : loadLastGood(root, options);
  const { environment, profile, environmentFiles } = loaded;
  const values: EnvironmentValues = new Map(
    environmentFiles
      .filter(({ file }) => file)
      .map(({ path }) => [path, parse(readFileSync(join(root, path), 'utf8'))]),
  );
  const unusable: string[] = [];
  const namespaces = [undefined, ...select(loaded)].map((project) => {
    const { namespace: name } = project ?? environment;
    const labels = namespaceLabels(ownerOf(environment, project));
    const made = secretObjects({ name, labels, secrets: planSecrets(environment, profile, project) }, values);
    unusable.push(...made.unusable.map(({ file, variable, message }) => `${file}:1:1: ${variable} ${message}`));
    const namespace: ManifestObject = { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } };
    return { namespace, secrets: made.objects };
  });
  if (unusable.length > 0) throw new ConfigurationError([...new Set(unusable)]);
  return { loaded, made, namespaces };
}

function makeEnvironmentFiles(root: string, { environment, environmentFiles }: Loaded): string[] {
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
  for (const { owner, examplePath, path } of missing) {
    const text = environmentText(readFileSync(join(root, examplePath), 'utf8'), generated.get(owner) ?? new Set());
    makeWhole(join(root, path), text);
  }
  return missing.map(({ path }) => path);
}

/**
 * Makes a file that is whole as soon as it is there. One that has come into being meanwhile stays as it is: Tilt runs a
 * command for each project at once.
 */
function makeWhole(path: string, text: string): void {
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, text, { flag: 'wx', mode: 0o600 });
  try {
    linkSync(draft, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    rmSync(draft);
  }
}
