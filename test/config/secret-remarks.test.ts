import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { looksReal, remarkText, secretRemarks } from '../../src/config/secret-remarks.ts';

describe('a value in a list that everybody can read', () => {
  test.each([
    ['STRIPE_KEY', `sk_live_${'4eC39HqLyjWDarjtT1'}`],
    ['GITHUB', `ghp_${'a1'.repeat(18)}`],
    ['ID', `AKIA${'Q3EGWZN7R5LJ2K4M'}`],
    ['DATABASE_URL', 'postgresql://me:Xk29fmQw7z@db.example.com/app'],
    ['POSTGRES_PASSWORD', 'Xk29fmQw7zLp44'],
    ['JWT', `eyJhbGciOiJI.${'eyJzdWIiOiIx'}.c2ln`],
    ['KEY', '-----BEGIN RSA PRIVATE KEY-----'],
  ])('looks real: %s=%s', (name, value) => {
    expect(looksReal(name, value)).toBe(true);
  });

  test.each([
    ['POSTGRES_PASSWORD', ''],
    ['POSTGRES_PASSWORD', 'changeme12345'],
    ['API_TOKEN', '<your token 123>'],
    ['API_TOKEN', 'xxxxxxxxxxxxxxxx1'],
    ['API_KEY', 'put-the-key-of-the-staging-system'],
    ['DATABASE_URL', 'postgresql://user:password@localhost/app'],
    ['DATABASE_URL', 'postgresql://localhost:5432/app'],
    ['LOG_LEVEL', 'Xk29fmQw7zLp44'],
    ['TOKEN_URL', 'https://auth.example.com/oauth2/token'],
    ['PUBLIC_URL', 'https://shop.example.com'],
  ])('looks like an example: %s=%s', (name, value) => {
    expect(looksReal(name, value)).toBe(false);
  });
});

describe('the files with secrets', () => {
  let root: string;
  const files = [{ path: '.env', examplePath: '.env.example' }];
  const remarks = async () => (await secretRemarks(root, files)).map(remarkText);
  const git = (...args: string[]) => execFileSync('git', args, { cwd: root });
  const write = (path: string, text: string, mode = 0o600) => {
    writeFileSync(join(root, path), text);
    chmodSync(join(root, path), mode);
  };

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'remarks-'));
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  test('are remarked on where there is no .gitignore, before there is a repository of git', async () => {
    expect(await remarks()).toEqual([
      '.gitignore: it is missing, so the first commit may contain every .env (repoctl init adds what is to be ignored)',
    ]);
    write('.gitignore', '');
    expect(await remarks()).toEqual([]);
  });

  test('are remarked on while git does not ignore them, and when it tracks them', async () => {
    git('init', '--quiet');
    write('.env', 'A=1\n');
    expect(await remarks()).toEqual(['.env: git does not ignore it (add .env to .gitignore)']);
    git('add', '.env');
    write('.gitignore', '.env\n');
    expect(await remarks()).toEqual(['.env: git tracks it, with the passwords in it (git rm --cached .env)']);
    git('rm', '--quiet', '--cached', '.env');
    expect(await remarks()).toEqual([]);
  });

  test('are remarked on if others can read them', async () => {
    write('.gitignore', '.env\n');
    write('.env', 'A=1\n', 0o644);
    expect(await remarks()).toEqual(['.env: others on this machine can read it (chmod 600 .env)']);
  });

  test('are remarked on where the list has a value that looks real, at its line', async () => {
    write('.gitignore', '.env\n');
    write('.env.example', '# mine\nA=\nexport POSTGRES_PASSWORD=Xk29fmQw7zLp44\n');
    expect(await remarks()).toEqual([
      expect.stringMatching(/^\.env\.example:3: the value of POSTGRES_PASSWORD looks real/),
    ]);
    expect((await remarks()).join()).not.toContain('Xk29');
  });
});
