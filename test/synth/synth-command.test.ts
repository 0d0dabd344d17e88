import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { parse } from 'dotenv';
import { presetNames } from '../../charts/model.ts';
import { environmentText, madeUp } from '../../src/synth/secrets/environment-file.ts';
import { synthesize } from '../../src/synth/synthesize.ts';
import { inProcess } from '../cli/in-process.ts';
import { parsePlan } from './plan.ts';
import { copyRepository, repoctl, repoctlProcess, texts, times } from './repository.ts';

let root: string;
const out = () => join(root, 'dist', 'local');
const project = () => join(root, 'backends', 'svc-turfoo-ingest', 'infra', 'project.yaml');

beforeAll(() => {
  root = copyRepository();
  expect(repoctlProcess(root, 'synth').stderr).toContain('3 files written');
});

afterAll(() => rmSync(root, { recursive: true, force: true }));

describe('repoctl synth', () => {
  test('gives the same bytes in every run, with and without what an earlier run remembered', async () => {
    const first = texts(out());
    rmSync(join(root, 'node_modules', '.cache'), { recursive: true });
    rmSync(out(), { recursive: true });
    await repoctl(root, 'synth');
    expect(texts(out())).toEqual(first);
  });

  test('leaves unchanged files untouched', async () => {
    const before = times(out());
    expect((await repoctl(root, 'synth')).stderr).toContain('0 files written, 3 unchanged');
    expect(times(out())).toEqual(before);
  });

  test('makes a project again whose NetworkPolicy lets others in that call it now', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'repoctl-callers-'));
    const write = (path: string, text: string) => {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    };
    const api = (name: string, more = '') =>
      `name: ${name}\n${more}workloads: { api: { kind: http, image: "nginx:1.29", port: 80 } }\n`;
    mkdirSync(join(folder, 'node_modules'));
    write('repoctl.yaml', 'name: dev\nglobal: { redis: false, minio: false, redisInsight: false }\n');
    write('apps/called/infra/project.yaml', api('called'));
    write('apps/caller/infra/project.yaml', api('caller'));
    const made = async () => (await repoctl(folder, 'synth', '--profile', 'production')).stderr;
    await made();
    write('apps/caller/infra/project.yaml', api('caller', 'uses: { projects: [called/api] }\n'));
    expect(await made()).toContain('3 files written, 1 unchanged');
    expect(readFileSync(join(folder, 'dist', 'production', 'called.k8s.yaml'), 'utf8')).toContain('- caller\n');
    expect(await made()).toContain('0 files written');
    rmSync(folder, { recursive: true });
  });

  test('makes a file again that was changed or deleted by hand', async () => {
    const before = texts(out());
    appendFileSync(join(out(), 'turfoo.k8s.yaml'), '# edited\n');
    rmSync(join(out(), 'monorepo.k8s.yaml'));
    expect((await repoctl(root, 'synth')).stderr).toContain('2 files written');
    expect(texts(out())).toEqual(before);
  });

  test('writes only what a change of one project changes', async () => {
    const [text, before] = [readFileSync(project(), 'utf8'), times(out())];
    writeFileSync(project(), text.replace('kind: celery-worker', 'kind: celery-worker\n    replicas: 3'));
    await repoctl(root, 'synth');
    const after = times(out());
    expect(after['turfoo.k8s.yaml']).not.toBe(before['turfoo.k8s.yaml']);
    expect(after['monorepo.k8s.yaml']).toBe(before['monorepo.k8s.yaml']);
    writeFileSync(project(), text);
    await repoctl(root, 'synth');
  });

  test('notices a change of any file that a project is made from', async () => {
    const script = join(root, 'backends', 'svc-turfoo-ingest', 'infra', 'initdb', '20-more.sql');
    const before = texts(out());
    writeFileSync(script, 'select 1;\n');
    await repoctl(root, 'synth');
    writeFileSync(script, 'select 2;\n');
    await repoctl(root, 'synth');
    expect(texts(out())['turfoo.k8s.yaml']).toContain('"20-more.sql": |\n    select 2;\n');
    rmSync(script);
    await repoctl(root, 'synth');
    expect(texts(out())).toEqual(before);
  });

  test('removes what it wrote earlier and no longer writes, and nothing else', async () => {
    writeFileSync(join(out(), 'notes.yaml'), '# mine\n');
    const folder = join(root, 'backends', 'svc-turfoo-ingest');
    cpSync(folder, join(root, 'elsewhere'), { recursive: true });
    rmSync(folder, { recursive: true });
    expect((await repoctl(root, 'synth')).stderr).toContain('1 removed');
    expect(Object.keys(texts(out())).sort()).toEqual(['monorepo.k8s.yaml', 'notes.yaml', 'plan.json']);
    cpSync(join(root, 'elsewhere'), folder, { recursive: true });
    rmSync(join(root, 'elsewhere'), { recursive: true });
    rmSync(join(out(), 'notes.yaml'));
    await repoctl(root, 'synth');
  });

  test('--check passes while the folder is up to date, and names what is not', async () => {
    expect((await repoctl(root, 'synth', '--check')).status).toBe(0);
    appendFileSync(join(out(), 'turfoo.k8s.yaml'), '# edited\n');
    const { status, stdout } = await repoctl(root, 'synth', '--check');
    expect([status, stdout]).toEqual([1, 'dist/local/turfoo.k8s.yaml: out of date\n']);
    expect(texts(out())['turfoo.k8s.yaml']).toContain('# edited');
    await repoctl(root, 'synth');
  });

  test('--project writes the project and the global tier', async () => {
    const folder = join(root, 'one');
    expect((await repoctl(root, 'synth', '--project', 'turfoo', '--out', folder)).status).toBe(0);
    expect(Object.keys(texts(folder))).toEqual(['monorepo.k8s.yaml', 'plan.json', 'turfoo.k8s.yaml']);
    rmSync(folder, { recursive: true });
  });

  test.each(['svc-turfoo-ingest', 'backends/svc-turfoo-ingest', 'backends/svc-turfoo-ingest/'])(
    'a project may be named %s, too',
    async (name) => {
      const folder = join(root, 'one');
      await synthesize(root, { profile: 'local', projects: [name], out: folder });
      expect(Object.keys(texts(folder))).toEqual(['monorepo.k8s.yaml', 'plan.json', 'turfoo.k8s.yaml']);
      rmSync(folder, { recursive: true });
    },
  );

  test('--project with a name that there isn’t says which there are', async () => {
    const { status, stderr } = await repoctl(root, 'synth', '--project', 'turfo');
    expect([status, stderr]).toEqual([2, 'error: no project "turfo"; allowed: turfoo; did you mean "turfoo"?\n']);
  });

  test('works from any folder below the root', async () => {
    const folder = join(root, 'backends');
    const { stderr } = await repoctl(folder, 'synth', '--check');
    expect(stderr).toBe('../dist/local/: up to date\n');
  });

  test('says where it looked when there is no repoctl.yaml', async () => {
    const { status, stderr } = await repoctl('/', 'synth');
    expect([status, stderr.split('\n')[0]]).toEqual([2, 'error: there is no repoctl.yaml in / or above it']);
  });
});

