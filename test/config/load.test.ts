import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { noMonitoring } from '../../charts/common/monitoring.ts';
import { defaultNetwork } from '../../charts/common/network.ts';
import type { Environment, Project } from '../../charts/model.ts';
import { type LoadOptions, load } from '../../src/config/load.ts';
import { findRoot } from '../../src/config/root.ts';
import { UsageError } from '../../src/platform/errors.ts';
import { base, type Files, inRepository, paths, text } from './repository.ts';

const { environment, project, example, variables, other } = paths;

const loaded = (files: Files, options: LoadOptions = { profile: 'local' }) =>
  inRepository(files, (root) => load(root, options));

const environmentOf = async (files: Files): Promise<Environment> => (await loaded(files)).environment;

const alphaOf = async (files: Files): Promise<Project> => {
  const found = (await environmentOf(files)).projects.find(({ name }) => name === 'alpha');
  if (!found) throw new Error('there is no project alpha');
  return found;
};

/** The settings of a service or a workload of alpha. */
const settingsOf = async (files: Files, name: string): Promise<unknown> => {
  const { services, workloads } = await alphaOf(files);
  return [...services, ...workloads].find((each) => each.name === name)?.settings;
};

describe('the smallest repository', () => {
  const smallest: Files = {
    [environment]: 'name: monorepo\n',
    '.env.example': 'REDIS_PASSWORD=\nMINIO_ROOT_USER=\nMINIO_ROOT_PASSWORD=\n',
    [project]: 'name: alpha\n',
    [example]: undefined,
    [other]: undefined,
  };

  test('has the profiles', async () => {
    const here = { namespacePrefix: '', namespaceSuffix: '' };
    const network = (policies: boolean) => ({ ...defaultNetwork, policies });
    expect((await environmentOf(smallest)).profiles).toEqual({
      local: {
        name: 'local',
        chain: ['local'],
        development: true,
        hostPorts: true,
        portOffset: 0,
        ...here,
        managed: [],
        quota: false,
        reloader: false,
        monitoring: noMonitoring,
        network: network(false),
      },
      external: {
        name: 'external',
        chain: ['external'],
        development: true,
        hostPorts: true,
        portOffset: 0,
        ...here,
        managed: ['redis', 'minio', 'postgres'],
        quota: false,
        reloader: false,
        monitoring: noMonitoring,
        network: network(false),
      },
      production: {
        name: 'production',
        chain: ['production'],
        development: false,
        hostPorts: true,
        portOffset: 0,
        ...here,
        managed: [],
        quota: true,
        reloader: false,
        monitoring: noMonitoring,
        network: network(true),
      },
    });
  });

  test('has the global services that nobody left out', async () => {
    const { services } = await environmentOf(smallest);
    const owner = { environment: 'monorepo', tier: 'global' };
    expect(services).toMatchObject([
      { name: 'redis', kind: 'redis', namespace: 'monorepo', object: 'monorepo-redis', owner },
      { name: 'minio', kind: 'minio', namespace: 'monorepo', object: 'monorepo-minio', owner },
      { name: 'redis-insight', kind: 'redis-insight', namespace: 'monorepo', object: 'monorepo-redis-insight', owner },
    ]);
  });

  test('has the ports of the design', async () => {
    const { services } = await environmentOf(smallest);
    expect(services.map(({ settings }) => settings)).toMatchObject([
      { hostPort: 6379, databases: 64, storage: '1Gi' },
      { hostPort: 9000, consoleHostPort: 9001, storage: '2Gi' },
      { hostPort: 5540 },
    ]);
  });

  test('has a project of nothing', async () => {
    expect((await environmentOf(smallest)).projects).toEqual([
      {
        name: 'alpha',
        namespace: 'alpha',
        directory: 'backends/svc-a',
        description: undefined,
        images: [],
        uses: {},
        links: [],
        commands: [],
        services: [],
        workloads: [],
        env: {},
        secrets: [],
        manifests: [],
        sentry: false,
        pullSecrets: [],
        patches: [],
        chart: undefined,
      },
    ]);
  });

  test('is frozen to its last value', async () => {
    const all = await environmentOf(base);
    const thawed: string[] = [];
    const visit = (value: unknown, path: string) => {
      if (typeof value !== 'object' || value === null) return;
      if (!Object.isFrozen(value)) thawed.push(path);
      for (const [key, each] of Object.entries(value)) visit(each, `${path}.${key}`);
    };
    visit(all, 'environment');
    expect(thawed).toEqual([]);
    expect(() => Object.assign(all.projects[0]?.services[0]?.settings as object, { hostPort: 1 })).toThrow(TypeError);
  });
});

