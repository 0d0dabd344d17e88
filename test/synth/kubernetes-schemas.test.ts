import { spawnSync } from 'node:child_process';
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { presetNames } from '../../charts/model.ts';
import { defaultOut } from '../../src/synth/synthesize.ts';
import { copyFixture, copyRepository, repoctl } from './repository.ts';

// kubernetes-validate has the schemas of every version with it: pip install kubernetes-validate
const installed = spawnSync('kubernetes-validate', ['--version']).status === 0;
const newest = installed
  ? /\d+\.\d+\.\d+/.exec(spawnSync('kubernetes-validate', ['--help'], { encoding: 'utf8' }).stdout)?.[0]
  : 'newest';
const repositories = {
  'this repository': copyRepository,
  minimal: () => copyFixture('minimal'),
  polyglot: () => copyFixture('polyglot'),
};
const cases = Object.entries(repositories).flatMap(([name, copy]) =>
  presetNames.flatMap((profile) => ['1.28.0', newest ?? ''].map((version) => [name, profile, version, copy] as const)),
);

describe('the manifests', () => {
  (installed ? test : test.skip).each(cases)(
    'of %s in the profile %s meet the schemas of Kubernetes %s',
    (_, profile, version, copy) => {
      const root = copy();
      const out = defaultOut(root, profile);
      expect(repoctl(root, 'synth', '--profile', profile)).toMatchObject({ status: 0 });
      const files = readdirSync(out)
        .filter((name) => name.endsWith('.yaml'))
        .map((name) => join(out, name));
      const { status, stdout, stderr } = spawnSync(
        'kubernetes-validate',
        ['--strict', '--quiet', '-k', version, ...files],
        { encoding: 'utf8' },
      );
      expect({ status, problems: stdout + stderr }).toEqual({ status: 0, problems: '' });
      rmSync(root, { recursive: true, force: true });
    },
  );
});
