import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { load } from '../../src/config/load.ts';
import { newRepository, writeRepository } from '../../src/scaffold/init-repository.ts';
import { synthesize } from '../../src/synth/synthesize.ts';
import { text } from '../config/repository.ts';
import { repository } from '../synth/repository.ts';

/** Runs a test in a folder `shop` with these files, as a repository that has the package installed. */
async function inShop<T>(files: Readonly<Record<string, string>>, run: (root: string) => T | Promise<T>): Promise<T> {
  const parent = mkdtempSync(join(tmpdir(), 'repoctl-init-'));
  const root = join(parent, 'shop');
  try {
    mkdirSync(join(root, 'node_modules', '.cache'), { recursive: true });
    for (const [path, content] of Object.entries(files)) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), content);
    }
    return await run(root);
  } finally {
    rmSync(parent, { recursive: true, force: true });
  }
}

const all = (root: string): string[] =>
  readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((name) => !name.startsWith('node_modules'))
    .sort();

/** Writes what is lacking, and gives the configuration. */
function initialized(root: string) {
  const proposal = newRepository(root);
  writeRepository(root, proposal);
  return { ...proposal, ...load(root, { profile: 'local' }) };
}

const shop = {
  'docker-compose.yml': text`
    services:
      db:
        image: postgres:16-alpine
        environment: { POSTGRES_USER: shop, POSTGRES_PASSWORD: hunter2, POSTGRES_DB: shop }
        ports: ["5432:5432"]
        volumes: ["pgdata:/var/lib/postgresql/data"]
      redis:
        image: redis:7-alpine
        ports: ["6379:6379"]
      api:
        build: ./api
        ports: ["8000:8000"]
        environment:
          DATABASE_URL: postgresql://shop:hunter2@db:5432/shop
          REDIS_URL: redis://redis:6379/0
          SECRET_KEY: dev-only
        depends_on: [db, redis]
      worker:
        build: ./worker
        environment: { REDIS_URL: "redis://redis:6379/0" }
        depends_on: [redis]
    volumes: { pgdata: {} }
  `,
  'api/Dockerfile': 'FROM python:3.12-slim\nCOPY . .\n',
  'api/main.py': '@app.get("/health")\n',
  'worker/Dockerfile': 'FROM python:3.12-slim\nUSER 1001\n',
};

describe('a repository with a compose file', () => {
  test('becomes an environment that is valid and can be synthesized', async () => {
    await inShop(shop, async (root) => {
      const { environment, kept } = initialized(root);
      expect(kept).toEqual([]);
      expect(environment.name).toBe('shop');
      expect(environment.services.map(({ name }) => name)).toEqual(['redis', 'redis-insight']);
      const [project] = environment.projects;
      expect(project?.services.map(({ name }) => name)).toEqual(['postgres']);
      expect(project?.workloads.map(({ name, kind, settings }) => [name, kind, settings.after])).toEqual([
        ['api', 'http', ['postgres', 'redis']],
        ['worker', 'worker', ['redis']],
      ]);
      expect(project?.secrets).toEqual(['SECRET_KEY']);

      symlinkSync(join(repository, 'node_modules', 'cdk8s'), join(root, 'node_modules', 'cdk8s'));
      const { plan } = await synthesize(root, { profile: 'local', out: join(root, 'dist', 'local') });
      expect(plan.namespaces.map(({ name }) => name)).toEqual(['shop', 'shop-app']);
      const manifests = readFileSync(join(root, 'dist/local/shop-app.k8s.yaml'), 'utf8');
      expect(manifests).toContain('postgresql://shop:$(POSTGRES_PASSWORD)@shop-app-postgres.shop-app.svc:5432/shop');
      expect(manifests).not.toMatch(/hunter2|dev-only/);
    });
  });

  test('is done after the first time: nothing is lacking then', async () => {
    await inShop(shop, (root) => {
      initialized(root);
      const before = all(root);
      expect(newRepository(root).files).toEqual([]);
      expect(all(root)).toEqual(before);
    });
  });

  test('is left alone by the proposal itself', async () => {
    await inShop(shop, (root) => {
      const before = all(root);
      newRepository(root);
      expect(all(root)).toEqual(before);
    });
  });
});

