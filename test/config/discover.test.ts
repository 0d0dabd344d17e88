import { describe, expect, test } from '@jest/globals';
import { discover } from '../../src/config/discover.ts';
import { Reader } from '../../src/config/reader.ts';
import { type Files, inRepository } from './repository.ts';

const none: Files = { 'backends/svc-a/infra/project.yaml': undefined, 'apps/web/infra/project.yaml': undefined };
const projects = (...folders: string[]): Files =>
  Object.fromEntries(folders.map((folder) => [`${folder}/infra/project.yaml`, 'name: x\n']));

const discovered = (files: Files, patterns: readonly string[]) =>
  inRepository({ ...none, ...files }, (root) => discover(new Reader(root), 'repoctl.yaml', patterns));

const folders = projects(
  'backends/svc-b',
  'backends/svc-b2',
  'backends/svc-a',
  'backends/.hidden',
  'apps/web',
  'libs/a/one',
  'libs/b/two',
);

describe('the folders of', () => {
  test.each([
    ['every folder of one', ['backends/*'], ['backends/svc-a', 'backends/svc-b', 'backends/svc-b2']],
    [
      'two patterns, sorted',
      ['backends/*', 'apps/*'],
      ['apps/web', 'backends/svc-a', 'backends/svc-b', 'backends/svc-b2'],
    ],
    ['the beginning of a name', ['backends/svc-b*'], ['backends/svc-b', 'backends/svc-b2']],
    ['the end of a name', ['backends/*-b'], ['backends/svc-b']],
    ['a part between two stars', ['backends/*c-a*'], ['backends/svc-a']],
    ['a star in the middle of a path', ['libs/*/one'], ['libs/a/one']],
    ['two stars in a path', ['libs/*/*'], ['libs/a/one', 'libs/b/two']],
    ['a star for the first folder', ['*/web'], ['apps/web']],
    ['a folder in full', ['apps/web'], ['apps/web']],
    ['a hidden folder in full', ['backends/.hidden'], ['backends/.hidden']],
    ['the same folder twice', ['apps/web', 'apps/*', './apps//web/'], ['apps/web']],
    ['letters that mean something in a regular expression', ['libs/(a|b)/*', 'apps/we.*', 'backends/[a-z]*'], []],
    ['a folder that isn’t there', ['nope/*'], []],
    ['no patterns', [], []],
  ])('%s', async (_, patterns, directories) => {
    expect(await discovered(folders, patterns)).toEqual({ directories, problems: [] });
  });
});

describe('a folder', () => {
  test('without project.yaml is passed over where a star leads to it', async () => {
    const files = { ...projects('backends/one'), 'backends/docs/README.md': '', 'backends/README.md': '' };
    expect(await discovered(files, ['backends/*'])).toEqual({ directories: ['backends/one'], problems: [] });
  });

  test('without project.yaml is a problem where it is named, with the nearest that has one', async () => {
    const files = { ...projects('backends/one'), 'backends/ona/README.md': '' };
    expect((await discovered(files, ['backends/ona', 'apps/none'])).problems).toEqual([
      {
        file: 'repoctl.yaml',
        place: { path: ['projects', 0] },
        message: 'projects[0]: "backends/ona" has no infra/project.yaml; did you mean "backends/one"?',
      },
      {
        file: 'repoctl.yaml',
        place: { path: ['projects', 1] },
        message: 'projects[1]: "apps/none" has no infra/project.yaml',
      },
    ]);
  });

  test('may be a link within the repository', async () => {
    const files: Files = { ...projects('libs/core'), 'backends/core': { link: '../libs/core' } };
    expect(await discovered(files, ['backends/*'])).toEqual({ directories: ['backends/core'], problems: [] });
  });

  test('that is a link to the outside is a problem only if it is a project', async () => {
    const files: Files = { 'backends/etc': { link: '/etc' }, 'backends/loop': { link: 'loop' } };
    expect(await discovered(files, ['backends/*'])).toEqual({ directories: [], problems: [] });
  });

  test.each(['..', '../x', 'a/../../x', 'a/../b', '/', '/etc'])('outside or by .. is refused: %s', async (pattern) => {
    const { directories, problems } = await discovered(folders, [pattern]);
    expect(directories).toEqual([]);
    expect(problems).toMatchObject([{ message: expect.stringContaining('leads outside the repository') }]);
  });

  test.each(['.', './', './/.'])('that is the repository is refused: %s', async (pattern) => {
    const { problems } = await discovered({ 'infra/project.yaml': 'name: all\n' }, [pattern]);
    expect(problems).toMatchObject([{ message: expect.stringContaining('is the repository') }]);
  });
});
