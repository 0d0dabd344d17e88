import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import type { RequestListener } from 'node:http';

import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { create } from 'tar';
import { FailureError } from '../../../src/platform/errors.ts';
import { type FetchOptions, fetchTool } from '../../../src/platform/tools/fetch-tool.ts';
import type { Tool } from '../../../src/platform/tools/tools.ts';
import { cleanUp, emptyFolder, noProgress, platform, program, serve, sha256, toolAt } from './server.ts';

const whole = program('0.32.0');
const path = `/kind/v0.32.0/kind-${platform}`;

let cache: string;
beforeEach(() => {
  cache = emptyFolder();
});
afterEach(cleanUp);

const options = (given: Partial<FetchOptions> = {}): FetchOptions => ({
  platform,
  cache,
  env: {},
  progress: noProgress,
  silence: 10_000,
  ...given,
});

/** Every file below the cache. */
const files = () =>
  readdirSync(cache, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name }) => name);

async function refusal(tool: Tool, given: Partial<FetchOptions> = {}): Promise<FailureError> {
  const error = await fetchTool(tool, options(given)).catch((error) => error);
  expect(error).toBeInstanceOf(FailureError);
  expect(readdirSync(cache)).toEqual([]);
  return error;
}

const sending =
  (body: string | Buffer): RequestListener =>
  (_, response) =>
    response.end(body);

