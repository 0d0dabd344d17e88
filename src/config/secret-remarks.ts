import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'dotenv';
import { attempt } from '../platform/process/run.ts';
import { readInside } from './configured-path.ts';
import type { EnvironmentFiles } from './environment-files.ts';

/** What may give a secret away, though nothing is wrong with the configuration. */
export interface Remark {
  /** `.env.example:4`, relative to the root. */
  readonly place: string;
  readonly found: string;
  /** What to do about it. */
  readonly fix: string;
}

/** Values that are of a kind of secret which tells itself. */
const tokens = [
  /^(sk|pk|rk)_live_\w{8,}/,
  /^(gh[pousr]|github_pat)_\w{20,}/,
  /^glpat-[\w-]{16,}/,
  /^xox[abprs]-[\w-]{10,}/,
  /^(AKIA|ASIA)[A-Z0-9]{16}$/,
  /^AIza[\w-]{30,}/,
  /^eyJ[\w-]{8,}\.[\w-]{8,}\./,
  /-----BEGIN [A-Z ]*PRIVATE KEY-----/,
];

const secretName = /(PASSWORD|PASSWD|SECRET|TOKEN|API_?KEY|ACCESS_?KEY|PRIVATE_?KEY|CREDENTIALS?)(_|$)/i;

const placeholder =
  /^(.)\1*$|change|example|placeholder|your|dummy|sample|replace|secret|password|insert|todo|fixme|test|local|here|none|null|^<.*>$|^\$|^\{|\*{3}|x{3}|\.\.\./i;

/** Whether a value of a list that everybody can read looks like one that is in use. */
export function looksReal(name: string, value: string): boolean {
  if (tokens.some((pattern) => pattern.test(value))) return true;
  const [, inUrl] = /^[a-z][a-z0-9+.-]*:\/\/[^/@\s:]*:([^/@\s]+)@/i.exec(value) ?? [];
  if (inUrl !== undefined) return inUrl.length >= 8 && !placeholder.test(inUrl);
  if (!secretName.test(name) || value.length < 12 || /\s|:\/\//.test(value)) return false;
  // Words, even several of them, have no digit among their letters.
  return !placeholder.test(value) && /\d/.test(value) && /[a-z]/i.test(value);
}

/** Remarks about the files with secrets, and about what git knows of them. */
export async function secretRemarks(
  root: string,
  files: readonly Pick<EnvironmentFiles, 'path' | 'examplePath'>[],
): Promise<Remark[]> {
  const there = files.filter(({ path }) => existsSync(join(root, path)));
  return [
    ...(await gitRemarks(
      root,
      files.map(({ path }) => path),
    )),
    ...there.flatMap(({ path }) => modeRemark(root, path)),
    ...files.flatMap(({ examplePath }) => exampleRemarks(root, examplePath)),
  ];
}

async function gitRemarks(root: string, paths: readonly string[]): Promise<Remark[]> {
  const git = (args: readonly string[], input?: string) =>
    attempt('git', args, { cwd: root, input }).catch(() => undefined);
  const inside = (await git(['rev-parse', '--is-inside-work-tree']))?.stdout.trim() === 'true';
  if (!inside) {
    if (existsSync(join(root, '.gitignore'))) return [];
    const found = 'it is missing, so the first commit may contain every .env';
    return [{ place: '.gitignore', found, fix: 'repoctl init adds what is to be ignored' }];
  }
  const tracked = new Set((await git(['ls-files', '-z', '--', ...paths]))?.stdout.split('\0'));
  const ignored = new Set(
    (await git(['check-ignore', '-z', '--no-index', '--stdin'], paths.join('\0')))?.stdout.split('\0'),
  );
  return paths.flatMap((place): Remark[] => {
    if (tracked.has(place))
      return [{ place, found: 'git tracks it, with the passwords in it', fix: `git rm --cached ${place}` }];
    if (!ignored.has(place)) return [{ place, found: 'git does not ignore it', fix: 'add .env to .gitignore' }];
    return [];
  });
}

function modeRemark(root: string, place: string): Remark[] {
  // Windows has other rights.
  if (process.platform === 'win32') return [];
  const { mode } = statSync(join(root, place));
  return mode & 0o077 ? [{ place, found: 'others on this machine can read it', fix: `chmod 600 ${place}` }] : [];
}

function exampleRemarks(root: string, path: string): Remark[] {
  if (!existsSync(join(root, path))) return [];
  const text = readInside(root, path);
  const lines = text.split('\n');
  return Object.entries(parse(text))
    .filter(([name, value]) => looksReal(name, value))
    .map(([name]) => ({
      place: `${path}:${lines.findIndex((line) => new RegExp(`^\\s*(export\\s+)?${name}\\s*=`).test(line)) + 1}`,
      found: `the value of ${name} looks real, and everybody who has the repository has it`,
      fix: 'leave it empty there; values belong in .env',
    }));
}

/** `.env: others on this machine can read it (chmod 600 .env)` */
export const remarkText = ({ place, found, fix }: Remark): string => `${place}: ${found} (${fix})`;
