import { execFile, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { presetNames } from '../../charts/model.ts';
import { copyFixture, copyRepository, repoctl } from './repository.ts';

// kubernetes-validate has the schemas of every version with it: pip install kubernetes-validate
const installed = spawnSync('kubernetes-validate', ['--version']).status === 0;
/** The interpreter that it is installed for, as its first line says. */
const python = (): string => {
  const path = spawnSync('sh', ['-c', 'command -v kubernetes-validate'], { encoding: 'utf8' }).stdout.trim();
  return /^#!(\S*python\S*)$/m.exec(readFileSync(path, 'utf8'))?.[1] ?? 'python3';
};
const newest = installed
  ? /\d+\.\d+\.\d+/.exec(spawnSync('kubernetes-validate', ['--help'], { encoding: 'utf8' }).stdout)?.[0]
  : 'newest';
const repositories: Readonly<Record<string, () => string>> = {
  'this repository': copyRepository,
  minimal: () => copyFixture('minimal'),
  polyglot: () => copyFixture('polyglot'),
};

describe('the manifests', () => {
  const folder = mkdtempSync(join(tmpdir(), 'repoctl-schemas-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  // Most objects are the same in every profile, and to check one takes long: each is checked once, in a file of its repository.
  beforeAll(async () => {
    if (!installed) return;
    for (const [name, copy] of Object.entries(repositories)) {
      const root = copy();
      const objects = new Set<string>();
      for (const profile of presetNames) {
        const out = join(root, 'out', profile);
        const { status, stderr } = await repoctl(root, 'synth', '--profile', profile, '--out', out);
        expect([status, stderr]).toEqual([0, expect.stringContaining('written')]);
        for (const file of readdirSync(out).filter((each) => each.endsWith('.yaml')))
          for (const object of readFileSync(join(out, file), 'utf8').split(/^---$/m)) objects.add(object.trim());
      }
      expect(objects.size).toBeGreaterThan(5);
      writeFileSync(join(folder, `${name}.yaml`), [...objects].join('\n---\n'));
      rmSync(root, { recursive: true, force: true });
    }
  });

  (installed ? test : test.skip).each(['1.30.0', newest ?? ''])(
    'of every profile meet the schemas of Kubernetes %s',
    async (version) => {
      const files = Object.keys(repositories).map((name) => join(folder, `${name}.yaml`));
      const problems = await new Promise((resolve) => {
        const args = [join(import.meta.dirname, 'kubernetes-validate.py'), '--strict', '--quiet', '-k', version];
        execFile(python(), [...args, ...files], (error, stdout, stderr) =>
          resolve({ code: error?.code ?? 0, text: stdout + stderr }),
        );
      });
      expect(problems).toEqual({ code: 0, text: '' });
    },
  );
});