describe('fetchTool', () => {
  test('fetches a program that then can be run, and leaves nothing else', async () => {
    const asked: (string | undefined)[] = [];
    const { base } = await serve((request, response) => {
      asked.push(request.url);
      response.end(whole);
    });
    const made = await fetchTool(toolAt(base), options());
    expect(made).toBe(join(cache, 'tools', 'kind', '0.32.0', 'kind'));
    expect(readFileSync(made, 'utf8')).toBe(whole);
    expect(statSync(made).mode & 0o777).toBe(0o755);
    expect(readdirSync(cache)).toEqual(['tools']);
    expect(asked).toEqual([path]);
  });

  test('shows how far it is', async () => {
    const { base } = await serve((_, response) => {
      response.setHeader('content-length', whole.length);
      response.end(whole);
    });
    const shown: unknown[] = [];
    const note =
      (kind: string) =>
      (...what: unknown[]) =>
        shown.push([kind, ...what]);
    await fetchTool(
      toolAt(base),
      options({ progress: { start: note('start'), step: note('step'), end: note('end') } }),
    );
    expect(shown[0]).toEqual(['start', 'kind 0.32.0', new URL(base).host]);
    expect(shown).toContainEqual(['step', 'kind 0.32.0', whole.length, whole.length]);
    expect(shown.at(-1)).toEqual(['end', `kind 0.32.0: ${whole.length} bytes, checksum verified`]);
  });

  test('refuses a file with another checksum', async () => {
    const { base } = await serve(sending('#!/bin/sh\nrm -rf ~\n'));
    const { message, advice } = await refusal(toolAt(base));
    expect(message).toBe(
      `can't fetch kind 0.32.0: ${base}${path} gave another file: its SHA-256 is ` +
        `${sha256('#!/bin/sh\nrm -rf ~\n')}, but ${sha256(whole)} was published`,
    );
    expect(advice).toContain(
      'a mirror or a proxy changes files, or install kind 0.27.0 or newer: https://example.com/install',
    );
  });

  test('refuses a transfer that breaks off', async () => {
    const { base } = await serve((_, response) => {
      response.setHeader('content-length', whole.length);
      response.write(whole.slice(0, 10), () => response.destroy());
    });
    const { message, advice } = await refusal(toolAt(base));
    expect(message).toBe(
      `can't fetch kind 0.32.0: ${new URL(base).host} broke off after 10 of ${whole.length} bytes (ECONNRESET)`,
    );
    expect(advice).toContain('Run the same command again');
  });

  test.each([404, 403, 503])('says that a server answered %i', async (status) => {
    const { base } = await serve((_, response) => response.writeHead(status).end('no'));
    const { message, advice } = await refusal(toolAt(base));
    expect(message).toContain(`can't fetch kind 0.32.0: ${base}${path} answered ${status} `);
    expect(advice).toContain('REPOCTL_TOOLS_MIRROR');
  });

  test('says that nobody listens', async () => {
    const { base, server } = await serve(sending(''));
    await new Promise((resolve) => server.close(resolve));
    const { message, advice } = await refusal(toolAt(base));
    expect(message).toBe(`can't fetch kind 0.32.0: can't reach ${new URL(base).host}: ECONNREFUSED`);
    expect(advice).toContain('Behind a proxy set HTTPS_PROXY');
  });

  test('says that a name is not known, as without a network', async () => {
    const { message } = await refusal(toolAt('http://repoctl.invalid'));
    expect(message).toMatch(/^can't fetch kind 0\.32\.0: can't reach repoctl\.invalid: (ENOTFOUND|EAI_AGAIN)$/);
  });

  test.each<[string, RequestListener]>([
    ['before it answers', () => {}],
    ['in the middle', (_, response) => response.write(whole.slice(0, 10))],
  ])('gives up on a server that stalls %s', async (_, listener) => {
    const { base } = await serve(listener);
    const { message } = await refusal(toolAt(base), { silence: 200 });
    expect(message).toBe(`can't fetch kind 0.32.0: ${new URL(base).host} sent nothing for 0.2 s`);
  });

  test('leaves nothing when it is interrupted', async () => {
    const stop = new AbortController();
    const { base } = await serve((_, response) => response.write(whole.slice(0, 10), () => stop.abort()));
    const { message } = await refusal(toolAt(base), { signal: stop.signal });
    expect(message).toBe("can't fetch kind 0.32.0: it was interrupted");
  });

  test('follows where a server leads, but not for ever', async () => {
    const { base } = await serve((request, response) =>
      request.url === '/there' ? response.end(whole) : response.writeHead(302, { location: '/there' }).end(),
    );
    expect(existsSync(await fetchTool(toolAt(base), options()))).toBe(true);
    cache = emptyFolder();
    const round = await serve((_, response) => response.writeHead(301, { location: '/again' }).end());
    expect((await refusal(toolAt(round.base))).message).toContain('redirects too often');
  });

  test('says that the cache can’t be written', async () => {
    const { base } = await serve(sending(whole));
    const file = join(cache, 'file');
    writeFileSync(file, '');
    await expect(fetchTool(toolAt(base), options({ cache: join(file, 'below') }))).rejects.toThrow(
      `can't write kind 0.32.0 into ${file}/below: ENOTDIR`,
    );
  });

  test('twice at the same time gives one whole program', async () => {
    const { base } = await serve(async (_, response) => {
      response.write(whole.slice(0, 10));
      await new Promise((resolve) => setTimeout(resolve, 20));
      response.end(whole.slice(10));
    });
    const [one, two] = await Promise.all([fetchTool(toolAt(base), options()), fetchTool(toolAt(base), options())]);
    expect(one).toBe(two);
    expect(execFileSync(one, { encoding: 'utf8' })).toBe('kind v0.32.0 go1.26\n');
    expect(files()).toEqual(['kind']);
  });

  test('clears up after a process that was killed long ago, not after one that is at work', async () => {
    const { base } = await serve(sending(whole));
    const [dead, busy] = [mkdtempSync(join(cache, '.fetch-')), mkdtempSync(join(cache, '.fetch-'))];
    writeFileSync(join(dead, 'download'), 'half');
    const yesterday = Date.now() / 1000 - 86_400;
    utimesSync(dead, yesterday, yesterday);
    await fetchTool(toolAt(base), options());
    expect([existsSync(dead), existsSync(busy)]).toEqual([false, true]);
  });
});

describe('an archive', () => {
  /** A `.tar.gz` with files of these names. */
  function archive(...names: string[]): Buffer {
    const folder = emptyFolder();
    for (const name of names) {
      mkdirSync(join(folder, name, '..'), { recursive: true });
      writeFileSync(join(folder, name), whole);
    }
    create({ file: join(folder, 'a.tar.gz'), cwd: folder, gzip: true, sync: true }, names);
    return readFileSync(join(folder, 'a.tar.gz'));
  }
  const toolIn = (base: string, body: Buffer) => toolAt(base, { entry: 'kind', sha256: { [platform]: sha256(body) } });

  test('gives its program, and nothing else of it', async () => {
    const body = archive('kind', 'README.md', 'LICENSE');
    const { base } = await serve(sending(body));
    const made = await fetchTool(toolIn(base, body), options());
    expect(execFileSync(made, { encoding: 'utf8' })).toBe('kind v0.32.0 go1.26\n');
    expect(files()).toEqual(['kind']);
  });

  test('without the program is refused', async () => {
    const body = archive('README.md');
    const { base } = await serve(sending(body));
    expect((await refusal(toolIn(base, body))).message).toContain('the archive holds no kind');
  });
});

