import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/**
 * Runs a script that calls a program, in whose place another one stands.
 *
 * @param files of its container by path, without the `/` at the beginning; the script finds them in a folder of this machine
 * @returns its arguments, its input and the password in its environment; what the script printed, and how it ended
 */
export function seen(
  program: string,
  shell: string,
  args: readonly string[],
  env: Record<string, string>,
  does = 'true',
  files: Readonly<Record<string, string>> = {},
) {
  const folder = mkdtempSync(join(tmpdir(), 'redis-'));
  const write = (name: string, what: string) => `${what} > ${folder}/${name}`;
  const lines = [write('args', `printf '%s\\n' "$@"`), write('password', 'printf %s "$REDISCLI_AUTH"')];
  if (program === 'redis-server') lines.push(write('input', 'cat'));
  writeFileSync(join(folder, program), `#!/bin/sh\n${[...lines, does].join('\n')}\n`, { mode: 0o755 });
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  const here = (arg: string) =>
    Object.keys(files).reduce((changed, path) => changed.replaceAll(`/${path}`, join(folder, path)), arg);
  const { status, stdout } = spawnSync(shell, args.map(here), {
    env: { ...env, PATH: `${folder}:${process.env.PATH}` },
    encoding: 'utf8',
  });
  const read = (name: string) => (existsSync(join(folder, name)) ? readFileSync(join(folder, name), 'utf8') : '');
  const result = {
    status,
    stdout,
    args: read('args').trim().split('\n'),
    input: read('input'),
    password: read('password'),
  };
  rmSync(folder, { recursive: true });
  return result;
}
