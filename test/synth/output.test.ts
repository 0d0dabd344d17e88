import { existsSync, lstatSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { remove } from '../../src/synth/output.ts';
import { isManifestName, plannedNamespace, readManifestNames, readNamespaces } from '../../src/synth/plan-file.ts';
import { synthesize } from '../../src/synth/synthesize.ts';
import { inRepository } from '../config/repository.ts';

const planOf = (...namespaces: unknown[]) => JSON.stringify({ apiVersion: 'v1', kind: 'List', plan: { namespaces } });

describe('what an earlier run left is checked before anything is removed', () => {
  /** Makes the manifests where an earlier plan names a file; whether `victim`, relative to `dist`, is still there. */
  const survives = (manifest: string, victim: string, make = (path: string) => writeFileSync(path, 'data')) =>
    inRepository({}, async (root) => {
      const out = join(root, 'dist', 'local');
      mkdirSync(out, { recursive: true });
      mkdirSync(join(root, 'victim'));
      make(join(out, victim));
      writeFileSync(join(out, 'plan.json'), planOf({ manifest }));
      await synthesize(root, { profile: 'local', out });
      return lstatSync(join(out, victim), { throwIfNoEntry: false }) !== undefined;
    });

  test.each([
    ['a file outside of the folder', '../../victim/keep.txt', '../../victim/keep.txt'],
    ['a file outside that is named like a manifest', '../../victim/keep.k8s.yaml', '../../victim/keep.k8s.yaml'],
    ['a file of another name', 'keep.txt', 'keep.txt'],
    ['a file of no name', '.k8s.yaml', '.k8s.yaml'],
    ['a file with a capital letter', 'Keep.k8s.yaml', 'Keep.k8s.yaml'],
  ])('%s stays', async (_, manifest, victim) => {
    expect(await survives(manifest, victim)).toBe(true);
  });

  test('a folder named like a manifest stays', async () => {
    expect(await survives('keep.k8s.yaml', 'keep.k8s.yaml', mkdirSync)).toBe(true);
  });

  test('a link named like a manifest stays', async () => {
    expect(await survives('keep.k8s.yaml', 'keep.k8s.yaml', (path) => symlinkSync('nowhere', path))).toBe(true);
  });

  test('a manifest that is no longer made is removed, whichever version wrote the plan', async () => {
    expect(await survives('old.k8s.yaml', 'old.k8s.yaml')).toBe(false);
  });

  test('whatever the names, nothing else than a manifest of the folder goes', async () => {
    await inRepository({}, (root) => {
      writeFileSync(join(root, 'keep.txt'), '');
      fc.assert(
        fc.property(fc.oneof(fc.string(), fc.constantFrom('keep.txt', './keep.txt', '/etc/x', '..')), (name) => {
          remove(root, [name]);
          return existsSync(join(root, 'keep.txt'));
        }),
      );
    });
  });
});

describe('a plan that is read', () => {
  test('of any text gives only namespaces that repoctl would have written', () => {
    const anything = fc.oneof(
      fc.string(),
      fc.json(),
      fc.json().map((text) => planOf(JSON.parse(text))),
    );
    fc.assert(
      fc.property(anything, (text) => {
        for (const name of readManifestNames(text)) if (!isManifestName(name)) return false;
        return readNamespaces(text).every((each) => plannedNamespace.safeParse(each).success);
      }),
    );
  });

  test('is the one that was written, but for namespaces that are damaged', async () => {
    await inRepository({}, async (root) => {
      const out = join(root, 'dist');
      const { plan } = await synthesize(root, { profile: 'local', out });
      const text = readFileSync(join(out, 'plan.json'), 'utf8');
      expect(readNamespaces(text)).toEqual(JSON.parse(JSON.stringify(plan.namespaces)));
      for (const [from, to] of [
        ['"context": "backends/svc-a"', '"context": "../../.."'],
        ['"dockerfile": "backends/svc-a/Dockerfile"', '"dockerfile": "/etc/passwd"'],
        ['"file": "backends/svc-a/infra/.env"', '"file": "../.env"'],
        ['"manifest": "alpha.k8s.yaml"', '"manifest": "web.k8s.yaml"'],
        ['"tier": "project"', '"tier": 5'],
      ] as const) {
        expect(text).toContain(from);
        expect(readNamespaces(text.replace(from, to)).map(({ name }) => name)).toEqual(['monorepo', 'web']);
      }
    });
  });
});

describe('a folder that manifests go to', () => {
  test.each([
    ['dist', 'dist'],
    ['dist/local', 'dist/local'],
  ])('is refused if it is a link out of the repository: %s', async (_, link) => {
    await inRepository(
      { '../outside/keep': '', [link]: { link: `${'../'.repeat(link.split('/').length)}outside` } },
      async (root) => {
        const made = synthesize(root, { profile: 'local', out: join(root, 'dist', 'local') });
        await expect(made).rejects.toMatchObject({
          exitCode: 2,
          message: `${link} is a link that leads nowhere or outside the repository; nothing was written`,
        });
        expect(existsSync(join(root, '../outside/plan.json'))).toBe(false);
        expect(existsSync(join(root, '../outside/local'))).toBe(false);
      },
    );
  });

  test('may be a link within the repository, or any folder that is named by itself', async () => {
    await inRepository({ 'other/keep': '', dist: { link: 'other' } }, async (root) => {
      for (const out of [join(root, 'dist', 'local'), join(root, '..', 'elsewhere')]) {
        await synthesize(root, { profile: 'local', out });
        expect(existsSync(join(out, 'plan.json'))).toBe(true);
      }
    });
  });
});