describe('the global tier', () => {
  test.each([
    ['redis', 'redis: false', ['minio', 'redis-insight']],
    ['all but one', 'redis: false, minio: false', ['redis-insight']],
  ])('goes without %s', async (_, global, expected) => {
    const { services } = await environmentOf({
      [environment]: `name: monorepo\nglobal: { ${global} }\n`,
      [project]: 'name: alpha\n',
    });
    expect(services.map(({ name }) => name)).toEqual(expected);
  });

  test('gets what is named under it', async () => {
    const { services } = await environmentOf({ [environment]: 'name: shop\nglobal: { redisCommander: {} }\n' });
    expect(services.at(-1)).toMatchObject({
      name: 'redis-commander',
      namespace: 'shop',
      object: 'shop-redis-commander',
      settings: { hostPort: 8081 },
    });
  });

  test('keeps the defaults beside what is set', async () => {
    const { services } = await environmentOf({
      [environment]: 'name: monorepo\nglobal: { minio: { hostPort: 19000 } }\n',
    });
    expect(services[1]?.settings).toMatchObject({ hostPort: 19000, consoleHostPort: 9001, storage: '2Gi' });
  });
});

describe('projects', () => {
  test('come in the order of their names, not of their folders', async () => {
    const files = { 'apps/zebra/infra/project.yaml': 'name: aardvark\n', [other]: 'name: zoo\n' };
    expect((await environmentOf(files)).projects.map(({ name }) => name)).toEqual(['aardvark', 'alpha', 'zoo']);
  });

  test('may be in folders whose names objects have of their own', async () => {
    const folders = ['constructor', '__proto__', 'toString'];
    const files = folders.map((folder, index) => [`${folder}/infra/project.yaml`, `name: p${index}\n`]);
    const patterns = { [environment]: `name: monorepo\nprojects: [${folders.join(', ')}]\n` };
    const { projects } = await environmentOf({ ...Object.fromEntries(files), ...patterns });
    expect(projects.map(({ directory }) => directory)).toEqual(folders);
  });

  test('have services and workloads in the order of the file, with their objects and owners', async () => {
    const owner = { environment: 'monorepo', tier: 'project', project: 'alpha' };
    const { services, workloads } = await alphaOf({});
    expect([...services, ...workloads]).toMatchObject([
      { name: 'postgres', kind: 'postgres', namespace: 'alpha', object: 'alpha-postgres', owner },
      { name: 'api', kind: 'http', namespace: 'alpha', object: 'alpha-api', owner },
    ]);
  });

  test('may have two services of a kind', async () => {
    const { services } = await alphaOf({
      [project]: 'name: alpha\nservices:\n  postgres: {}\n  reports: { kind: postgres }\n',
      [example]: 'POSTGRES_PASSWORD=\nREPORTS_POSTGRES_PASSWORD=\n',
    });
    expect(services.map(({ name, kind }) => [name, kind])).toEqual([
      ['postgres', 'postgres'],
      ['reports', 'postgres'],
    ]);
  });

  test('have links instead of the text under uses', async () => {
    const { uses, links } = await alphaOf({
      [project]: 'name: alpha\nuses: { redis: { database: 3 }, projects: [web/site] }\n',
    });
    expect(uses).toEqual({ redis: { database: 3 } });
    expect(links).toEqual([{ project: 'web', workload: 'site' }]);
  });

  test('have variables that are texts', async () => {
    const { env } = await alphaOf({ [project]: 'name: alpha\nenv: { A: 1, B: true, C: "", D: "01" }\n' });
    expect(env).toEqual({ A: '1', B: 'true', C: '', D: '01' });
  });

  test('have the objects of their manifests, by the name of the file', async () => {
    const object = (name: string) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name } });
    const { manifests } = await alphaOf({
      'backends/svc-a/infra/manifests/b.yml': `${JSON.stringify(object('b'))}\n---\n---\n${JSON.stringify(object('c'))}\n`,
      'backends/svc-a/infra/manifests/a.yaml': JSON.stringify(object('a')),
      'backends/svc-a/infra/manifests/README.md': 'not: [yaml',
    });
    expect(manifests).toEqual([
      { path: 'backends/svc-a/infra/manifests/a.yaml', objects: [object('a')] },
      { path: 'backends/svc-a/infra/manifests/b.yml', objects: [object('b'), object('c')] },
    ]);
  });

  test('have a chart if there is one', async () => {
    const files = { 'backends/svc-a/infra/chart.ts': 'export default () => {};\n' };
    expect((await alphaOf(files)).chart).toBe('backends/svc-a/infra/chart.ts');
    expect((await alphaOf({})).chart).toBeUndefined();
  });
});

