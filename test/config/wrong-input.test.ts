import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { ConfigurationError } from '../../src/config/problem.ts';
import { synthesize } from '../../src/synth/synthesize.ts';
import { inProcess } from '../cli/in-process.ts';
import { backups } from '../fixtures/invalid/backups.ts';
import { between } from '../fixtures/invalid/between.ts';
import { charts } from '../fixtures/invalid/charts.ts';
import { environment } from '../fixtures/invalid/environment.ts';
import { folders } from '../fixtures/invalid/folders.ts';
import { imagePull } from '../fixtures/invalid/image-pull.ts';
import { manifests } from '../fixtures/invalid/manifests.ts';
import { network } from '../fixtures/invalid/network.ts';
import { patches } from '../fixtures/invalid/patches.ts';
import { pods } from '../fixtures/invalid/pods.ts';
import { profiles } from '../fixtures/invalid/profiles.ts';
import { project } from '../fixtures/invalid/project.ts';
import { tiers } from '../fixtures/invalid/tiers.ts';
import { values } from '../fixtures/invalid/values.ts';
import { variableFiles } from '../fixtures/invalid/variables.ts';
import type { WrongInput } from '../fixtures/invalid/wrong-input.ts';
import { yaml } from '../fixtures/invalid/yaml.ts';
import { repoctlProcess } from '../synth/repository.ts';
import { base, type Files, inRepository, paths, text } from './repository.ts';

const tables: Readonly<Record<string, readonly WrongInput[]>> = {
  'what is no YAML': yaml,
  'repoctl.yaml': environment,
  'project.yaml': project,
  profiles,
  patches,
  'how images are pulled': imagePull,
  'what pods are': pods,
  'who connects with whom': network,
  tiers,
  values,
  'scheduled backups': backups,
  'between projects': between,
  'files and folders': folders,
  '.env files': variableFiles,
  'added objects': manifests,
  'charts of projects': charts,
};
const rows = Object.values(tables).flat();

/** Writes what an earlier run left in `dist/local`, long ago. */
function leaveOutput(root: string): void {
  const folder = join(root, 'dist', 'local');
  mkdirSync(folder, { recursive: true });
  const plan = { environment: 'monorepo', profile: 'local', namespaces: [{ manifest: 'alpha.k8s.yaml' }] };
  writeFileSync(join(folder, 'plan.json'), JSON.stringify(plan));
  writeFileSync(join(folder, 'alpha.k8s.yaml'), 'kind: Namespace\n');
  for (const path of [join(folder, 'plan.json'), join(folder, 'alpha.k8s.yaml'), folder]) utimesSync(path, 1e9, 1e9);
}

/** The names, bytes and times of what is in `dist`. */
function output(root: string): unknown {
  const folder = join(root, 'dist');
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .sort()
    .map((name) => {
      const { mtimeMs, ino, isFile } = { ...statSync(join(folder, name)), isFile: name.includes('.') };
      return { name, mtimeMs, ino, text: isFile && readFileSync(join(folder, name), 'utf8') };
    });
}

/** The lines that synthesis says of a repository; checks that it leaves the output of an earlier run alone. */
async function linesFor(files: Files, profile: WrongInput['profile'] = 'local'): Promise<readonly string[]> {
  return inRepository(files, async (root) => {
    leaveOutput(root);
    const before = output(root);
    const error = await synthesize(root, { profile, out: join(root, 'dist', 'local') }).catch((thrown) => thrown);
    expect(output(root)).toEqual(before);
    if (!(error instanceof ConfigurationError)) throw new Error('expected a ConfigurationError', { cause: error });
    return error.lines;
  });
}

test('the repository that the tables change is valid, in every profile', async () => {
  const example = `${base[paths.example]}DATABASE_URL=\nREDIS_URL=\n`;
  for (const profile of ['local', 'external', 'production'] as const) {
    await inRepository({ [paths.example]: example }, async (root) => {
      const { plan } = await synthesize(root, { profile, out: join(root, 'dist', profile) });
      expect(plan.namespaces.map(({ name }) => name)).toEqual(['monorepo', 'alpha', 'web']);
    });
  }
});

for (const [name, table] of Object.entries(tables)) {
  describe(name, () => {
    test.each([...table])('$name', async ({ files, profile, lines }) => {
      expect(await linesFor(files, profile)).toEqual(lines);
    });
  });
}

