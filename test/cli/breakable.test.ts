import { execFileSync, spawn } from 'node:child_process';
import { join } from 'node:path';
import { beforeAll, expect, test } from '@jest/globals';
import { repository } from '../synth/repository.ts';

/** The sources that the processes import, bundled: each of them would compile them. */
const modules = join(repository, 'node_modules', '.cache', 'repoctl', 'breakable');

beforeAll(() => {
  const sources = { breakable: 'src/cli/breakable.ts', run: 'src/platform/process/run.ts' };
  const programs = { ...sources, interrupt: 'src/platform/process/interrupt.ts' };
  const script = `import { bundle } from './scripts/bundle.mjs';
    await bundle(${JSON.stringify(programs)}, ${JSON.stringify(modules)});`;
  execFileSync(process.execPath, ['--input-type=module', '--eval', script], { cwd: repository });
});

/**
 * What a process prints that is interrupted while it does something, and how it ends.
 *
 * @param alone it sees to the interruption by itself
 */
async function interrupted(
  work: string,
  alone = false,
): Promise<{ stdout: string; end: number | NodeJS.Signals | null }> {
  const script = `
    const { breakable } = await import(${JSON.stringify(`file://${modules}/breakable.js`)});
    const { run } = await import(${JSON.stringify(`file://${modules}/run.js`)});
    const { interruptible } = await import(${JSON.stringify(`file://${modules}/interrupt.js`)});
    const begun = () => console.log('begun');
    try {
      await breakable('How to go on.', ${work});
    } catch (error) {
      console.log(error.message, error.advice, error.exitCode);
      process.exit(error.exitCode);
    }`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script], {
    cwd: repository,
    stdio: ['ignore', 'pipe', 'inherit'],
    // A process group of its own: Ctrl-C reaches all of it.
    detached: true,
  });
  let stdout = '';
  child.stdout.on('data', (chunk) => {
    if (stdout === '' && !alone) process.kill(-(child.pid ?? 0), 'SIGINT');
    stdout += String(chunk);
  });
  const end = await new Promise<number | NodeJS.Signals | null>((resolve) => {
    child.once('close', (code, signal) => resolve(signal ?? code));
  });
  return { stdout, end };
}

test.each([
  ['while a program runs', `() => { const running = run('sleep', ['60']); begun(); return running; }`],
  ['while nothing heeds it', `() => new Promise((resolve) => { begun(); setTimeout(resolve, 60_000); })`],
  [
    'while something heeds it',
    `(signal) => new Promise((_, reject) => { begun(); setTimeout(() => 0, 60_000); signal.onabort = () => reject(signal.reason); })`,
  ],
])('Ctrl-C %s says how to go on', async (_, work) => {
  expect(await interrupted(work)).toEqual({ stdout: 'begun\ninterrupted How to go on. 130\n', end: 130 });
});

// As the system may tell a program of a Ctrl-C before it tells the process that has started it.
const firstTheProgram = `begun();
  return run('sh', ['-c', 'kill -INT $$']).finally(() => setTimeout(() => process.kill(process.pid, 'SIGINT'), 1));`;

test('Ctrl-C that a program hears of first says how to go on', async () => {
  const { stdout, end } = await interrupted(`() => { ${firstTheProgram} }`, true);
  expect({ stdout, end }).toEqual({ stdout: 'begun\ninterrupted How to go on. 130\n', end: 130 });
});

test('Ctrl-C that a program hears of first is none of its failures where it is waited for, either', async () => {
  const { stdout, end } = await interrupted(`() => interruptible(() => { ${firstTheProgram} })`, true);
  expect({ stdout, end }).toEqual({ stdout: 'begun\ninterrupted undefined 130\n', end: 130 });
});