describe('an image', () => {
  test('is that of the Dockerfile of the folder, unless something else is said', async () => {
    expect((await alphaOf({})).images).toEqual([
      {
        name: 'app',
        context: 'backends/svc-a',
        dockerfile: 'backends/svc-a/Dockerfile',
        target: undefined,
        localTarget: undefined,
        buildArgs: {},
        sync: [],
        rebuildOn: [],
      },
    ]);
  });

  test('has paths relative to the repository', async () => {
    const { images } = await alphaOf({
      [project]: text`
        name: alpha
        images:
          app:
            context: ../..
            dockerfile: ./docker//app/../Dockerfile
            secrets: { npm: { env: NPM_TOKEN }, netrc: { file: .netrc } }
            sync: [{ from: src/, to: /app }, { from: ../../libs, to: /libs }]
            rebuildOn: [lock]
      `,
      'backends/svc-a/docker/Dockerfile': 'FROM busybox:1.37\n',
    });
    expect(images).toMatchObject([
      {
        context: '.',
        dockerfile: 'backends/svc-a/docker/Dockerfile',
        secrets: { npm: { env: 'NPM_TOKEN' }, netrc: { file: 'backends/svc-a/.netrc' } },
        sync: [
          { from: 'backends/svc-a/src', to: '/app' },
          { from: 'libs', to: '/libs' },
        ],
        rebuildOn: ['backends/svc-a/lock'],
      },
    ]);
  });

  test('of a workload is the only one of the project', async () => {
    expect(await settingsOf({}, 'api')).toMatchObject({ image: 'app' });
  });

  test.each(['app', 'busybox:1.37', 'ghcr.io/team/app:1'])(
    'of a workload is the one that is named: %s',
    async (image) => {
      const files = {
        [project]: `name: alpha\nimages: { app: {}, two: {} }\nworkloads: { api: { kind: job, image: "${image}" } }\n`,
      };
      expect(await settingsOf(files, 'api')).toMatchObject({ image });
    },
  );

  test.each([
    ['in other letters', 'FROM busybox:1.37 AS RUNTIME\n'],
    ['in the same letters', 'FROM busybox:1.37 AS Runtime\n'],
    ['in a line that goes on', 'FROM --platform=linux/amd64 \\\n  busybox:1.37 \\\r\n  as runtime\n'],
    ['in lines that end with CR LF', 'FROM busybox:1.37 AS runtime\r\nRUN x\r\n'],
    ['below another', 'FROM busybox:1.37 AS build\nFROM build AS runtime\n'],
  ])('may have a stage %s', async (_, dockerfile) => {
    const files = {
      [project]: 'name: alpha\nimages: { app: { target: Runtime } }\n',
      'backends/svc-a/Dockerfile': dockerfile,
    };
    expect((await alphaOf(files)).images).toMatchObject([{ target: 'Runtime' }]);
  });
});

