import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { UsageError } from '../../../src/platform/errors.ts';
import { foreground } from '../../../src/platform/process/foreground.ts';

const root = join(import.meta.dirname, '..', '..', '..');

describe('a program in the foreground', () => {
  test('gives its exit code', async () => {
    expect(await foreground(process.execPath, ['-e', 'process.exitCode = 7'])).toBe(7);
  });

  test('that is not there is a usage error', async () => {
    await expect(foreground('/nowhere/tilt', [])).rejects.toBeInstanceOf(UsageError);
  });

  test('gets the SIGINT that this process gets, ends in its own time, and that counts as success', async () => {
    const program = `
      process.on('SIGINT', () => setTimeout(() => { console.log('in order'); process.exit(1) }, 50));
      console.log('begun');
      setInterval(() => {}, 1000)`;
    const script = `
      import { foreground } from './src/platform/process/foreground.ts';
      process.exitCode = await foreground(process.execPath, ['-e', ${JSON.stringify(program)}]);`;
    const args = ['--import', 'tsx', '--input-type=module', '--eval', script];
    const child = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] });
    let output = '';
    for await (const chunk of child.stdout) {
      output += chunk;
      if (output === 'begun\n') child.kill('SIGINT');
    }
    if (child.exitCode === null) await once(child, 'exit');
    expect(output).toBe('begun\nin order\n');
    expect(child.exitCode).toBe(0);
  });
});
