import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { parse } from 'dotenv';
import { copyFixture, copyRepository, repository } from './repository.ts';

/** Names under which CI systems and their users keep credentials. */
const ofCi = [
  'GITHUB_TOKEN',
  'CI_JOB_TOKEN',
  'REGISTRY_PASSWORD',
  'AWS_SECRET_ACCESS_KEY',
  'KUBECONFIG_DATA',
  'VAULT_TOKEN',
];

/** A value that nothing else has. Its signs are others in a URL, in base64 and in YAML. */
const marked = (): string => `m@rk/${randomBytes(12).toString('hex')}+"é:%`;

/** All forms in which a value might be written. In base64 it may begin at any of three places of what it is part of. */
function forms(value: string): string[] {
  const bytes = Buffer.from(value);
  const base64 = [0, 1, 2].map((offset) => {
    const text = Buffer.concat([Buffer.alloc(offset), bytes])
      .toString('base64')
      .replace(/=+$/, '');
    // Without the signs that depend on what stands beside it.
    return text.slice(offset === 0 ? 0 : offset + 1, -1);
  });
  const urlSafe = base64.map((text) => text.replaceAll('+', '-').replaceAll('/', '_'));
  const json = JSON.stringify(value).slice(1, -1);
  const random = /[0-9a-f]{24}/.exec(value)?.[0] ?? value;
  return [
    value,
    json,
    encodeURIComponent(value),
    encodeURI(value),
    random,
    bytes.toString('hex'),
    ...base64,
    ...urlSafe,
  ];
}

const environmentFiles = (root: string): string[] =>
  readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((path) => /(^|\/)\.env\.example$/.test(path) && !path.startsWith('node_modules'))
    .map((path) => join(root, path));

/** What one repository's production profile became, with every value that was around while it was made. */
interface Made {
  readonly values: ReadonlyMap<string, string>;
  readonly texts: ReadonlyMap<string, string>;
  readonly dist: string;
}

function make(root: string): Made {
  const values = new Map<string, string>();
  const names = new Set(ofCi);
  for (const example of environmentFiles(root)) {
    const variables = Object.keys(parse(readFileSync(example)));
    const lines = variables.map((name) => {
      const value = marked();
      names.add(name);
      values.set(`${name} of ${example.slice(root.length + 1)}`, value);
      return `${name}='${value}'`;
    });
    writeFileSync(example.replace(/\.example$/, ''), `${lines.join('\n')}\n`);
  }
  const env: NodeJS.ProcessEnv = { ...process.env };
  for (const name of names) {
    env[name] = marked();
    values.set(`${name} of the environment`, env[name]);
  }
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [join(repository, 'bin', 'repoctl.mjs'), 'synth', '--profile', 'production'],
    { cwd: root, encoding: 'utf8', env },
  );
  if (status !== 0) throw new Error(stderr);
  const dist = join(root, 'dist');
  const written = readdirSync(dist, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  const texts = new Map(written.map((path) => [path.slice(root.length + 1), readFileSync(path, 'utf8')]));
  return { values, texts: new Map([...texts, ['stdout', stdout], ['stderr', stderr]]), dist };
}

/** Where values stand, in any form: `shop.k8s.yaml has STRIPE_API_KEY of …`. */
const leaks = ({ values, texts }: Made): string[] =>
  [...texts].flatMap(([path, text]) =>
    [...values].flatMap(([name, value]) =>
      forms(value).some((form) => text.includes(form)) ? [`${path} has ${name}`] : [],
    ),
  );

const hasGitleaks = spawnSync('gitleaks', ['version']).error === undefined;

const repositories = {
  'this repository': () => {
    const root = copyRepository();
    cpSync(join(repository, 'backends', 'svc-status-monitor'), join(root, 'backends', 'svc-status-monitor'), {
      recursive: true,
      filter: (path) => !/\.env$/.test(path),
    });
    return root;
  },
  'every hatch': () => copyFixture('extended'),
  polyglot: () => copyFixture('polyglot'),
};

describe.each(Object.entries(repositories))('production of %s', (_, copy) => {
  let root: string;
  let made: Made;
  beforeAll(() => {
    root = copy();
    made = make(root);
  });
  afterAll(() => rmSync(root, { recursive: true, force: true }));

  test('is made while values are in each .env and in the environment of the command', () => {
    expect(made.values.size).toBeGreaterThan(ofCi.length + 4);
    expect([...made.texts.keys()].filter((path) => path.endsWith('.k8s.yaml')).length).toBeGreaterThan(1);
  });

  test('has none of them, in no form', () => expect(leaks(made)).toEqual([]));

  // It also takes names for credentials, such as that of a key of a Secret in `key: S3_BUCKET_INVOICES`.
  (hasGitleaks ? test : test.skip)(
    'has nothing that gitleaks takes for a credential, but for names of variables',
    () => {
      const report = join(root, 'leaks.json');
      const args = ['dir', made.dist, '--no-banner', '--exit-code', '0', '--report-path', report];
      expect(spawnSync('gitleaks', args).status).toBe(0);
      const found = JSON.parse(readFileSync(report, 'utf8')) as { readonly Secret: string; readonly File: string }[];
      const names = new Set([...made.values.keys()].map((name) => name.split(' ')[0]));
      expect(found.filter(({ Secret }) => !names.has(Secret))).toEqual([]);
    },
  );
});

test.each([
  ['as it is', (value: string) => `password: ${value}`],
  ['in JSON', (value: string) => JSON.stringify({ password: value })],
  ['in a URL', (value: string) => `postgresql://me:${encodeURIComponent(value)}@db/me`],
  ['in base64', (value: string) => Buffer.from(value).toString('base64')],
  ['in a URL in base64', (value: string) => Buffer.from(`redis://:${value}@redis`).toString('base64')],
  ['after one more sign in base64', (value: string) => Buffer.from(`a${value}`).toString('base64')],
  ['in base64 for URLs', (value: string) => Buffer.from(`ab${value}!`).toString('base64url')],
])('a value %s would be found', (_, written) => {
  const value = marked();
  const made = {
    values: new Map([['TOKEN', value]]),
    texts: new Map([['a.yaml', `data: ${written(value)}\n`]]),
    dist: '',
  };
  expect(leaks(made)).toEqual(['a.yaml has TOKEN']);
});
