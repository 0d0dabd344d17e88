import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import type { Tool } from './tools.ts';

/** The environment's variables. */
export type Variables = Readonly<Record<string, string | undefined>>;

/**
 * The folder that keeps what was fetched: `$REPOCTL_CACHE`, else `repoctl` in `$XDG_CACHE_HOME`, else in the folder
 * that the system has for caches.
 */
export function cacheFolder(env: Variables = process.env, platform: string = process.platform): string {
  if (env.REPOCTL_CACHE) return env.REPOCTL_CACHE;
  // The specification has relative ones ignored.
  if (env.XDG_CACHE_HOME && isAbsolute(env.XDG_CACHE_HOME)) return join(env.XDG_CACHE_HOME, 'repoctl');
  const home = env.HOME || homedir();
  return platform === 'darwin' ? join(home, 'Library', 'Caches', 'repoctl') : join(home, '.cache', 'repoctl');
}

/** The folder in a cache that holds the program of a tool, and nothing else, so that it can be put on PATH. */
export const toolFolder = (cache: string, { name, version }: Tool): string => join(cache, 'tools', name, version);

/** Where a cache has, or would have, the program of a tool. */
export const cachedProgram = (cache: string, tool: Tool): string => join(toolFolder(cache, tool), tool.name);

/** A path as people know it, with `~`. */
export function shownPath(path: string, env: Variables = process.env): string {
  const home = env.HOME || homedir();
  return path.startsWith(`${home}/`) ? `~${path.slice(home.length)}` : path;
}
