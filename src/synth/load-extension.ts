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
    throw new ConfigurationError([loadProblem(path, error)]);
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

/** Why a file can't be loaded, as a line: the compiler says where, everything else is at the top. */
function loadProblem(path: string, error: unknown): string {
  const [fault] =
    (error as { errors?: { text: string; location?: { line: number; column: number } }[] } | null)?.errors ?? [];
  const { line = 1, column = 0 } = fault?.location ?? {};
  const message = fault?.text ?? (error instanceof Error ? error.message : String(error));
  return `${path}:${line}:${column + 1}: can't be loaded: ${message.split('\n')[0]}`;
}
