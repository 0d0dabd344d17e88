import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { ProjectExtension } from '../../charts/extension.ts';
import { ConfigurationError } from '../config/problem.ts';

/**
 * The default export of a project's `infra/chart.ts`.
 *
 * @param path relative to the root
 * @throws ConfigurationError if it can't be loaded or exports no function
 */
export async function loadExtension(root: string, path: string): Promise<ProjectExtension> {
  const { tsImport } = await import('tsx/esm/api');
  let loaded: { default?: unknown };
  try {
    loaded = (await tsImport(pathToFileURL(join(root, path)).href, import.meta.url)) as typeof loaded;
  } catch (error) {
    throw new ConfigurationError([`${path}:1:1: can't be loaded: ${(error as Error).message.split('\n')[0]}`]);
  }
  const exported = loaded.default as { default?: unknown } | undefined;
  // In a package without "type": "module" the export arrives wrapped once more.
  const extension = typeof exported === 'object' ? exported?.default : exported;
  if (typeof extension !== 'function')
    throw new ConfigurationError([
      `${path}:1:1: must export a function (chart, context) by default, given ${typeof extension}`,
    ]);
  return extension as ProjectExtension;
}