describe('a repository', () => {
  test('that is empty gets an environment with all of the global tier', async () => {
    await inShop({}, (root) => {
      const { environment } = initialized(root);
      expect(environment.services.map(({ name }) => name)).toEqual(['redis', 'minio', 'redis-insight']);
      expect(readFileSync(join(root, '.env.example'), 'utf8')).toMatch(
        /^REDIS_PASSWORD=\nMINIO_ROOT_USER=shop\nMINIO_ROOT_PASSWORD=\n$/m,
      );
      expect(readFileSync(join(root, 'kind-config.yaml'), 'utf8')).toContain('name: shop\n');
      expect(readFileSync(join(root, 'Tiltfile'), 'utf8')).toContain("load('./node_modules/repoctl/tilt/repoctl.star'");
      expect(all(root)).toEqual(['.env.example', '.gitignore', 'Tiltfile', 'kind-config.yaml', 'repoctl.yaml'].sort());
    });
  });

  test('with Dockerfiles in folders of projects gets a project for each', async () => {
    const files = {
      'backends/api/Dockerfile': 'FROM a\nUSER 65532:65532\nEXPOSE 8080\n',
      'backends/api/main.go': 'mux.HandleFunc("GET /healthz", health)',
      'services/mailer/Dockerfile': 'FROM a\n',
      'apps/README.md': '',
      'lib/x/Dockerfile': 'FROM a\n',
    };
    await inShop(files, (root) => {
      const { environment } = initialized(root);
      expect(environment.projects.map(({ directory }) => directory)).toEqual(['backends/api', 'services/mailer']);
      const [api, mailer] = environment.projects;
      expect(api?.workloads[0]).toMatchObject({
        kind: 'http',
        settings: { port: 8080, hostPort: 18080, health: { path: '/healthz' }, user: 65532, group: 65532 },
      });
      expect(mailer?.workloads[0]).toMatchObject({ kind: 'worker', settings: { health: { command: ['true'] } } });
    });
  });

  test('keeps every file that it has', async () => {
    const files = {
      '.gitignore': 'node_modules\n.env\ndist\nbackups\ntilt_config.json\n',
      'kind-config.yaml': 'mine\n',
      ...shop,
    };
    await inShop(files, (root) => {
      expect(initialized(root).kept).toEqual(['kind-config.yaml']);
      for (const [path, content] of Object.entries(files)) expect(readFileSync(join(root, path), 'utf8')).toBe(content);
    });
  });

  test('that is one already gets what came along since', async () => {
    await inShop(shop, (root) => {
      initialized(root);
      mkdirSync(join(root, 'backends/redis-tool'), { recursive: true });
      mkdirSync(join(root, 'services/other'), { recursive: true });
      for (const folder of ['backends/redis-tool', 'services/other'])
        writeFileSync(join(root, folder, 'Dockerfile'), 'FROM a\nEXPOSE 80\n');
      const { environment, notes } = initialized(root);
      expect(environment.projects.map(({ name }) => name)).toEqual(['redis-tool', 'shop-app']);
      expect(notes).toEqual(['services/other: is left out; add it to projects in repoctl.yaml, then run this again']);
    });
  });

  test('whose folder has no fit name gets one', async () => {
    await inShop({}, (root) => {
      mkdirSync(join(root, 'My Repo_1'));
      expect(newRepository(join(root, 'My Repo_1')).name).toBe('my-repo-1');
    });
  });
});

test('with --dry-run files are printed; nobody being there to answer, nothing is written and --yes is named', async () => {
  await inShop(shop, (root) => {
    const { stdout, stderr } = spawnSync(
      process.execPath,
      [
        ...['--import', join(repository, 'node_modules/tsx/dist/loader.mjs'), '--input-type=module', '--eval'],
        `import { initRepository } from '${join(repository, 'src/scaffold/init.ts')}';
         await initRepository(process.cwd(), { dryRun: true });
         await initRepository(process.cwd(), {});`,
      ],
      { cwd: root, encoding: 'utf8' },
    );
    expect(stdout).toContain('\n--- repoctl.yaml\n');
    expect(stdout).not.toMatch(/=dev-only/);
    expect(stderr).toMatch(/apps\/shop-app\/infra\/project\.yaml\n[\s\S]*UsageError[\s\S]*--yes/);
    expect(existsSync(join(root, 'repoctl.yaml'))).toBe(false);
  });
});
