import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { delimiter, dirname, join, resolve } from 'node:path';
import { execa } from 'execa';
import { cachedProgram, cacheFolder, type Variables } from './tool-cache.ts';
import { type Tool, type ToolName, tools } from './tools.ts';
import { isAtLeast } from './version.ts';

/** A program that can be used. */
export interface FoundTool {
  readonly name: string;
  /** Absolute. */
  readonly path: string;
  readonly version: string;
  readonly source: 'PATH' | 'cache';
}

/** A program that can't be used. */
export interface LackingTool {
  readonly name: string;
  /** Why, e.g. `kind 0.11.1 at /usr/bin/kind is too old; at least 0.27.0 is needed`. */
  readonly lack: string;
  /** The version on PATH, if it is only too old. */
  readonly version?: string;
}

/** How long a program may take to say its version, in milliseconds. */
const patience = 10_000;

/**
 * Finds a program: the first on PATH that is new enough, else the one in the cache.
 *
 * @param env for PATH and the cache's folder
 */
export async function findTool(given: ToolName | Tool, env: Variables = process.env): Promise<FoundTool | LackingTool> {
  const tool = typeof given === 'string' ? tools[given] : given;
  const { name, minimum } = tool;
  let unfit: LackingTool | undefined;
  for (const path of await onPath(name, env)) {
    const answer = await askVersion(tool, path, env);
    if ('version' in answer && isAtLeast(answer.version, minimum))
      return { name, path, version: answer.version, source: 'PATH' };
    unfit ??=
      'version' in answer
        ? {
            name,
            version: answer.version,
            lack: `${name} ${answer.version} at ${path} is too old; at least ${minimum} is needed`,
          }
        : { name, lack: `${path} does not say its version: ${answer.problem}` };
  }
  const path = resolve(cachedProgram(cacheFolder(env), tool));
  if (await isProgram(path)) return { name, path, version: tool.version, source: 'cache' };
  return unfit ?? { name, lack: `there is no ${name} on PATH` };
}

/** PATH with the folders of programs from the cache in front, for programs that start these by themselves. */
export function pathWith(found: readonly FoundTool[], env: Variables = process.env): string {
  const folders = found.filter(({ source }) => source === 'cache').map(({ path }) => dirname(path));
  return [...folders, ...(env.PATH ? [env.PATH] : [])].join(delimiter);
}

/** Asks a program for its version. */
export async function askVersion(
  tool: Tool,
  path: string,
  env: Variables = process.env,
): Promise<{ version: string } | { problem: string }> {
  const result = await execa(path, tool.versionArguments, {
    env,
    extendEnv: false,
    reject: false,
    timeout: patience,
    stdin: 'ignore',
  });
  const version = tool.versionPattern.exec(result.stdout)?.[1];
  if (version !== undefined) return { version };
  if (result.timedOut) return { problem: `it took longer than ${patience / 1000} s` };
  const [line] = (result.stderr || result.stdout).split('\n').filter((each) => each.trim() !== '');
  return { problem: line ?? result.originalMessage ?? result.code ?? `exit code ${result.exitCode}` };
}

async function onPath(name: string, { PATH = '' }: Variables): Promise<string[]> {
  const paths = [...new Set(PATH.split(delimiter).filter(Boolean))].map((folder) => resolve(join(folder, name)));
  const programs = await Promise.all(paths.map(isProgram));
  return paths.filter((_, index) => programs[index]);
}

async function isProgram(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    const found = await stat(path);
    return found.isFile() && found.size > 0;
  } catch {
    return false;
  }
}
