import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { presetNames } from '../../charts/model.ts';
import { synthesize } from '../../src/synth/synthesize.ts';

const earlier = join(import.meta.dirname, '..', 'fixtures', 'earlier');

interface ProjectFile {
  readonly name: string;
  readonly services?: Readonly<Record<string, unknown>>;
  readonly workloads?: Readonly<Record<string, unknown>>;
}

/**
 * The configuration of the first versions, as it was then: what it says must mean the same for ever, so that these files
 * are never edited.
 */
test.each(readdirSync(earlier).flatMap((name) => presetNames.map((profile) => [name, profile] as const)))(
  'files of the first versions are valid as they are: %s, %s',
  async (name, profile) => {
    const root = mkdtempSync(join(tmpdir(), 'repoctl-earlier-'));
    try {
      cpSync(join(earlier, name), root, { recursive: true });
      const { plan } = await synthesize(root, { profile, out: join(root, 'dist'), environmentFilesOf: [] });
      const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((path) =>
        path.endsWith('infra/project.yaml'),
      );
      expect(files.length).toBeGreaterThan(0);
      for (const file of files) {
        const said = parse(readFileSync(join(root, file), 'utf8')) as ProjectFile;
        const planned = plan.namespaces.find((each) => each.project === said.name);
        const names = [...(planned?.services ?? []), ...(planned?.workloads ?? [])].map((each) => each.name);
        const hidden = profile === 'production' ? ['pgadmin'] : profile === 'external' ? ['pgadmin', 'postgres'] : [];
        const expected = [...Object.keys(said.services ?? {}), ...Object.keys(said.workloads ?? {})];
        expect(names).toEqual(expect.arrayContaining(expected.filter((each) => !hidden.includes(each))));
        expect(planned?.name).toBe(said.name);
      }
    } finally {
      rmSync(root, { recursive: true, force: true });
    }
  },
);
