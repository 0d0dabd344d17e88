import { describe, expect, test } from '@jest/globals';
import type { Environment } from '../../charts/model.ts';
import { load } from '../../src/config/load.ts';
import { dependencies, findProject, withDependencies } from '../../src/config/select-projects.ts';
import { UsageError } from '../../src/platform/errors.ts';
import { inRepository, paths } from './repository.ts';

const workload = (after: string) =>
  `workloads:\n  api: { kind: http, image: "nginx:1.29", port: 80, after: [${after}] }\n`;

/** `alpha` uses `web` and waits for `data`, which waits for `store`; `lone` needs nobody. */
const environment = (): Promise<Environment> =>
  inRepository(
    {
      [paths.project]: `name: alpha\nuses: { projects: [web/site] }\n${workload('data/api')}`,
      'backends/svc-data/infra/project.yaml': `name: data\n${workload('store/api')}`,
      'backends/svc-store/infra/project.yaml': `name: store\n${workload('')}`,
      'apps/lone/infra/project.yaml': `name: lone\n${workload('')}`,
    },
    (root) => load(root, { profile: 'local' }).environment,
  );

describe('a project is found by', () => {
  test.each([
    ['its short name', 'alpha'],
    ['the name of its folder', 'svc-a'],
    ['its folder', 'backends/svc-a'],
    ['its folder, completed by a shell', 'backends/svc-a/'],
  ])('%s', async (_, given) => {
    expect(findProject(await environment(), given)).toMatchObject({ name: 'alpha', directory: 'backends/svc-a' });
  });

  test('its own name before the folder of another one, and by a folder’s name only if it is the only one', async () => {
    const names = { [paths.project]: 'alpha', 'apps/alpha': 'beta', 'apps/site': 'gamma', 'backends/site': 'delta' };
    const files = Object.entries(names).map(([folder, name]) => [
      folder.endsWith('.yaml') ? folder : `${folder}/infra/project.yaml`,
      `name: ${name}\n${workload('')}`,
    ]);
    const all = await inRepository(Object.fromEntries(files), (root) => load(root, { profile: 'local' }).environment);
    expect(findProject(all, 'alpha').directory).toBe('backends/svc-a');
    expect(findProject(all, 'apps/alpha/').name).toBe('beta');
    expect(() => findProject(all, 'site')).toThrow(
      '"site" is the folder of several projects; expected one of delta, gamma',
    );
  });

  test('not by a part of its name', async () => {
    const all = await environment();
    for (const given of ['alp', 'backends', 'svc', '/svc-a', ''])
      expect(() => findProject(all, given)).toThrow(UsageError);
  });

  test('nothing else, which names those there are and the nearest', async () => {
    const all = await environment();
    expect(() => findProject(all, 'alhpa')).toThrow(
      'no project "alhpa"; allowed: alpha, data, lone, store, web; did you mean "alpha"?',
    );
    expect(() => findProject(all, 'constructor')).toThrow(
      'no project "constructor"; allowed: alpha, data, lone, store, web',
    );
  });
});

describe('dependencies', () => {
  test('are the projects that are used and those that are waited for', async () => {
    const all = await environment();
    expect(dependencies(findProject(all, 'alpha'))).toEqual(['web', 'data']);
    expect(dependencies(findProject(all, 'lone'))).toEqual([]);
  });

  test.each([
    [['alpha'], ['alpha', 'data', 'store', 'web']],
    [['data'], ['data', 'store']],
    [['web'], ['web']],
    [
      ['store', 'backends/svc-data'],
      ['data', 'store'],
    ],
    [['lone', 'lone', 'apps/lone'], ['lone']],
    [[], []],
  ])('of %j come along, in the order of the environment', async (names, expected) => {
    expect(withDependencies(await environment(), names).map(({ name }) => name)).toEqual(expected);
  });

  test('of a project that there isn’t are an error', async () => {
    const all = await environment();
    expect(() => withDependencies(all, ['alpha', 'beta'])).toThrow(UsageError);
  });

  test('end, where projects use one another', async () => {
    const files = {
      [paths.project]: `name: alpha\nuses: { projects: [web/api] }\n${workload('')}`,
      [paths.other]: `name: web\nuses: { projects: [alpha/api] }\n${workload('')}`,
    };
    const names = await inRepository(files, (root) =>
      withDependencies(load(root, { profile: 'local' }).environment, ['web']).map(({ name }) => name),
    );
    expect(names).toEqual(['alpha', 'web']);
  });
});
