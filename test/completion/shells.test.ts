import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { completionScripts, type Shell, shells } from '../../src/completion/scripts.ts';
import { repository } from '../synth/repository.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'repoctl-completion-'));
  symlinkSync(join(repository, 'bin', 'repoctl.mjs'), join(folder, 'repoctl'));
  for (const shell of shells) writeFileSync(join(folder, shell), completionScripts[shell]);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const has = (shell: Shell) => spawnSync(shell, ['-c', 'true']).status === 0;

const run = (shell: Shell, script: string) =>
  spawnSync(shell, ['-c', script], {
    cwd: repository,
    encoding: 'utf8',
    env: { ...process.env, PATH: `${folder}${delimiter}${process.env.PATH}` },
  });

describe('completion', () => {
  test('in bash knows commands, options, projects and services', () => {
    const complete = (...words: string[]) => {
      const list = words.map((word) => `'${word}'`).join(' ');
      const script = `source ${join(folder, 'bash')}; COMP_WORDS=(repoctl ${list}); COMP_CWORD=${words.length}; _repoctl; printf '%s\\n' "\${COMPREPLY[@]}"`;
      const { stdout, stderr } = run('bash', script);
      expect(stderr).toBe('');
      return stdout.trim().split('\n');
    };
    expect(complete('infra', 'project', 'st')).toEqual(['start', 'stop', 'status']);
    expect(complete('infra', 'project', 'start', 't')).toEqual(['turfoo']);
    expect(complete('infra', 'project', 'restart', 'turfoo', 'celery-')).toEqual(['celery-worker', 'celery-beat']);
    expect(complete('infra', 'project', 'logs', 'turfoo', '--pre')).toEqual(['--previous']);
    expect(complete('synth', '--profile', 'p')).toEqual(['production']);
  });

  (has('fish') ? test : test.skip)('in fish knows projects', () => {
    const { stdout } = run('fish', `source ${join(folder, 'fish')}; complete -C 'repoctl infra project start t'`);
    expect(stdout.trim()).toBe('turfoo');
  });

  (has('zsh') ? test : test.skip)('in zsh is a script that zsh reads', () => {
    const { status, stderr } = run(
      'zsh',
      `autoload -U compinit; compinit -u; source ${join(folder, 'zsh')}; whence _repoctl`,
    );
    expect([status, stderr]).toEqual([0, '']);
  });
});
