import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { execa } from 'execa';
import { completionScript, type Shell, shells } from '../../../src/cli/completion/scripts.ts';
import { StandIn } from '../../stand-in.ts';
import { repository } from '../../synth/repository.ts';
import { inProcess } from '../in-process.ts';

/** Repoctl, which runs in this process. */
const standIn = new StandIn((args, cwd) => inProcess(cwd, args));
/** That completion calls it is seen by what it says. */
const stub = (says: string) => `#!/bin/sh\necho ${says}\n`;

let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "repoctl's completion "));
  const program = join(folder, 'stand-in');
  writeFileSync(program, await standIn.start());
  mkdirSync(join(folder, 'real'));
  for (const shell of shells) {
    writeFileSync(join(folder, shell), completionScript(shell, ['/bin/bash', program]));
    const real = [process.execPath, join(repository, 'bin', 'repoctl.mjs')];
    writeFileSync(join(folder, 'real', shell), completionScript(shell, real));
  }
  mkdirSync(join(folder, 'on-path'));
  writeFileSync(join(folder, 'on-path', 'repoctl'), stub('path'), { mode: 0o755 });
  mkdirSync(join(folder, 'with', 'node_modules', '.bin'), { recursive: true });
  mkdirSync(join(folder, 'with', 'a', 'b'), { recursive: true });
  writeFileSync(join(folder, 'own'), stub('own'), { mode: 0o755 });
  symlinkSync(join(folder, 'own'), join(folder, 'with', 'node_modules', '.bin', 'repoctl'));
});
afterAll(async () => {
  await standIn.stop();
  rmSync(folder, { recursive: true, force: true });
});

const bare = '/usr/bin:/bin';

interface Where {
  /** @default the repository, which has no repoctl in node_modules */
  readonly cwd?: string;
  /** @default one without repoctl */
  readonly path?: string;
  /** Where the scripts are. @default those that ask the stand-in */
  readonly scripts?: string;
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

async function complete(
  shell: Shell,
  words: readonly string[],
  { cwd = repository, path = bare, scripts = folder }: Where = {},
): Promise<string[]> {
  const args = shell === 'zsh' ? ['-f', '-c'] : ['-c'];
  const { stdout, stderr } = await execa(shell, [...args, ways[shell](words)], {
    cwd,
    stdin: 'ignore',
    extendEnv: false,
    env: { FOLDER: scripts, HOME: folder, PATH: path },
    reject: false,
  });
  expect(stderr).toBe('');
  return stdout.trim().split('\n').sort();
}

const has = (shell: Shell) => spawnSync(shell, ['-c', 'true'], { env: { PATH: bare } }).status === 0;

describe.each(shells)('completion in %s', (shell) => {
  const where = has(shell) ? test : test.skip;

  where('knows commands, options, projects and services, without repoctl on PATH', async () => {
    expect(await complete(shell, ['repoctl', 'infra', 'project', 'st'])).toEqual(['start', 'status', 'stop']);
    expect(await complete(shell, ['repoctl', 'infra', 'project', 'start', 't'])).toEqual(['turfoo']);
    expect(await complete(shell, ['repoctl', 'infra', 'project', 'restart', 'turfoo', 'celery-'])).toEqual([
      'celery-beat',
      'celery-worker',
    ]);
    expect(await complete(shell, ['repoctl', 'infra', 'project', 'logs', 'turfoo', '--pre'])).toEqual(['--previous']);
    expect(await complete(shell, ['repoctl', 'synth', '--profile', 'p'])).toEqual(['production']);
  });

  where('asks the bundled program', async () => {
    const words = ['repoctl', 'infra', 'project', 'st'];
    expect(await complete(shell, words, { scripts: join(folder, 'real') })).toEqual(['start', 'status', 'stop']);
  });

  where('knows them after npx, too', async () => {
    expect(await complete(shell, ['npx', 'repoctl', 'infra', 'project', 'start', 't'])).toEqual(['turfoo']);
    expect(await complete(shell, ['npx', '--no-install', 'repoctl', 'infra', 'project', 'start', 't'])).toEqual([
      'turfoo',
    ]);
  });

  where('asks the repoctl that the folder has, then the one on PATH', async () => {
    const path = `${join(folder, 'on-path')}:${bare}`;
    expect(await complete(shell, ['repoctl', ''], { path })).toEqual(['path']);
    expect(await complete(shell, ['repoctl', ''], { path, cwd: join(folder, 'with', 'a', 'b') })).toEqual(['own']);
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