describe('what is written', () => {
  test.each(presetNames)('holds no value of a .env, in the profile %s', async (profile) => {
    const values: string[] = [];
    for (const folder of ['', 'backends/svc-turfoo-ingest/infra']) {
      const example = readFileSync(join(root, folder, '.env.example'), 'utf8');
      const empty = new Set(Object.keys(parse(example)));
      const text = environmentText(example, madeUp(empty));
      writeFileSync(join(root, folder, '.env'), text);
      values.push(...Object.values(parse(text)).filter((value) => value.length > 12));
    }
    expect(values.length).toBeGreaterThan(10);
    await synthesize(root, { profile, out: join(root, 'with-env') });
    const written = Object.values(texts(join(root, 'with-env'))).join('\n');
    rmSync(join(root, 'with-env'), { recursive: true });
    expect(values.filter((value) => written.includes(value))).toEqual([]);
    expect(values.filter((value) => written.includes(Buffer.from(value).toString('base64')))).toEqual([]);
    for (const folder of ['', 'backends/svc-turfoo-ingest/infra']) rmSync(join(root, folder, '.env'));
  });

  test('has a plan that is an empty list to kubectl, and names every other file', () => {
    const text = texts(out())['plan.json'] ?? '';
    expect(JSON.parse(text)).toMatchObject({ apiVersion: 'v1', kind: 'List', items: [] });
    for (const { manifest } of parsePlan(text).namespaces) expect(existsSync(join(out(), manifest))).toBe(true);
  });

  test('names a job in the plan as in the manifest', () => {
    const { namespaces } = parsePlan(texts(out())['plan.json'] ?? '');
    const turfoo = namespaces.find(({ name }) => name === 'turfoo');
    const migrate = turfoo?.workloads.find(({ name }) => name === 'migrate');
    expect(migrate?.controller?.name).toMatch(/^turfoo-migrate-[0-9a-f]{8}$/);
    expect(texts(out())['turfoo.k8s.yaml']).toContain(`name: ${migrate?.controller?.name}\n`);
  });

  test('says in the plan what belongs to whom, and how people talk to it', () => {
    const { namespaces } = parsePlan(texts(out())['plan.json'] ?? '');
    const turfoo = namespaces.find(({ name }) => name === 'turfoo');
    expect(turfoo?.objects).toContainEqual({ kind: 'Namespace', name: 'turfoo' });
    expect(turfoo?.objects.filter(({ of }) => of === 'turfoo-celery-beat')).toEqual([
      { kind: 'ConfigMap', name: 'turfoo-celery-beat-module', of: 'turfoo-celery-beat' },
      { kind: 'Deployment', name: 'turfoo-celery-beat', of: 'turfoo-celery-beat' },
    ]);
    expect(turfoo?.services.find(({ name }) => name === 'postgres')?.client).toEqual([
      ...['psql', '--username', 'turfoo', '--dbname', 'turfoo'],
    ]);
    expect(turfoo?.commands).toContainEqual({
      name: 'smoke',
      description: 'posts a card and waits until it is stored',
      object: 'turfoo-api',
      command: ['turfoo-smoke'],
      test: true,
    });
  });

  test('shifts the fixed ports of this machine by REPOCTL_PORT_OFFSET, and nothing else', async () => {
    const before = texts(out());
    const { status } = await inProcess(root, ['synth'], { REPOCTL_PORT_OFFSET: '1000' });
    expect(status).toBe(0);
    const shifted = texts(out());
    const ports = (text = '') =>
      parsePlan(text).namespaces.flatMap(({ services, workloads }) =>
        [...services, ...workloads].flatMap((each) => each.ports.flatMap(({ hostPort }) => hostPort ?? [])),
      );
    expect(ports(shifted['plan.json'])).toEqual(ports(before['plan.json']).map((port) => port + 1000));
    expect({ ...shifted, 'plan.json': '' }).toEqual({ ...before, 'plan.json': '' });
    expect(await repoctl(root, 'synth')).toMatchObject({ status: 0 });
    expect(texts(out())).toEqual(before);
  });

  test('names the images of a real cluster by the digests of images.lock, and those of development not', async () => {
    const digest = `sha256:${'a'.repeat(64)}`;
    const folder = (profile: string) => join(root, 'dist', profile);
    const images = (profile: string) =>
      Object.values(texts(folder(profile)))
        .join('\n')
        .match(/image: \S*redis:\S+/g) ?? [];
    await repoctl(root, 'synth', '--profile', 'production');
    const [image = ''] = images('production');
    const reference = image.replace('image: ', '');
    writeFileSync(
      join(root, 'images.lock'),
      `version: 1\nprofiles: { production: { "${reference}": "${digest}" }, local: { "${reference}": "${digest}" } }\n`,
    );
    for (const profile of ['production', 'local']) await repoctl(root, 'synth', '--profile', profile);
    expect(images('production')).toContain(`image: ${reference}@${digest}`);
    expect(images('local').join()).not.toContain('@sha256');
    const listed = (await repoctl(root, 'images', 'list', '--profile', 'production', '-o', 'json')).stdout;
    expect(JSON.parse(listed)).toContainEqual(expect.objectContaining({ reference, built: false, digest }));
    rmSync(join(root, 'images.lock'));
    await repoctl(root, 'synth', '--profile', 'production');
    expect(images('production')).toContain(`image: ${reference}`);
  });

  test('takes the tag of production images from --image-tag', async () => {
    await repoctl(root, 'synth', '--profile', 'production', '--image-tag', '9.9.9');
    expect(texts(join(root, 'dist', 'production'))['turfoo.k8s.yaml']).toContain(
      'image: registry.example.com/monorepo/turfoo-app:9.9.9\n',
    );
  });
});