describe('without a pinned checksum', () => {
  const listed =
    (list: string): RequestListener =>
    (request, response) =>
      response.end(request.url === `${path}.sha256sum` ? list : whole);
  const unpinned = (base: string) => toolAt(base, { sha256: {} });

  test("the vendor's list decides", async () => {
    const { base } = await serve(listed(`${sha256(whole)}  kind-${platform}\n`));
    expect(existsSync(await fetchTool(unpinned(base), options()))).toBe(true);
  });

  test('a file that the list has otherwise is refused', async () => {
    const { base } = await serve(listed(`${sha256('x')}  kind-${platform}\n`));
    expect((await refusal(unpinned(base))).message).toContain(`but ${sha256('x')} was published`);
  });

  test('a list without the file is refused', async () => {
    const { base } = await serve(listed(`${sha256(whole)}  kind-other\n`));
    expect((await refusal(unpinned(base))).message).toContain(
      `${base}${path}.sha256sum holds no SHA-256 of kind-${platform}`,
    );
  });

  test('a list that is not encrypted is not even asked for', async () => {
    const { message } = await refusal(unpinned('http://repoctl.invalid'));
    expect(message).toContain(`the checksums at http://repoctl.invalid${path}.sha256sum are not encrypted`);
  });
});

describe('a mirror', () => {
  test('is asked instead, below its own path', async () => {
    const asked: (string | undefined)[] = [];
    const { base } = await serve((request, response) => {
      asked.push(request.url);
      response.end(whole);
    });
    const env = { REPOCTL_TOOLS_MIRROR: `${base}/mirror/` };
    await fetchTool(toolAt('https://repoctl.invalid'), options({ env }));
    expect(asked).toEqual([`/mirror${path}`]);
  });
});

describe('a proxy', () => {
  test('is asked for the whole URL, with its user and password', async () => {
    const asked: unknown[] = [];
    const proxy = await serve((incoming, response) => {
      asked.push([incoming.url, incoming.headers.host, incoming.headers['proxy-authorization']]);
      response.end(whole);
    });
    const env = { HTTP_PROXY: proxy.base.replace('//', '//me:p%40ss@') };
    await fetchTool(toolAt('http://repoctl.invalid'), options({ env }));
    const credentials = `Basic ${Buffer.from('me:p@ss').toString('base64')}`;
    expect(asked).toEqual([[`http://repoctl.invalid${path}`, 'repoctl.invalid', credentials]]);
  });

  test('is left out where NO_PROXY says so', async () => {
    const { base } = await serve(sending(whole));
    const env = { HTTP_PROXY: 'http://127.0.0.1:1', NO_PROXY: '127.0.0.1' };
    expect(existsSync(await fetchTool(toolAt(base), options({ env })))).toBe(true);
  });

  test('that nobody listens at is named', async () => {
    const { message, advice } = await refusal(toolAt('https://repoctl.invalid'), {
      env: { HTTPS_PROXY: 'http://127.0.0.1:1' },
    });
    expect(message).toBe("can't fetch kind 0.32.0: can't reach the proxy 127.0.0.1:1: ECONNREFUSED");
    expect(advice).toContain('HTTPS_PROXY');
  });

  test('that refuses is quoted', async () => {
    const proxy = await serve(sending(''));
    proxy.server.on('connect', (_, socket) => socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n'));
    const { message } = await refusal(toolAt('https://repoctl.invalid'), { env: { HTTPS_PROXY: proxy.base } });
    expect(message).toBe(
      `can't fetch kind 0.32.0: the proxy ${new URL(proxy.base).host} answered 407 Proxy Authentication Required ` +
        'when asked for repoctl.invalid:443',
    );
  });

  test('that stalls is given up', async () => {
    const proxy = await serve(sending(''));
    proxy.server.on('connect', (_, socket) => socket.resume().once('end', () => socket.destroy()));
    const { message } = await refusal(toolAt('https://repoctl.invalid'), {
      silence: 200,
      env: { HTTPS_PROXY: proxy.base },
    });
    expect(message).toContain('sent nothing for 0.2 s');
  });
});