describe('a database', () => {
  test.each([
    ['is named like the project', 'alpha', '{}', { database: 'alpha', user: 'alpha' }],
    ['has "_" for "-"', 'my-shop', '{}', { database: 'my_shop', user: 'my_shop' }],
    ['has an owner of its own name', 'alpha', '{ database: cards }', { database: 'cards', user: 'cards' }],
    ['has the owner that is named', 'alpha', '{ user: admin }', { database: 'alpha', user: 'admin' }],
  ])('%s', async (_, name, postgres, expected) => {
    const { projects } = await environmentOf({ [project]: `name: ${name}\nservices: { postgres: ${postgres} }\n` });
    const services = projects.flatMap((each) => each.services);
    expect(services).toMatchObject([{ settings: { ...expected, initScripts: {}, storage: '1Gi' } }]);
  });

  test('has the scripts of the folder that is named, and no other files', async () => {
    const files = {
      [project]: 'name: alpha\nservices: { postgres: { initScripts: infra/sql } }\n',
      'backends/svc-a/infra/sql/2.sh': 'echo\n',
      'backends/svc-a/infra/sql/1.sql': 'select 1;\n',
      'backends/svc-a/infra/sql/README.md': '',
    };
    const { initScripts } = (await settingsOf(files, 'postgres')) as { initScripts: Record<string, string> };
    expect(Object.entries(initScripts)).toEqual([
      ['1.sql', 'select 1;\n'],
      ['2.sh', 'echo\n'],
    ]);
  });
});

test('a workload has the defaults of its kind', async () => {
  expect(await settingsOf({}, 'api')).toEqual({
    image: 'app',
    port: 8000,
    after: ['redis', 'postgres'],
    env: {},
    health: { path: '/health' },
    replicas: 1,
    startupSeconds: 60,
    stopSeconds: 30,
    drainSeconds: 5,
    resources: { requests: { cpu: '50m', memory: '128Mi' }, limits: { cpu: '1', memory: '512Mi' } },
  });
});

describe('the secrets of a project', () => {
  const withKeys = (keys: string, more: Files = {}) => alphaOf({ [example]: keys, ...more });

  test('are the keys of .env.example that no service claims, in their order', async () => {
    expect((await withKeys('Z_KEY=\nPOSTGRES_PASSWORD=\n# API\nexport API_KEY=\n')).secrets).toEqual([
      'Z_KEY',
      'API_KEY',
    ]);
  });

  test('are not what services are given when they are managed', async () => {
    const keys = 'POSTGRES_PASSWORD=\nDATABASE_URL=\nREDIS_URL=\nAPI_KEY=\n';
    expect((await withKeys(keys)).secrets).toEqual(['API_KEY']);
  });

  test('are not what a service gives that never is managed', async () => {
    const immudb = { [project]: 'name: alpha\nservices: { immudb: {} }\n' };
    const keys = 'IMMUDB_ADMIN_PASSWORD=\nIMMUDB_PASSWORD=\nIMMUDB_ADDRESS=\nIMMUDB_KEY=\n';
    expect((await withKeys(keys, immudb)).secrets).toEqual(['IMMUDB_KEY']);
  });

  test('are what a service that isn’t there would claim', async () => {
    expect((await withKeys('DATABASE_URL=\nIMMUDB_ADMIN_PASSWORD=\n', { [project]: 'name: alpha\n' })).secrets).toEqual(
      ['DATABASE_URL', 'IMMUDB_ADMIN_PASSWORD'],
    );
  });

  test('have the name of the service first, where it isn’t that of its kind', async () => {
    const reports = { [project]: 'name: alpha\nservices: { reports: { kind: postgres } }\n' };
    const keys = 'POSTGRES_PASSWORD=\nREPORTS_POSTGRES_PASSWORD=\nREPORTS_DATABASE_URL=\n';
    expect((await withKeys(keys, reports)).secrets).toEqual(['POSTGRES_PASSWORD']);
  });

  test('never hold a value', async () => {
    const files = { [variables]: 'POSTGRES_PASSWORD=hunter2\nEXTRA=hunter3\n' };
    expect(JSON.stringify(await loaded(files))).not.toMatch(/hunter/);
  });
});

