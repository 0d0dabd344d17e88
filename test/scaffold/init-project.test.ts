import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { load } from '../../src/config/load.ts';
import { UsageError } from '../../src/platform/errors.ts';
import { preview } from '../../src/scaffold/files.ts';
import { newProject, writeProject } from '../../src/scaffold/init-project.ts';
import { calledProject } from '../../src/scaffold/project-name.ts';
import { projectTemplates, templateFiles } from '../../src/scaffold/templates.ts';
import { synthesize } from '../../src/synth/synthesize.ts';
import { type Files, inRepository } from '../config/repository.ts';
import { repository } from '../synth/repository.ts';

const templates = Object.keys(projectTemplates);
const files = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => statSync(join(folder, name)).isFile());

/** Makes a project and gives the configuration with it. */
async function made(root: string, name: string, template: string, dir?: string) {
  const project = await newProject(root, name, { template, dir });
  writeProject(root, project);
  const { environment } = load(root, { profile: 'local' });
  return { ...project, project: environment.projects.find((each) => each.name === name) };
}

/** The refusal of a project. */
async function refusal(root: string, name: string, options: Parameters<typeof newProject>[2]): Promise<UsageError> {
  const before = files(root);
  const error = await newProject(root, name, options).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(UsageError);
  expect(files(root)).toEqual(before);
  return error as UsageError;
}

