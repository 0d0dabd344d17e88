import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { globalKinds, serviceKinds, workloadKinds } from '../../charts/kinds.ts';
import { presetNames } from '../../charts/model.ts';
import { manifestName } from '../../src/synth/plan.ts';
import { synthesize } from '../../src/synth/synthesize.ts';
import { everyNamespace, fixtureNames, fixtureRoot } from './fixtures.ts';

const out = mkdtempSync(join(tmpdir(), 'fixtures-'));
const namespaces = await everyNamespace();

// Most documents are the same in several profiles.
const read = new Map<string, unknown>();
function dataOf(document: string): unknown {
  if (!read.has(document)) read.set(document, parse(document));
  return read.get(document);
}

beforeAll(async () => {
  for (const root of fixtureNames.map(fixtureRoot))
    for (const profile of presetNames) await synthesize(root, { profile, out: join(out, root, profile) });
});
afterAll(() => rmSync(out, { recursive: true, force: true }));

describe.each(fixtureNames.flatMap((fixture) => presetNames.map((profile) => ({ fixture, profile }))))(
  '$fixture, $profile',
  ({ fixture, profile }) => {
    const folder = join(out, fixtureRoot(fixture), profile);
    const expected = namespaces.filter((each) => each.fixture === fixture && each.profile.name === profile);

    test('has a file for each namespace, and the plan', () => {
      expect(readdirSync(folder).sort()).toEqual(
        [...expected.map(({ name }) => manifestName(name)), 'plan.json'].sort(),
      );
    });

    test.each(expected.map(({ name, objects }) => [name, objects] as const))(
      'the file of %s holds what the charts make',
      (name, objects) => {
        const documents = readFileSync(join(folder, manifestName(name)), 'utf8').split(/^---\n/m);
        expect(documents.map(dataOf)).toEqual(JSON.parse(JSON.stringify(objects)));
      },
    );

    test('says nothing that can not be in a namespace', () => {
      expect(expected.flatMap(({ nonconformities }) => nonconformities)).toEqual([]);
    });
  },
);

test('together the fixtures have services and workloads of every kind', () => {
  const used = new Set(
    namespaces.flatMap(({ environment }) => [
      ...environment.services.map(({ kind }) => kind),
      ...environment.projects.flatMap(({ services, workloads }) => [...services, ...workloads].map(({ kind }) => kind)),
    ]),
  );
  const kinds = [globalKinds, serviceKinds, workloadKinds].flatMap(Object.keys);
  expect(kinds.filter((kind) => !used.has(kind))).toEqual([]);
});