describe('the files with variables', () => {
  test('are those of the environment, then of the projects', async () => {
    const { environmentFiles } = await loaded({ [variables]: 'POSTGRES_PASSWORD=x\n' });
    expect(environmentFiles).toMatchObject([
      { owner: 'monorepo', examplePath: '.env.example', path: '.env', file: undefined },
      {
        owner: 'alpha',
        examplePath: 'backends/svc-a/infra/.env.example',
        path: 'backends/svc-a/infra/.env',
        example: [{ name: 'POSTGRES_PASSWORD', line: 1, empty: true }],
        file: [{ name: 'POSTGRES_PASSWORD', line: 1, empty: false }],
      },
      { owner: 'web', examplePath: 'apps/web/infra/.env.example', path: 'apps/web/infra/.env', example: undefined },
    ]);
  });

  test('need no lines that only another profile asks for', async () => {
    const external = { '.env.example': 'REDIS_PASSWORD=\nMINIO_ROOT_USER=\nMINIO_ROOT_PASSWORD=\nREDIS_URL=\n' };
    const files = {
      ...external,
      [example]: 'POSTGRES_PASSWORD=\nDATABASE_URL=\nREDIS_URL=\nAPI_KEY=\n',
      [variables]: 'DATABASE_URL=postgresql://a:b@example.com/a?sslmode=require\nREDIS_URL=rediss://example.com\n',
    };
    const found = loaded(files, { profile: 'external' });
    await expect(found).rejects.toThrow(/infra\/\.env:1:1: API_KEY is missing/);
    await expect(found).rejects.not.toThrow(/POSTGRES_PASSWORD is missing/);
    await expect(loaded({ ...files, [variables]: 'API_KEY=\n' })).rejects.toThrow(/POSTGRES_PASSWORD is missing/);
    await expect(loaded({ ...files, [variables]: 'API_KEY=\n' })).rejects.not.toThrow(/DATABASE_URL is missing/);
  });

  test('are of no interest in production', async () => {
    const files = { [example]: undefined, '.env.example': undefined, '.env': 'X=\n' };
    expect((await loaded(files, { profile: 'production' })).profile.name).toBe('production');
  });
});

describe('the images of production', () => {
  const images = (files: Files, imageTag?: string) =>
    loaded(files, { profile: 'production', imageTag }).then(({ profile }) => profile.images);

  test.each([
    ['latest', '--image-tag may not be "latest": the image would change without a change here, given "latest"'],
    ['1 2', '--image-tag must be an image tag, given "1 2"'],
  ])('are refused the tag %j of the command line', async (tag, message) => {
    await expect(images({}, tag)).rejects.toThrow(message);
  });

  test('have the registry and the tag of repoctl.yaml', async () => {
    expect(await images({})).toEqual({ registry: 'registry.example.com/team', tag: '1.0.0' });
  });

  test('have the tag that is asked for', async () => {
    expect(await images({}, '2.0.0')).toEqual({ registry: 'registry.example.com/team', tag: '2.0.0' });
  });

  test('need no tag in the file then', async () => {
    const files = {
      [environment]: 'name: monorepo\nprofiles: { production: { images: { registry: r.example.com } } }\n',
    };
    expect(await images(files, '2.0.0')).toEqual({ registry: 'r.example.com', tag: '2.0.0' });
  });

  test('are not needed where no project builds one', async () => {
    const files = { [environment]: 'name: monorepo\n', [project]: 'name: alpha\n' };
    expect(await images(files)).toBeUndefined();
  });
});

describe('what looks wrong but isn’t', () => {
  test.each<[string, Files]>([
    ['lines that end with CR LF', { [project]: base[project]?.toString().replaceAll('\n', '\r\n') }],
    ['a byte order mark', { [project]: `\uFEFF${base[project]}` }],
    [
      'anchors and maps that are merged in',
      {
        [project]: text`
          name: alpha
          workloads:
            one: &one { kind: http, image: "nginx:1.29", port: 80 }
            two: *one
            three: { <<: *one, port: 81 }
        `,
      },
    ],
    [
      'names that objects have of their own',
      { [project]: 'name: alpha\nenv: { constructor: a, toString: b, valueOf: c }\n' },
    ],
    [
      'a workload that overrides a variable of its project',
      {
        [project]:
          'name: alpha\nenv: { LEVEL: info }\nworkloads:\n  a: { kind: job, image: "busybox:1", env: { LEVEL: debug } }\n',
      },
    ],
    [
      'the same name for things of different projects',
      { [other]: 'name: web\nworkloads:\n  api: { kind: http, image: "nginx:1.29", port: 8000 }\n' },
    ],
    [
      'projects that use one another, and themselves',
      {
        [project]:
          'name: alpha\nuses: { projects: [web/site, alpha/api] }\nworkloads:\n  api: { kind: http, image: "nginx:1", port: 80 }\n',
        [other]:
          'name: web\nuses: { projects: [alpha/api] }\nworkloads:\n  site: { kind: http, image: "nginx:1", port: 80 }\n',
      },
    ],
    [
      'the port of a service that was moved away',
      { [environment]: 'name: monorepo\nglobal: { redis: { hostPort: 9001 }, minio: { consoleHostPort: 9002 } }\n' },
    ],
    [
      'two services that swapped their ports',
      { [environment]: 'name: monorepo\nglobal: { redis: { hostPort: 9000 }, minio: { hostPort: 6379 } }\n' },
    ],
    [
      'a .env that has more than is asked for',
      { [variables]: 'MORE=\nexport POSTGRES_PASSWORD="x y"\r\nPOSTGRES_USER=x\n' },
    ],
    [
      'a service of the global tier by its full name under managed',
      {
        [environment]:
          'name: monorepo\nprofiles: { external: { managed: [monorepo/redis, alpha/postgres, immudb] } }\n',
      },
    ],
    ['a folder of the pattern that is no project', { 'backends/docs/README.md': '', 'apps/loop': { link: 'loop' } }],
  ])('%s', async (_, files) => {
    expect((await loaded(files)).environment.projects.length).toBeGreaterThan(0);
  });
});

