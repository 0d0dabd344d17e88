import { PassThrough } from 'node:stream';
import { describe, expect, test } from '@jest/globals';
import { UsageError } from '../../../src/platform/errors.ts';
import { confirm, terminal } from '../../../src/platform/terminal/ask.ts';

const stream = (isTTY: boolean) => Object.assign(new PassThrough(), { isTTY });

describe('terminal', () => {
  test('is none where a stream leads elsewhere', () => {
    expect(terminal({ stdin: stream(false), stderr: stream(true) })).toBeUndefined();
    expect(terminal({ stdin: stream(true), stderr: stream(false) })).toBeUndefined();
  });
});

describe('confirm', () => {
  test.each([
    ['y\n', true],
    ['YES\n', true],
    ['\n', false],
    ['n\n', false],
    ['yesterday\n', false],
    ['', false],
  ])('takes %j for %s', async (input, expected) => {
    const [stdin, stderr] = [stream(true), stream(true)];
    const answer = confirm('Fetch?', false, terminal({ stdin, stderr }));
    stdin.end(input);
    expect(await answer).toBe(expected);
    expect(String(stderr.read())).toContain('Fetch? [y/N] ');
  });

  test('asks nobody if the command line has answered', async () => {
    expect(await confirm('Fetch?', true, undefined)).toBe(true);
  });

  test('says how to answer where there is no terminal', async () => {
    const none = terminal({ stdin: stream(false), stderr: stream(false) });
    await expect(confirm('Fetch?', false, none)).rejects.toThrow(UsageError);
  });
});
