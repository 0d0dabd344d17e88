import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { parse } from 'yaml';

const workspace = join(import.meta.dirname, '..', '..', 'apps');
const read = (path: string) => readFileSync(join(workspace, path), 'utf8');

/** The folders of the packages that apps/web is made of. */
function packagesOfWeb(): string[] {
  const { dependencies } = JSON.parse(read('web/package.json')) as { dependencies: Readonly<Record<string, string>> };
  return Object.entries(dependencies)
    .filter(([, version]) => version.startsWith('workspace:'))
    .map(([name]) => name.replace('@monorepo/', 'packages/'));
}

test('the context of apps/web has its own files and those of the packages that it depends on, and no others', () => {
  const shown = read('web/Dockerfile.dockerignore')
    .split('\n')
    .flatMap((line) => /^!(.*)/.exec(line)?.[1] ?? [])
    .filter((path) => !/\.(json|yaml)$/.test(path));
  expect(packagesOfWeb()).not.toEqual([]);
  expect(shown.sort()).toEqual([...packagesOfWeb(), 'web'].sort());
});

test('pnpm installs what their package.json files name, before any source is copied', () => {
  const [before = ''] = read('web/Dockerfile').split('pnpm install');
  const copied = [...before.matchAll(/^COPY (\S+)\/package\.json /gm)].map(([, folder]) => folder);
  expect(copied.sort()).toEqual([...packagesOfWeb(), 'web'].sort());
});

test('a saved file of the application or of a package is synced to where the image has it', () => {
  const { images } = parse(read('web/infra/project.yaml')) as {
    images: { app: { sync: readonly { from: string; to: string }[] } };
  };
  const places = images.app.sync.map(({ from, to }) => [join('web', from), to]);
  expect(places).toEqual(places.map(([from]) => [from, `/apps/${from}`]));
  for (const folder of packagesOfWeb()) expect(places.map(([from]) => from)).toContain(`${folder}/src`);
});
