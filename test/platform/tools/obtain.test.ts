import { readdirSync } from 'node:fs';
import { delimiter } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { UsageError } from '../../../src/platform/errors.ts';
import { type ObtainOptions, obtainTools } from '../../../src/platform/tools/obtain.ts';
import type { Tool } from '../../../src/platform/tools/tools.ts';
import { cleanUp, emptyFolder, folderWith, noProgress, platform, program, serve, sha256, toolAt } from './server.ts';

const whole = program('0.32.0');

let cache: string;
let kind: Tool;
let other: Tool;
let fetched: string[];
beforeEach(async () => {
  cache = emptyFolder();
  fetched = [];
  const { base } = await serve((request, response) => {
    fetched.push(request.url ?? '');
    response.end(whole);
  });
  kind = toolAt(base);
  other = toolAt(base, { name: 'other', minimum: '0.30.0' });
});
afterEach(cleanUp);

/** PATH has a shell, for the programs here, and what is given. */
const options = (given: ObtainOptions = {}, ...folders: string[]): ObtainOptions => ({
  env: { PATH: [...folders, '/bin'].join(delimiter), REPOCTL_CACHE: cache },
  progress: noProgress,
  ask: null,
  ...given,
});

describe('obtainTools', () => {
  test('asks once for all that is missing, and fetches these', async () => {
    const questions: string[] = [];
    const old = folderWith('other', program('0.29.9'));
    const ask = async (question: string) => questions.push(question) > 0;
    const found = await obtainTools([kind, other], options({ ask }, old));
    expect(questions).toEqual([
      `there is no kind on PATH; other 0.29.9 at ${old}/other is too old; at least 0.30.0 is needed.\n` +
        `Fetch kind 0.32.0 and other 0.32.0 into ${cache}?`,
    ]);
    expect(found).toEqual([
      { name: 'kind', path: `${cache}/tools/kind/0.32.0/kind`, version: '0.32.0', source: 'cache' },
      { name: 'other', path: `${cache}/tools/other/0.32.0/other`, version: '0.32.0', source: 'cache' },
    ]);
    expect(fetched).toHaveLength(2);
  });

  test('fetches without asking if told so, and the second time finds it', async () => {
    const [one] = await obtainTools([kind], options({ yes: true }));
    const [two] = await obtainTools([kind], options());
    expect(one).toEqual(two);
    expect(fetched).toHaveLength(1);
  });

  test('asks nothing and fetches nothing where PATH has all', async () => {
    const [found] = await obtainTools([kind], options({ yes: true }, folderWith('kind', program('1.0.0'))));
    expect(found).toMatchObject({ version: '1.0.0', source: 'PATH' });
    expect(fetched).toEqual([]);
  });

  test('fetches nothing when the answer is no', async () => {
    const error = await obtainTools([kind], options({ ask: async () => false })).catch((error) => error);
    expect(error).toBeInstanceOf(UsageError);
    expect(error.message).toBe('there is no kind on PATH; nothing was downloaded');
    expect(fetched).toEqual([]);
    expect(readdirSync(cache)).toEqual([]);
  });

  test('says what to do where nobody can be asked', async () => {
    const error = await obtainTools([kind], options()).catch((error) => error);
    expect(error).toBeInstanceOf(UsageError);
    expect(error.message).toBe('there is no kind on PATH; no terminal to ask for the download of kind 0.32.0');
    expect(error.advice).toBe(
      `Run it again with --yes to download into ${cache}, or install kind 0.27.0 or newer (https://example.com/install)`,
    );
  });

  test('says that what was fetched does not run', async () => {
    const broken = '#!/bin/sh\necho "bad luck" >&2; exit 1\n';
    const { base } = await serve((_, response) => response.end(broken));
    const tool = toolAt(base, { sha256: { [platform]: sha256(broken) } });
    await expect(obtainTools([tool], options({ yes: true }))).rejects.toThrow(
      `kind 0.32.0 was downloaded, but does not run in ${cache}: bad luck`,
    );
    expect(readdirSync(cache)).toEqual([]);
  });
});

describe('what is optional', () => {
  const optional = ['other'];

  test('is left out where nobody can be asked, and when the answer is no', async () => {
    const folder = folderWith('kind', program('1.0.0'));
    const questions: string[] = [];
    const no = async (question: string) => questions.push(question) === 0;
    for (const ask of [null, no])
      expect(await obtainTools([kind, other], options({ optional, ask }, folder))).toMatchObject([{ name: 'kind' }]);
    expect(questions).toEqual([`there is no other on PATH (it is tried).\nFetch other 0.32.0 into ${cache}?`]);
    expect(fetched).toEqual([]);
  });

  test('does not excuse what is needed', async () => {
    await expect(obtainTools([kind, other], options({ optional }))).rejects.toThrow(
      'there is no kind on PATH; no terminal to ask for the download of kind 0.32.0 and other 0.32.0',
    );
  });

  test('is left out, with the reason, when it can’t be fetched', async () => {
    const said: (string | undefined)[] = [];
    const progress = { ...noProgress, end: (line?: string) => said.push(line) };
    const unreachable = toolAt('http://127.0.0.1:1', { name: 'other' });
    const found = await obtainTools([unreachable, kind], options({ optional, progress, yes: true }));
    expect(found).toMatchObject([{ name: 'kind', source: 'cache' }]);
    expect(said).toContain("can't fetch other 0.32.0: can't reach 127.0.0.1:1: ECONNREFUSED; going on without it");
    await expect(obtainTools([unreachable], options({ progress, yes: true }))).rejects.toThrow('ECONNREFUSED');
  });
});