describe('every line', () => {
  const lines = rows.flatMap((row) => row.lines);

  test('is one line that begins with a file, a line and a column', () => {
    for (const line of lines) expect(line).toMatch(/^[\w./-]+:[1-9]\d*:[1-9]\d*: \P{Cc}+$/u);
  });

  test('is of a row with a name of its own, and there are more than a hundred rows', () => {
    expect(new Set(rows.map(({ name }) => name)).size).toBeGreaterThan(100);
  });

  test('is free of the words of the libraries', () => {
    for (const line of lines) expect(line).not.toMatch(/Invalid input|NaN|\[object|Too (small|big)|must match pattern/);
  });
});

test('lists that are nested too deeply are refused, wherever the parser gives up', async () => {
  const [line, ...more] = await linesFor({ [paths.project]: `name: alpha\nx: ${'['.repeat(20_000)}\n` });
  expect(line).toMatch(/project\.yaml:2:\d+: not valid YAML: lists or maps are nested too deeply here$/);
  expect(more).toEqual([]);
});

test('all problems of all files come in one run, by file, line and column', async () => {
  const files: Files = {
    [paths.environment]: text`
      name: Monorepo
      projects: [backends/*, apps/*, ../other]
      global: { redis: true, minio: { hostPort: 80 } }
    `,
    [paths.project]: text`
      name: alpha
      images:
        app: { target: runtiem }
      workloads:
        api: { kind: http, port: 8000, image: nope }
        b: { kind: job, image: "busybox:latest" }
    `,
    'backends/svc-a/infra/manifests/b.yaml': 'a: 1\n---\nb: [\n',
    'backends/svc-a/infra/manifests/a.yaml': '- 1\n',
    [paths.other]: 'name: web\nservices:\n\tpostgres: {}\n',
  };
  expect(await linesFor(files)).toEqual([
    'apps/web/infra/project.yaml:3:1: not valid YAML: a tab indents this line; YAML wants spaces',
    'backends/svc-a/infra/manifests/a.yaml:1:1: not a Kubernetes object: expected apiVersion and kind, given [1]',
    'backends/svc-a/infra/manifests/b.yaml:4:1: not valid YAML: "]" is expected before this: a "[" above is still open',
    'backends/svc-a/infra/project.yaml:3:18: images.app.target: backends/svc-a/Dockerfile has no stage "runtiem"; allowed: runtime; did you mean "runtime"?',
    'backends/svc-a/infra/project.yaml:5:41: workloads.api.image: no image "nope" under images; allowed: app, or an image reference with a tag',
    'backends/svc-a/infra/project.yaml:6:26: workloads.b.image: may not use the tag "latest": the image would change without a change here, given "busybox:latest"',
    'repoctl.yaml:1:7: name: must be lower-case letters, digits and "-", beginning with a letter (RFC 1123), given "Monorepo"',
    'repoctl.yaml:2:32: projects[2]: "../other" leads outside the repository; allowed: folders below the one of repoctl.yaml',
    'repoctl.yaml:3:18: global.redis: expected false or a map, given true',
    'repoctl.yaml:3:43: global.minio.hostPort: must be 1024 or above: lower ports need root, given 80',
  ]);
});

test('a repoctl.yaml that is no YAML does not hide what is wrong with the projects', async () => {
  const lines = await linesFor({ [paths.environment]: 'name: [\n', [paths.other]: 'name: 5\n' });
  expect(lines.map((line) => line.split(':')[0])).toEqual(['apps/web/infra/project.yaml', 'repoctl.yaml']);
});

describe('what can’t be read', () => {
  /** Runs as somebody who may not read what root may. */
  async function unprivileged<T>(run: () => Promise<T>): Promise<T> {
    const user = process.geteuid?.();
    if (user === 0) process.seteuid?.(65534);
    try {
      return await run();
    } finally {
      if (user === 0) process.seteuid?.(0);
    }
  }

  const linesWithout = (file: string, mode: number) =>
    inRepository({ [paths.variables]: 'POSTGRES_PASSWORD=x\n' }, async (root) => {
      chmodSync(dirname(root), 0o755);
      chmodSync(join(root, file), mode);
      const options = { profile: 'local', out: join(root, 'dist', 'local') } as const;
      const error = await unprivileged(() => synthesize(root, options)).catch((thrown) => thrown);
      chmodSync(join(root, file), 0o755);
      return (error as ConfigurationError).lines;
    });

  test.each(['repoctl.yaml', paths.project, paths.variables, 'backends/svc-a/Dockerfile'])(
    'a file: %s',
    async (file) => {
      const lines = await linesWithout(file, 0o000);
      expect(lines[0]).toBe(`${file}:1:1: can't be read: permission denied (EACCES)`);
    },
  );

  test('a folder', async () => {
    expect(await linesWithout('backends', 0o000)).toEqual(["backends:1:1: can't be read: permission denied (EACCES)"]);
  });
});

describe('the command line', () => {
  // A test of cdk8s may have left it.
  const repoctl = (root: string, ...args: string[]) => inProcess(root, args, { CDK8S_OUTDIR: undefined });

  const examples: [string, readonly WrongInput[]][] = [
    ['synth', [yaml, between, manifests].flatMap((table) => table.slice(-1))],
    ['validate', folders.slice(-1)],
    ['synth', charts.filter(({ name }) => /exports nothing|ends the process$|is no TypeScript/.test(name))],
  ];
  const calls = examples.flatMap(([command, each]) => each.map((row) => ({ command, ...row })));
  test.each(calls)('$command: $name', async ({ command, files, profile = 'local', lines }) => {
    await inRepository(files, async (root) => {
      leaveOutput(root);
      const before = output(root);
      const count = lines.length === 1 ? '1 problem' : `${lines.length} problems`;
      expect(await repoctl(root, command, '--profile', profile)).toEqual({
        status: 2,
        stdout: '',
        stderr: `${lines.join('\n')}\n${count}; nothing was changed.\n`,
      });
      expect(output(root)).toEqual(before);
    });
  });

  test('the program itself ends so, too', () =>
    inRepository({ [paths.environment]: 'nam: monorepo\n' }, (root) => {
      const { status, stdout, stderr } = repoctlProcess(root, 'synth');
      expect([status, stdout]).toEqual([2, '']);
      expect(stderr).toMatch(/^repoctl\.yaml:1:1: .*\n2 problems; nothing was changed\.\n$/s);
    }));

  test('a folder without repoctl.yaml above it', async () => {
    await inRepository({ [paths.environment]: undefined }, async (root) => {
      const { status, stdout, stderr } = await repoctl(root, 'synth');
      expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
      expect(stderr).toMatch(
        /^error: there is no repoctl.yaml in \S+ or above it\n {2}Run repoctl init to write one, or run this in a folder below/,
      );
    });
  });
});
