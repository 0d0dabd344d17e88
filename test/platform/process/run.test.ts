import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { ClusterError, FailureError, UsageError } from '../../../src/platform/errors.ts';
import { InterruptedError, interruptible, pause } from '../../../src/platform/process/interrupt.ts';
import { attempt, run } from '../../../src/platform/process/run.ts';

const folder = mkdtempSync(join(tmpdir(), 'repoctl-run-'));
afterAll(() => rmSync(folder, { recursive: true }));

const node = (script: string) => [process.execPath, ['-e', script]] as const;

/** A program of that name that says something on stderr and fails. */
function failing(name: string, stderr: string): string {
  const path = join(folder, name);
  writeFileSync(path, `#!/bin/sh\ncat >&2 <<'EOF'\n${stderr}\nEOF\nexit 1\n`, { mode: 0o755 });
  return path;
}

describe('a program', () => {
  test('gives its stdout without the last line end, and each line of its output as it comes', async () => {
    const lines: string[] = [];
    const script = 'console.log("one"); console.error("two"); console.log("three")';
    expect(await run(...node(script), { onLine: (line) => lines.push(line) })).toBe('one\nthree');
    expect(lines.sort()).toEqual(['one', 'three', 'two']);
  });

  test('gets its input, or none', async () => {
    const script = 'process.stdin.pipe(process.stdout)';
    expect(await run(...node(script), { input: 'given' })).toBe('given');
    expect(await run(...node(script))).toBe('');
  });

  test('that is not installed is a usage error with the way to get it', async () => {
    const missing = run('docker', [], { env: { PATH: folder } });
    await expect(missing).rejects.toBeInstanceOf(UsageError);
    await expect(missing).rejects.toMatchObject({
      message: 'docker is not installed',
      advice: 'Install Docker: https://docs.docker.com/get-docker/',
    });
  });

  test('that fails is named with its exit code and the last lines of what it said', async () => {
    const script = 'for (let i = 1; i <= 40; i++) console.error("line " + i); process.exitCode = 3';
    const failed = run(...node(script), { advice: 'try again' });
    await expect(failed).rejects.toBeInstanceOf(FailureError);
    const { message, advice } = (await failed.catch((error) => error)) as FailureError;
    expect(message).toMatch(/^node -e for .* failed \(exit code 3\)\n {2}line 26\n/s);
    expect(message).toMatch(/line 40$/);
    expect(advice).toBe('try again');
  });

  test('may fail where that is an answer', async () => {
    expect(await attempt(...node('process.exitCode = 3'))).toMatchObject({ exitCode: 3 });
  });

  test.each([
    [
      'Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?',
      'not running',
    ],
    ['error during connect: Get "http://%2F%2F.%2Fpipe": open //./pipe: The system cannot find it.', 'not running'],
    ['permission denied while trying to connect to the Docker daemon socket at unix:///x', 'refuses this user'],
    ['permission denied while trying to connect to the docker API at unix:///x', 'refuses this user'],
  ])('that says "%s" is a cluster error', async (stderr, message) => {
    const failed = attempt(failing('docker', `ERROR\n${stderr}`), ['ps']);
    await expect(failed).rejects.toBeInstanceOf(ClusterError);
    await expect(failed).rejects.toThrow(message);
  });

  test('that finds the kubeconfig locked names the lock', async () => {
    const stderr = 'ERROR: failed to lock config file: open /home/me/.kube/config.lock: file exists';
    await expect(run(failing('kind', stderr), [])).rejects.toMatchObject({ advice: 'rm /home/me/.kube/config.lock' });
  });

  test('is ended by a signal, whose reason is thrown', async () => {
    const controller = new AbortController();
    const options = { signal: controller.signal, onLine: () => controller.abort(new InterruptedError('enough')) };
    const ended = run(...node('console.log("begun"); setInterval(() => {}, 1000)'), options);
    await expect(ended).rejects.toThrow('enough');
    await expect(run(...node(''), { signal: controller.signal })).rejects.toThrow('enough');
  });
});

describe('Ctrl-C', () => {
  test('aborts, and what was begun can put things in order', async () => {
    const done: string[] = [];
    const work = interruptible(async (signal) => {
      process.emit('SIGINT');
      try {
        await pause(60_000, signal);
      } finally {
        await pause(1);
        done.push('in order');
      }
    });
    await expect(work).rejects.toBeInstanceOf(InterruptedError);
    expect(done).toEqual(['in order']);
    expect(process.listenerCount('SIGINT')).toBe(0);
  });

  test('pressed a second time leaves the third to the system', async () => {
    await interruptible(async () => {
      process.emit('SIGINT');
      expect(process.listenerCount('SIGINT')).toBe(1);
      process.emit('SIGINT');
      expect(process.listenerCount('SIGINT')).toBe(0);
    });
  });
});