describe.each(templates)('the template %s', (template) => {
  test('makes a project that is valid and can be synthesized, in development and with managed services', async () => {
    await inRepository(
      { 'backends/svc-a/infra/.env.example': 'POSTGRES_PASSWORD=\nREDIS_URL=\nDATABASE_URL=\n' },
      async (root) => {
        symlinkSync(join(repository, 'node_modules'), join(root, 'node_modules'));
        await made(root, 'quotes', template);
        for (const profile of ['local', 'external', 'production'] as const) {
          const out = join(root, 'out', profile);
          await synthesize(root, { profile, out });
          expect(readFileSync(join(out, 'quotes.k8s.yaml'), 'utf8')).toContain('namespace: quotes');
        }
      },
    );
  });

  test('has a Dockerfile of several stages that ends as a user by number, and pulls no frontend', () => {
    const fillings = { name: 'quotes', schema: '', database: 0, port: 1, postgresPort: 2 };
    const own = Object.fromEntries(
      templateFiles(`projects/${template}`, '', fillings).map(({ path, text }) => [path, text]),
    );
    const { Dockerfile = '' } = own;
    expect(Dockerfile.match(/^FROM /gm)?.length).toBeGreaterThan(1);
    expect(Dockerfile.match(/^USER .*$/gm)?.at(-1)).toBe('USER 1000:1000');
    expect(Dockerfile).not.toContain('syntax=');
    expect(own['.dockerignore']?.split('\n')[0]).toBe('*');
    for (const line of own['requirements.txt']?.split('\n') ?? []) expect(line).toMatch(/^(#.*|[\w.-]+==[\w.]+|)$/);
  });

  test('leaves no place open, and can be put beside itself', async () => {
    await inRepository({}, async (root) => {
      const one = await made(root, 'one', template);
      const two = await made(root, 'two', template, 'apps/two');
      for (const { text } of [...one.files, ...two.files]) expect(text).not.toMatch(/\{\{|\}\}/);
      expect(two.project?.directory).toBe('apps/two');
    });
  });
});

describe('a new project', () => {
  test('gets host ports and a Redis database that nobody has', async () => {
    const changes: Files = {
      'apps/web/infra/project.yaml':
        'name: web\nworkloads:\n  site: { kind: http, image: "nginx:1.29", port: 80, hostPort: 18000 }\n',
    };
    await inRepository(changes, async (root) => {
      const { project } = await made(root, 'quotes', 'python-celery');
      expect(project?.uses).toEqual({ redis: { database: 1 } });
      expect(project?.workloads.find(({ name }) => name === 'api')?.settings).toMatchObject({ hostPort: 18001 });
    });
  });

  test('has a workspace, and its .env is ignored by git', async () => {
    await inRepository({ '.gitignore': 'dist/' }, async (root) => {
      await made(root, 'quotes', 'node');
      const workspace = JSON.parse(readFileSync(join(root, 'projectspaces/quotes.code-workspace'), 'utf8'));
      for (const { path } of workspace.folders) expect(existsSync(join(root, 'projectspaces', path))).toBe(true);
      expect(readFileSync(join(root, '.gitignore'), 'utf8')).toBe('dist/\n\n# repoctl\n.env\nbackups/\n');
    });
  });

  test('comes below the folders of projects that repoctl.yaml names', async () => {
    await inRepository({ 'repoctl.yaml': 'name: monorepo\nprojects: ["backends/*", "svc/*"]\n' }, async (root) => {
      expect((await newProject(root, 'quotes', { template: 'node' })).directory).toBe('backends/quotes');
    });
    await inRepository({ 'repoctl.yaml': 'name: monorepo\nprojects: ["svc/*"]\n' }, async (root) => {
      expect((await newProject(root, 'quotes', { template: 'node' })).directory).toBe('svc/quotes');
    });
  });

  test('is asked which template it is, by number or name', async () => {
    await inRepository({}, async (root) => {
      for (const answer of ['4', 'node']) {
        const { files } = await newProject(root, 'quotes', { ask: async () => answer });
        expect(files.map(({ path }) => path)).toContain('backends/quotes/src/main.mjs');
      }
    });
  });

  test('is shown without being written', async () => {
    await inRepository({}, async (root) => {
      const before = files(root);
      const shown = preview((await newProject(root, 'quotes', { template: 'node' })).files);
      expect(shown).toMatch(/^backends\/quotes\/\.dockerignore\n[\s\S]*\n--- backends\/quotes\/Dockerfile\nFROM /);
      expect(files(root)).toEqual(before);
    });
  });

  test('that was interrupted can be made again', async () => {
    await inRepository({}, async (root) => {
      const { files } = await newProject(root, 'quotes', { template: 'node' });
      for (const { path, text } of files.slice(0, 3)) {
        mkdirSync(dirname(join(root, path)), { recursive: true });
        writeFileSync(join(root, path), text);
      }
      expect((await made(root, 'quotes', 'node')).project?.name).toBe('quotes');
    });
  });
});

describe('refused is', () => {
  test.each([
    ['My_Quotes', 'must be lower-case letters', 'for instance: my-quotes'],
    ['alpha', 'is taken by backends/svc-a', 'choose a name'],
    ['monorepo', "is the environment's own", 'choose a name'],
    ['kube-system', 'is reserved', 'choose a name'],
  ])('the name %s', async (name, message, advice) => {
    await inRepository({}, async (root) => {
      const error = await refusal(root, name, { template: 'node' });
      expect(error.message).toContain(message);
      expect(error.advice).toContain(advice);
    });
  });

  test('a template that is not there, with the nearest one', async () => {
    await inRepository({}, async (root) => {
      const { message } = await refusal(root, 'quotes', { template: 'fastpi' });
      expect(message).toBe(
        'there is no template "fastpi"; allowed: fastapi, go-worker, node, python-celery; did you mean "fastapi"?',
      );
      expect((await refusal(root, 'quotes', { template: 'constructor' })).message).toContain('there is no template');
    });
  });

  test('no template, where nobody can be asked', async () => {
    await inRepository({}, async (root) => {
      const { message, advice } = await refusal(root, 'quotes', {});
      expect([message, advice]).toEqual([
        '--template is required',
        'there are: python-celery, fastapi, go-worker, node',
      ]);
    });
  });

  test.each(['lib/quotes', '../quotes', '/tmp/quotes', 'backends/a/b', 'backends/a b'])(
    'the folder %s',
    async (dir) => {
      await inRepository({}, async (root) => {
        expect((await refusal(root, 'quotes', { template: 'node', dir })).message).toContain(dir);
      });
    },
  );

  test('to overwrite files, which are listed', async () => {
    const changes: Files = {
      'backends/quotes/Dockerfile': 'FROM x\n',
      'projectspaces/quotes.code-workspace': { link: 'nowhere' },
    };
    await inRepository({ ...changes }, async (root) => {
      const error = await newProject(root, 'quotes', { template: 'node' }).catch((thrown: unknown) => thrown);
      expect((error as Error).message).toBe(
        'backends/quotes/Dockerfile, projectspaces/quotes.code-workspace: are there already; nothing was written',
      );
    });
  });

  test("a template that uses what the environment hasn't", async () => {
    const changes: Files = {
      'repoctl.yaml': 'name: monorepo\nglobal: { redis: false, redisInsight: false }\n',
      'backends/svc-a/infra/project.yaml': 'name: alpha\n',
      'backends/svc-a/infra/.env.example': undefined,
    };
    await inRepository(changes, async (root) => {
      expect((await refusal(root, 'quotes', { template: 'go-worker' })).advice).toContain('"redis: false"');
    });
  });
});

describe('the name of a new project', () => {
  test.each([
    ['quotes', { name: 'quotes', folder: 'quotes', directory: undefined }],
    ['svc-quotes', { name: 'quotes', folder: 'svc-quotes', directory: undefined }],
    ['new_quotes', { name: 'new-quotes', folder: 'new_quotes', directory: undefined }],
    ['backends/new_quotes', { name: 'new-quotes', folder: 'new_quotes', directory: 'backends/new_quotes' }],
    [
      'backends/svc-new_quotes/',
      { name: 'new-quotes', folder: 'svc-new_quotes', directory: 'backends/svc-new_quotes' },
    ],
    ['Quotes', { name: 'Quotes', folder: 'Quotes', directory: undefined }],
  ])('may be given as %s', (given, expected) => expect(calledProject(given)).toEqual(expected));

  test('is derived from its folder, which stays as it was given', () =>
    inRepository({}, async (root) => {
      const { name, directory, files } = await newProject(root, 'backends/svc-new_quotes', { template: 'node' });
      expect([name, directory]).toEqual(['new-quotes', 'backends/svc-new_quotes']);
      const project = files.find(({ path }) => path === 'backends/svc-new_quotes/infra/project.yaml');
      expect(project?.text).toContain('name: new-quotes\n');
    }));
});

test('what was written and is wrong is not said to be unchanged', () =>
  inRepository({}, async (root) => {
    const project = await newProject(root, 'quotes', { template: 'node' });
    const files = project.files.map((file) =>
      file.path.endsWith('project.yaml') ? { ...file, text: 'name: quotes\nworkload: {}\n' } : file,
    );
    expect(() => writeProject(root, { ...project, files })).toThrow(
      expect.objectContaining({ outcome: 'the files are written: correct them, then run repoctl validate' }),
    );
  }));
