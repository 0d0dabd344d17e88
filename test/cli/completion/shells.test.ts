import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { completionScript, type Shell, shells } from '../../../src/cli/completion/scripts.ts';
import { repository } from '../../synth/repository.ts';

const program = join(repository, 'bin', 'repoctl.mjs');
/** That completion calls it is seen by what it says. */
const stub = (says: string) => `#!/bin/sh\necho ${says}\n`;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "repoctl's completion "));
  for (const shell of shells) writeFileSync(join(folder, shell), completionScript(shell, [process.execPath, program]));
  mkdirSync(join(folder, 'on-path'));
  writeFileSync(join(folder, 'on-path', 'repoctl'), stub('path'), { mode: 0o755 });
  mkdirSync(join(folder, 'with', 'node_modules', '.bin'), { recursive: true });
  mkdirSync(join(folder, 'with', 'a', 'b'), { recursive: true });
  writeFileSync(join(folder, 'own'), stub('own'), { mode: 0o755 });
  symlinkSync(join(folder, 'own'), join(folder, 'with', 'node_modules', '.bin', 'repoctl'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const bare = '/usr/bin:/bin';

interface Where {
  /** @default the repository, which has no repoctl in node_modules */
  readonly cwd?: string;
  /** @default one without repoctl */
  readonly path?: string;
}

/** What a shell proposes for the last word of a line. */
const ways: Readonly<Record<Shell, (words: readonly string[]) => string>> = {
  bash: (words) => {
    const list = words.map((word) => `'${word}'`).join(' ');
    return `source "$FOLDER/bash"; COMP_WORDS=(${list}); COMP_CWORD=${words.length - 1}; _repoctl; printf '%s\\n' "\${COMPREPLY[@]}"`;
  },
  // What the completion system proposes is only seen on a terminal; it gets it by compadd.
  zsh: (words) => {
    const list = words.map((word) => `'${word}'`).join(' ');
    return `source "$FOLDER/zsh"; compadd() { shift; printf '%s\\n' "$@" }; _files() { }; words=(${list}); CURRENT=${words.length}; _repoctl`;
  },
  fish: (words) => `source "$FOLDER/fish"; complete -C '${words.join(' ')}'`,
};

function complete(shell: Shell, words: readonly string[], { cwd = repository, path = bare }: Where = {}): string[] {
  const args = shell === 'zsh' ? ['-f', '-c'] : ['-c'];
  const { stdout, stderr } = spawnSync(shell, [...args, ways[shell](words)], {
    cwd,
    encoding: 'utf8',
    env: { FOLDER: folder, HOME: folder, PATH: path },
  });
  expect(stderr).toBe('');
  return stdout.trim().split('\n').sort();
}

const has = (shell: Shell) => spawnSync(shell, ['-c', 'true'], { env: { PATH: bare } }).status === 0;

describe.each(shells)('completion in %s', (shell) => {
  const where = has(shell) ? test : test.skip;

  where('knows commands, options, projects and services, without repoctl on PATH', () => {
    expect(complete(shell, ['repoctl', 'infra', 'project', 'st'])).toEqual(['start', 'status', 'stop']);
    expect(complete(shell, ['repoctl', 'infra', 'project', 'start', 't'])).toEqual(['turfoo']);
    expect(complete(shell, ['repoctl', 'infra', 'project', 'restart', 'turfoo', 'celery-'])).toEqual([
      'celery-beat',
      'celery-worker',
    ]);
    expect(complete(shell, ['repoctl', 'infra', 'project', 'logs', 'turfoo', '--pre'])).toEqual(['--previous']);
    expect(complete(shell, ['repoctl', 'synth', '--profile', 'p'])).toEqual(['production']);
  });

  where('knows them after npx, too', () => {
    expect(complete(shell, ['npx', 'repoctl', 'infra', 'project', 'start', 't'])).toEqual(['turfoo']);
    expect(complete(shell, ['npx', '--no-install', 'repoctl', 'infra', 'project', 'start', 't'])).toEqual(['turfoo']);
  });

  where('asks the repoctl that the folder has, then the one on PATH', () => {
    const path = `${join(folder, 'on-path')}:${bare}`;
    expect(complete(shell, ['repoctl', ''], { path })).toEqual(['path']);
    expect(complete(shell, ['repoctl', ''], { path, cwd: join(folder, 'with', 'a', 'b') })).toEqual(['own']);
  });
});

describe('what completes npx', () => {
  const printed = (shell: Shell, script: string) =>
    spawnSync(shell, [...(shell === 'zsh' ? ['-f'] : []), '-c', script], {
      encoding: 'utf8',
      env: { FOLDER: folder, HOME: folder, PATH: bare },
    }).stdout;

  test('in bash is repoctl, unless something does already', () => {
    expect(printed('bash', 'source "$FOLDER/bash"; complete -p npx')).toBe('complete -o default -F _repoctl npx\n');
    expect(printed('bash', 'complete -W mine npx; source "$FOLDER/bash"; complete -p npx')).toBe(
      "complete -W 'mine' npx\n",
    );
  });

  (has('zsh') ? test : test.skip)('in zsh is repoctl, unless something does already', () => {
    const shown = 'source "$FOLDER/zsh"; echo $_comps[npx]';
    expect(printed('zsh', `autoload -Uz compinit; compinit -u; ${shown}`)).toBe('_repoctl\n');
    expect(printed('zsh', `autoload -Uz compinit; compinit -u; compdef _files npx; ${shown}`)).toBe('_files\n');
  });
});
