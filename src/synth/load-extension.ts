import { createRequire, Module } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { GlobalExtension, ProjectExtension } from '../../charts/extension.ts';
import { ConfigurationError, problemLine } from '../config/problem.ts';

/**
 * The default export of an `infra/chart.ts`.
 *
 * @param path relative to the root
 * @throws ConfigurationError if it can't be loaded or exports no function
 */
export async function loadExtension<Extension extends ProjectExtension | GlobalExtension>(
  root: string,
  path: string,
): Promise<Extension> {
  // For the whole thread, which runs nothing else: tsx's tsImport would load what a chart imports of repoctl a second time.
  const [modules, commonModules] = [await import('tsx/esm/api'), await import('tsx/cjs/api')];
  await shareWithCommonModules();
  commonModules.register();
  modules.register();
  let loaded: { default?: unknown };
  try {
    loaded = (await import(pathToFileURL(join(root, path)).href)) as typeof loaded;
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
  return extension as Extension;
}

/**
 * Gives charts that are CommonJS, those of packages without `"type": "module"`, the repoctl that runs. For their `require` tsx
 * would make all of it once more, in more time than everything else takes.
 */
async function shareWithCommonModules(): Promise<void> {
  const { cache } = createRequire(import.meta.url);
  for (const program of ['index', 'constructs']) {
    const url = new URL(`./${program}.js`, import.meta.url);
    const shared = new Module(fileURLToPath(url));
    shared.exports = { ...(await import(url.href)), __esModule: true };
    shared.loaded = true;
    cache[shared.id] = shared;
  }
}

/** Why a file can't be loaded, as a line: the compiler says where, everything else is at the top. */
function loadProblem(path: string, error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const [, line, column, fault] = /^.*:(\d+):(\d+): ERROR: (.*)$/m.exec(message) ?? [];
  const place = fault === undefined ? { line: 1, column: 1 } : { line: Number(line), column: Number(column) + 1 };
  return problemLine({ file: path, place, message: `can't be loaded: ${fault ?? message.split('\n')[0]}` }, place);
}
