import { FailureError, UsageError } from '../errors.ts';
import { confirm, terminal } from '../terminal/ask.ts';
import { type DownloadProgress, downloadProgressOn } from './download-progress.ts';
import { fetchTool } from './fetch-tool.ts';
import { type FoundTool, findTool } from './find.ts';
import { cacheFolder, shownPath, type Variables } from './tool-cache.ts';
import { platformOf } from './tool-platform.ts';
import { type Tool, type ToolName, tools } from './tools.ts';

export interface ObtainOptions {
  /** Fetches what is missing without asking. @default false */
  readonly yes?: boolean;
  /** Asks a question that yes or no answers. @default on the terminal, if there is one; `null`: nobody can be asked */
  readonly ask?: ((question: string) => Promise<boolean>) | null;
  /** @default shown on stderr */
  readonly progress?: DownloadProgress;
  /** For PATH, the cache's folder, the mirror and the proxy. @default those of the process */
  readonly env?: Variables;
  /** Names of optional programs: a failure to get one is only reported. @default none */
  readonly optional?: readonly string[];
  /** Stops it; what is half done is removed. */
  readonly signal?: AbortSignal;
  /** How long nothing may come, in milliseconds. @default 30 s */
  readonly silence?: number;
}

/**
 * Finds programs, and fetches those that are missing or too old, after asking once for all of them.
 *
 * @returns the programs, in the order of the names, without optional ones that are not to be had; `pathWith` makes the
 *   PATH that has them
 * @throws UsageError if one is lacking and nobody can be asked, or the answer is no
 * @throws FailureError if one can't be fetched
 */
export async function obtainTools(
  names: readonly (ToolName | Tool)[],
  options: ObtainOptions = {},
): Promise<FoundTool[]> {
  const { env = process.env, optional = [] } = options;
  const wanted = names.map((name) => (typeof name === 'string' ? tools[name] : name));
  const found = await Promise.all(wanted.map((tool) => findTool(tool, env)));
  const lacking = found.flatMap((each, index) => {
    const tool = wanted[index];
    return tool && 'lack' in each ? [{ tool, lack: each.lack, optional: optional.includes(tool.name) }] : [];
  });
  const fetched =
    lacking.length > 0 && (options.yes || (await agreed(lacking, options))) ? await fetchAll(lacking, options) : [];
  return found.flatMap((each) => ('path' in each ? each : fetched.filter(({ name }) => name === each.name)));
}

interface Lacking {
  readonly tool: Tool;
  /** Why it can't be used. */
  readonly lack: string;
  readonly optional: boolean;
}

async function fetchAll(lacking: readonly Lacking[], options: ObtainOptions): Promise<FoundTool[]> {
  const { env = process.env, progress = downloadProgressOn(process.stderr), signal, silence } = options;
  const fetchOptions = { platform: platformOf(), cache: cacheFolder(env), env, progress, silence, signal };
  const fetched: FoundTool[] = [];
  for (const { tool, optional } of lacking) {
    try {
      const path = await fetchTool(tool, fetchOptions);
      fetched.push({ name: tool.name, path, version: tool.version, source: 'cache' });
    } catch (error) {
      if (!optional || signal?.aborted || !(error instanceof FailureError)) throw error;
      progress.end(`${error.message}; going on without it`);
    }
  }
  return fetched;
}

/**
 * Whether they are to be fetched.
 *
 * @throws UsageError if not, and one of them can't be done without
 */
async function agreed(lacking: readonly Lacking[], options: ObtainOptions): Promise<boolean> {
  const { env = process.env, ask = yesOrNo() } = options;
  const folder = shownPath(cacheFolder(env), env);
  const required = lacking.filter(({ optional }) => !optional);
  const fetched = listed(lacking.map(({ tool }) => `${tool.name} ${tool.version}`));
  const reasons = (of: readonly Lacking[]) => of.map(({ lack }) => lack).join('; ');
  const why = lacking.map(({ tool, lack, optional }) => (optional ? `${lack} (${tool.purpose})` : lack)).join('; ');
  if (ask && (await ask(`${why}.\nFetch ${fetched} into ${folder}?`))) return true;
  if (required.length === 0) return false;
  const byHand = `install ${listed(required.map(({ tool }) => `${tool.name} ${tool.minimum} or newer (${tool.install})`))}`;
  throw new UsageError(
    `${reasons(required)}; ${ask ? 'nothing was downloaded' : `no terminal to ask for the download of ${fetched}`}`,
    `Run it again with --yes to download into ${folder}, or ${byHand}`,
  );
}

/** `kind and tilt` */
const listed = (texts: readonly string[]): string =>
  texts.length < 2 ? texts.join('') : `${texts.slice(0, -1).join(', ')} and ${texts.at(-1)}`;

/** Asks on the terminal; `null` if there is none. */
function yesOrNo(): ((question: string) => Promise<boolean>) | null {
  const ask = terminal();
  return ask ? (question) => confirm(question, false, ask) : null;
}
