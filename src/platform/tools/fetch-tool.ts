import { chmod, mkdir, mkdtemp, readdir, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { FailureError, UsageError } from '../errors.ts';
import { download, readText } from './download.ts';
import type { DownloadProgress } from './download-progress.ts';
import { askVersion } from './find.ts';
import { cachedProgram, shownPath, type Variables } from './tool-cache.ts';
import type { Platform } from './tool-platform.ts';
import type { Tool } from './tools.ts';
import { TransferError, type TransferReason } from './transfer-error.ts';

export interface FetchOptions {
  readonly platform: Platform;
  /** The folder that keeps what was fetched. */
  readonly cache: string;
  /** For the mirror and the proxy. */
  readonly env: Variables;
  readonly progress: DownloadProgress;
  /** How long nothing may come, in milliseconds. @default 30 s */
  readonly silence?: number;
  /** Ends it; nothing is left behind. */
  readonly signal?: AbortSignal;
}

/**
 * Fetches a program into the cache. It appears there whole and verified, or not at all; several processes may fetch the
 * same at the same time.
 *
 * @returns where it is
 * @throws FailureError if it can't be fetched
 * @throws UsageError if the mirror or the proxy is no URL
 */
export async function fetchTool(tool: Tool, options: FetchOptions): Promise<string> {
  const { cache, env } = options;
  const url = mirrored(tool.url(tool.version, options.platform), env);
  const program = cachedProgram(cache, tool);
  let work: string | undefined;
  try {
    await mkdir(cache, { recursive: true });
    await sweep(cache);
    work = await mkdtemp(join(cache, workPrefix));
    const file = await verified(tool, url, work, options);
    const made = tool.entry ? await unpack(file, tool.entry, work) : file;
    await chmod(made, 0o755);
    await tryOut(tool, made, options);
    await mkdir(dirname(program), { recursive: true });
    await rename(made, program);
    return program;
  } catch (error) {
    throw explain(error, tool, options);
  } finally {
    if (work) await rm(work, { recursive: true, force: true });
  }
}

/** Downloads what a URL gives and compares its checksum. */
async function verified(tool: Tool, url: URL, work: string, options: FetchOptions): Promise<string> {
  const { env, signal, silence = 30_000, progress } = options;
  const get = { env, signal, silence };
  const name = `${tool.name} ${tool.version}`;
  const pinned = tool.sha256[options.platform];
  const expected = pinned ?? (await published(tool, options, (list) => readText(list, get)));
  const file = join(work, 'download');
  progress.start(name, url.host);
  let bytes = 0;
  try {
    const sum = await download(url, file, get, (received, total) => {
      bytes = received;
      progress.step(name, received, total);
    });
    if (sum !== expected)
      throw new TransferError(
        'checksum',
        `${url} gave another file: its SHA-256 is ${sum}, but ${expected} was published`,
      );
  } catch (error) {
    progress.end();
    throw error;
  }
  progress.end(`${name}: ${bytes} bytes, checksum verified`);
  return file;
}

/** The checksum that the vendor publishes beside the file. */
async function published(tool: Tool, { platform, env }: FetchOptions, read: (list: URL) => Promise<string>) {
  const original = tool.url(tool.version, platform);
  const list = mirrored(tool.checksums(original), env);
  // An attacker who can change a file on its way can change an unencrypted checksum as well.
  if (list.protocol !== 'https:' && !/^(localhost|127\.|\[::1\])/.test(list.hostname))
    throw new TransferError('checksum', `the checksums at ${list} are not encrypted`);
  const file = basename(new URL(original).pathname);
  const sum = listedChecksum(await read(list), file);
  if (!sum) throw new TransferError('checksum', `${list} holds no SHA-256 of ${file}`);
  return sum;
}

async function unpack(archive: string, entry: string, work: string): Promise<string> {
  const { extract } = await import('tar');
  const folder = join(work, 'unpacked');
  await mkdir(folder);
  await extract({ file: archive, cwd: folder, strict: true }, [entry]);
  const program = join(folder, entry);
  const found = await stat(program).catch(() => undefined);
  if (!found?.isFile()) throw new TransferError('checksum', `the archive holds no ${entry}`);
  return program;
}

/** Refuses a program that does not run here, so that the cache never holds one. */
async function tryOut(tool: Tool, program: string, { cache, env }: FetchOptions): Promise<void> {
  const answer = await askVersion(tool, program, env);
  if ('version' in answer) return;
  throw new FailureError(
    `${tool.name} ${tool.version} was downloaded, but does not run in ${shownPath(cache, env)}: ${answer.problem}`,
    `Set REPOCTL_CACHE to a folder that programs can run in${byHand(tool)}`,
  );
}

const workPrefix = '.fetch-';

/** A process that was killed leaves its folder behind. One that is at work writes into it all the time. */
async function sweep(cache: string): Promise<void> {
  const hourAgo = Date.now() - 3_600_000;
  for (const name of await readdir(cache)) {
    if (!name.startsWith(workPrefix)) continue;
    const found = await stat(join(cache, name)).catch(() => undefined);
    if (found && found.mtimeMs < hourAgo) await rm(join(cache, name), { recursive: true, force: true });
  }
}

const again = 'Run the same command again; what was fetched stays';

const advice: Readonly<Record<TransferReason, string>> = {
  network: 'Behind a proxy set HTTPS_PROXY; for a mirror set REPOCTL_TOOLS_MIRROR',
  proxy: 'Look at HTTPS_PROXY and HTTP_PROXY; NO_PROXY lists the hosts that need none',
  certificate: "For a company's own certificates set NODE_EXTRA_CA_CERTS to their file",
  status: 'For a mirror set REPOCTL_TOOLS_MIRROR; it keeps the path of the original',
  silence: again,
  broken: again,
  checksum: 'Nothing of it was kept. Run the same command again; if it stays so, a mirror or a proxy changes files',
  interrupted: again,
  disk: 'df -h, or set REPOCTL_CACHE to another folder',
};

const byHand = ({ name, minimum, install }: Tool): string => `, or install ${name} ${minimum} or newer: ${install}`;

function explain(error: unknown, tool: Tool, { cache, env }: FetchOptions): unknown {
  const { name, version } = tool;
  if (error instanceof TransferError) {
    const { reason, message } = error;
    return new FailureError(`can't fetch ${name} ${version}: ${message}`, advice[reason] + byHand(tool), {
      cause: error,
    });
  }
  const { code, syscall, message } = error as NodeJS.ErrnoException;
  if (!code || !syscall) return error;
  return new FailureError(
    `can't write ${name} ${version} into ${shownPath(cache, env)}: ${message}`,
    advice.disk + byHand(tool),
    {
      cause: error,
    },
  );
}

/**
 * The SHA-256 of a file in a list that its vendor publishes: lines of `checksum  name` as `sha256sum` writes them, or
 * nothing but a checksum.
 */
export function listedChecksum(list: string, name: string): string | undefined {
  const lines = list
    .split('\n')
    .map((line) => line.trim().split(/\s+\*?/))
    .filter(([sum = '']) => /^[0-9a-f]{64}$/i.test(sum));
  const named = lines.find(([, file]) => file?.split('/').at(-1) === name);
  const alone = lines.length === 1 && lines[0]?.length === 1 ? lines[0] : undefined;
  return (named ?? alone)?.[0]?.toLowerCase();
}

/**
 * Where a download is to come from: `$REPOCTL_TOOLS_MIRROR`, a URL, takes the place of its scheme and host.
 *
 * @throws UsageError if that is no URL
 */
export function mirrored(url: string, { REPOCTL_TOOLS_MIRROR: mirror }: Variables): URL {
  if (!mirror) return new URL(url);
  if (!URL.canParse(mirror) || !/^https?:$/.test(new URL(mirror).protocol))
    throw new UsageError(
      `$REPOCTL_TOOLS_MIRROR is "${mirror}"; expected a URL`,
      'export REPOCTL_TOOLS_MIRROR=https://mirror.example.com/tools',
    );
  const { pathname } = new URL(url);
  return new URL(mirror.replace(/\/+$/, '') + pathname);
}
