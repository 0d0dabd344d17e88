import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { type Loaded, load } from '../../src/config/load.ts';
import { ConfigurationError } from '../../src/config/problem.ts';
import { base, type Files, inRepository, paths, text } from './repository.ts';

const { environment, project, other } = paths;
const alpha = String(base[project]);
const web = String(base[other]);

/** What is loaded after a change of files, where a run before has found all to be right; or has not. */
const loadedAfter = (changes: Readonly<Record<string, string>>, remembers = true, files: Files = {}): Promise<Loaded> =>
  inRepository(files, (root) => {
    const { memory } = load(root, { profile: 'local' });
    for (const [path, content] of Object.entries(changes)) writeFileSync(join(root, path), content);
    return load(root, { profile: 'local', tolerant: true, ...(remembers && { memory }) });
  });

const names = ({ environment }: Loaded) => environment.projects.map(({ name }) => name);
const mistakenIn = ({ mistakes }: Loaded) => mistakes.map(({ directory }) => directory);
const portOf = ({ environment }: Loaded, name: string) =>
  environment.projects.find((each) => each.name === name)?.workloads[0]?.settings;

describe('one project’s mistake', () => {
  const wrong = {
    'text that is no YAML': 'name: alpha\nimages: [',
    'a field that there is not': alpha.replace('uses:', 'use:'),
    'a kind that there is not': alpha.replace('kind: http', 'kind: htpt'),
    'an image that no file is there for': alpha.replace('app: {}', 'app: { dockerfile: Dockerfil }'),
    'a dependency on what is not there': alpha.replace('[redis, postgres]', '[redis, postgre]'),
    'the name of another project': alpha.replace('name: alpha', 'name: web'),
    'nothing at all': '',
  };

  test.each(Object.entries(wrong))('%s leaves its last good state and the other’s new one', async (_, yaml) => {
    const loaded = await loadedAfter({ [project]: yaml, [other]: web.replace('8080', '8081') });
    expect(names(loaded)).toEqual(['alpha', 'web']);
    expect(portOf(loaded, 'alpha')).toMatchObject({ port: 8000, after: ['redis', 'postgres'] });
    expect(portOf(loaded, 'web')).toMatchObject({ port: 8081 });
    expect(loaded.mistakes).toMatchObject([
      { directory: 'backends/svc-a', name: 'alpha', lines: [expect.stringMatching(/^backends\/svc-a\/.*:\d+:\d+: /)] },
    ]);
  });

  test('leaves it out where nobody remembers it', async () => {
    const loaded = await loadedAfter({ [project]: 'name: [' }, false);
    expect([names(loaded), mistakenIn(loaded)]).toEqual([['web'], ['backends/svc-a']]);
  });

  test('is not that of what it clashes with, though that is where it shows', async () => {
    // The second one is the one that is refused: here it is the one that was right.
    const loaded = await loadedAfter({ [other]: `${web}uses: { redis: { database: 0 } }\n` });
    expect([names(loaded), mistakenIn(loaded)]).toEqual([['alpha', 'web'], ['apps/web']]);
    expect(loaded.environment.projects[1]?.uses).toEqual({});
    expect(loaded.mistakes[0]?.lines.join()).toContain('uses.redis.database: 0 is taken by');
  });

  test('is that of a new project which clashes with one that was there', async () => {
    const loaded = await inRepository({ [other]: undefined }, (root) => {
      const { memory } = load(root, { profile: 'local' });
      return inRepository({ [other]: web.replace('name: web', 'name: alpha') }, (there) => {
        void root;
        return load(there, { profile: 'local', tolerant: true, memory });
      });
    });
    expect([names(loaded), mistakenIn(loaded)]).toEqual([['alpha'], ['apps/web']]);
  });

  test('takes along those that need what is gone', async () => {
    const needing = `${web}uses: { projects: [alpha/api] }\n`;
    const kept = await loadedAfter({ [project]: alpha.replace('api:', 'apis:') }, true, {
      [other]: text`
        name: web
        uses: { projects: [alpha/api] }
        workloads:
          site: { kind: http, image: "nginx:1.29", port: 8080 }
      `,
    });
    expect([names(kept), mistakenIn(kept)]).toEqual([['alpha', 'web'], ['backends/svc-a']]);
    const lost = await loadedAfter({ [project]: 'name: [', [other]: needing }, false);
    expect([names(lost), mistakenIn(lost).sort()]).toEqual([[], ['apps/web', 'backends/svc-a']]);
  });
});

describe('what is not one project’s mistake', () => {
  test.each([
    ['repoctl.yaml that is wrong', { [environment]: 'name: [\n' }],
    [
      'repoctl.yaml that lacks what an unchanged project uses',
      { [environment]: 'name: monorepo\nglobal: { redis: false }\n' },
    ],
    ['both at once', { [environment]: 'name: monorepo\nprojekts: []\n', [project]: 'name: [' }],
  ])('is refused: %s', async (_, changes) => {
    await expect(loadedAfter(changes as Record<string, string>)).rejects.toThrow(ConfigurationError);
  });

  test('names every problem, that of the project too', async () => {
    const problem = await loadedAfter({ [environment]: 'name: monorepo\nprojekts: []\n', [project]: 'name: [' }).catch(
      (error: ConfigurationError) => error,
    );
    expect((problem as ConfigurationError).lines).toEqual([
      expect.stringContaining('backends/svc-a/infra/project.yaml:1:'),
      expect.stringContaining('repoctl.yaml:2:1'),
    ]);
  });

  test('is any, unless it is to be tolerated', async () => {
    await expect(inRepository({ [project]: 'name: [' }, (root) => load(root, { profile: 'local' }))).rejects.toThrow(
      ConfigurationError,
    );
  });
});