describe('what an earlier run read', () => {
  const again = (files: Files, change: (root: string) => void, options: Partial<LoadOptions> = {}) =>
    inRepository(files, (root) => {
      const first = load(root, { profile: 'local' });
      change(root);
      const { memory } = load(root, { profile: 'local', ...options, memory: first.memory });
      return Object.keys(memory).filter((directory) => memory[directory] === first.memory[directory]);
    });

  test.each<[string, (root: string) => void, string[]]>([
    ['is used where nothing changed', () => {}, ['apps/web', 'backends/svc-a']],
    [
      'is not used for a project whose file changed',
      (root) => writeFileSync(join(root, project), 'name: alpha\n'),
      ['apps/web'],
    ],
    [
      'is not used for a project whose list of variables changed',
      (root) => writeFileSync(join(root, example), 'A=\nPOSTGRES_PASSWORD=\n'),
      ['apps/web'],
    ],
    [
      'is not used for a project that got a .env',
      (root) => writeFileSync(join(root, variables), 'POSTGRES_PASSWORD=x\n'),
      ['apps/web'],
    ],
    [
      'is not used for a project whose Dockerfile changed',
      (root) => writeFileSync(join(root, 'backends/svc-a/Dockerfile'), 'FROM x\n'),
      ['apps/web'],
    ],
    [
      'is not used for a project that got manifests',
      (root) => mkdirSync(join(root, 'apps/web/infra/manifests')),
      ['backends/svc-a'],
    ],
    [
      'is not used for a project that got a chart',
      (root) => writeFileSync(join(root, 'apps/web/infra/chart.ts'), ''),
      ['backends/svc-a'],
    ],
    [
      'is used where something else of a project changed',
      (root) => writeFileSync(join(root, 'apps/web/README.md'), ''),
      ['apps/web', 'backends/svc-a'],
    ],
    [
      'is not used in an environment of another name',
      (root) => writeFileSync(join(root, environment), 'name: other\n'),
      [],
    ],
    [
      'is used where repoctl.yaml changed otherwise',
      (root) => writeFileSync(join(root, environment), 'name: monorepo\n'),
      ['apps/web', 'backends/svc-a'],
    ],
  ])('%s', async (_, change, expected) => {
    expect(await again({}, change)).toEqual(expected);
  });

  test('survives being written down as JSON, and gives the same environment', async () => {
    await inRepository({}, (root) => {
      const first = load(root, { profile: 'local' });
      const memory = JSON.parse(JSON.stringify(first.memory));
      expect(load(root, { profile: 'local', memory }).environment).toEqual(
        JSON.parse(JSON.stringify(first.environment)),
      );
    });
  });
});

describe('the root', () => {
  test('is the folder with repoctl.yaml, at or above another', async () => {
    await inRepository({}, (root) => {
      expect(findRoot(root)).toBe(root);
      expect(findRoot(join(root, 'backends/svc-a/infra'))).toBe(root);
    });
  });

  test('is nowhere, where there is no repoctl.yaml', async () => {
    await inRepository({ [environment]: undefined }, (root) => {
      expect(() => findRoot(root)).toThrow(UsageError);
    });
  });
});
