// Measures `repoctl synth` on repositories of 1, 10, 100 and 1 000 projects of about 15 objects each: cold (nothing
// remembered), unchanged, with one project changed, and cold with a setting for a profile and a patch in each; and of the profile
// production, cold and unchanged. Beside `helm template` of the same objects of each profile where helm is on PATH.
// Wall time is that of the whole process; memory is its peak. The median of several runs is printed.
import { spawnSync } from 'node:child_process';
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const program = join(import.meta.dirname, '..', 'bin', 'repoctl.mjs');
const repository = join(import.meta.dirname, '..');
const sizes = process.argv.slice(2).map(Number).filter(Boolean);

const project = (index: number) => `name: p${index}
images:
  app: { sync: [{ from: src, to: /app/src }] }
uses:
  redis: { database: ${index} }
  minio: { buckets: [raw, inbox] }
services:
  postgres: { hostPort: ${10000 + index} }
workloads:
  migrate: { kind: job, command: [migrate], check: [migrate, --check], after: [postgres] }
  api: { kind: http, command: [serve], port: 8000, hostPort: ${20000 + index}, after: [migrate] }
  admin: { kind: http, command: [serve, --admin], port: 8001 }
  worker: { kind: celery-worker, app: app.worker, queues: [default, slow], after: [migrate] }
  beat: { kind: celery-beat, app: app.worker }
  prune: { kind: cronjob, command: [prune], schedule: '@daily' }
  report: { kind: cronjob, command: [report], schedule: '0 4 * * *' }
  sweep: { kind: cronjob, command: [sweep], schedule: '*/5 * * * *' }
`;

/** What differs by profile, and what no field says. */
const special = (name: string) => `profiles:
  production: { workloads: { api: { replicas: 3 } } }
patches:
  - target: { kind: Deployment, name: ${name}-api }
    merge: { metadata: { annotations: { example.com/team: bench } } }
`;

function makeRepository(root: string, size: number) {
  // node_modules, so that the run leaves its cache where an installed one does.
  mkdirSync(join(root, 'node_modules'), { recursive: true });
  writeFileSync(
    join(root, 'repoctl.yaml'),
    [
      'name: bench',
      'global: { redis: { databases: 2000 } }',
      'profiles: { production: { images: { registry: registry.example.com/bench, tag: 1.0.0 } } }',
      '',
    ].join('\n'),
  );
  writeFileSync(join(root, '.env.example'), 'REDIS_PASSWORD=\nMINIO_ROOT_USER=root\nMINIO_ROOT_PASSWORD=\n');
  for (let index = 0; index < size; index++) {
    const directory = join(root, 'backends', `p${index}`);
    mkdirSync(join(directory, 'infra'), { recursive: true });
    mkdirSync(join(directory, 'src'));
    writeFileSync(join(directory, 'Dockerfile'), 'FROM scratch\n');
    writeFileSync(join(directory, 'infra', 'project.yaml'), project(index));
    writeFileSync(join(directory, 'infra', '.env.example'), 'POSTGRES_PASSWORD=\nMINIO_SECRET_KEY=\n');
  }
}

interface Measurement {
  readonly seconds: number;
  readonly megabytes: number;
}

/** Runs a program and prints its peak memory from inside, by way of a preloaded module. */
function measure(command: string, args: readonly string[], cwd: string): Measurement {
  const probe = join(tmpdir(), `peak-${process.pid}.cjs`);
  const result = join(tmpdir(), `peak-${process.pid}.txt`);
  writeFileSync(
    probe,
    `process.on('exit', () => require('node:fs').writeFileSync(${JSON.stringify(result)}, String(process.resourceUsage().maxRSS)));`,
  );
  const node = command === process.execPath;
  const started = performance.now();
  const { status, stderr } = spawnSync(command, [...(node ? ['--require', probe] : []), ...args], {
    cwd,
    encoding: 'utf8',
    maxBuffer: 2 ** 30,
  });
  const seconds = (performance.now() - started) / 1000;
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} failed:\n${stderr}`);
  return { seconds, megabytes: node ? Number(readFileSync(result, 'utf8')) / 1024 : Number.NaN };
}

function median(measurements: readonly Measurement[]): Measurement {
  return [...measurements].sort((a, b) => a.seconds - b.seconds)[Math.floor(measurements.length / 2)] as Measurement;
}

const repeat = (times: number, prepare: () => void, run: () => Measurement) =>
  median(
    Array.from({ length: times }, () => {
      prepare();
      return run();
    }),
  );

const figure = ({ seconds, megabytes }: Measurement) =>
  `${seconds.toFixed(2)} s${Number.isNaN(megabytes) ? '' : `, ${megabytes.toFixed(0)} MB`}`;

/** The same objects as a Helm chart of plain templates, rendered by helm: the peer that writes YAML from files. */
function measureHelm(root: string, profile: string): string {
  if (spawnSync('helm', ['version']).status !== 0) return 'helm is not on PATH';
  const chart = join(root, 'chart');
  rmSync(chart, { recursive: true, force: true });
  mkdirSync(join(chart, 'templates'), { recursive: true });
  writeFileSync(join(chart, 'Chart.yaml'), 'apiVersion: v2\nname: bench\nversion: 0.1.0\n');
  for (const name of readdirSync(join(root, 'dist', profile)).filter((file) => file.endsWith('.yaml')))
    writeFileSync(
      join(chart, 'templates', name),
      readFileSync(join(root, 'dist', profile, name), 'utf8').replaceAll('{{', '{{"{{"}}'),
    );
  return figure(
    repeat(
      3,
      () => {},
      () => measure('helm', ['template', 'bench', chart], root),
    ),
  );
}

interface Written {
  readonly objects: number;
  readonly megabytes: number;
}

/** What a profile's manifests are. */
function written(root: string, profile: string): Written {
  const folder = join(root, 'dist', profile);
  const texts = readdirSync(folder)
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => readFileSync(join(folder, name), 'utf8'));
  return {
    objects: texts.reduce((sum, text) => sum + (text.match(/^kind:/gm)?.length ?? 0), 0),
    megabytes: texts.reduce((sum, text) => sum + text.length, 0) / 1e6,
  };
}

function measureSize(size: number) {
  const root = mkdtempSync(join(tmpdir(), 'repoctl-bench-'));
  try {
    makeRepository(root, size);
    const synth = () => measure(process.execPath, [program, 'synth'], root);
    const times = size >= 1000 ? 3 : 5;
    const forget = () => {
      rmSync(join(root, 'dist'), { recursive: true, force: true });
      rmSync(join(root, 'node_modules', '.cache'), { recursive: true, force: true });
    };
    const cold = repeat(times, forget, synth);
    const { objects, megabytes } = written(root, 'local');
    const helm = measureHelm(root, 'local');
    const unchanged = repeat(times, () => {}, synth);
    const forReal = () => measure(process.execPath, [program, 'synth', '--profile', 'production'], root);
    const productionCold = repeat(times, forget, forReal);
    const production = written(root, 'production');
    const productionHelm = measureHelm(root, 'production');
    const productionUnchanged = repeat(times, () => {}, forReal);
    forget();
    synth();
    const file = join(root, 'backends', 'p0', 'infra', 'project.yaml');
    let change = 0;
    const changed = repeat(
      times,
      () => appendFileSync(file, `  extra${change++}: { kind: cronjob, command: [x], schedule: '@daily' }\n`),
      synth,
    );
    for (const name of readdirSync(join(root, 'backends')))
      appendFileSync(join(root, 'backends', name, 'infra', 'project.yaml'), special(name));
    const patched = repeat(times, forget, synth);
    const made = (profile: string, { objects, megabytes }: Written) =>
      `${String(size).padStart(5)} ${profile.padEnd(10)} ${String(objects).padStart(7)} ${megabytes.toFixed(1).padStart(5)} MB  `;
    const columns = (...measurements: readonly Measurement[]) =>
      measurements.map((each) => figure(each).padEnd(16)).join(' ');
    console.log(`${made('local', { objects, megabytes })}${columns(cold, unchanged, changed, patched)} ${helm}`);
    const blank = ''.padEnd(33);
    console.log(
      `${made('production', production)}${columns(productionCold, productionUnchanged)} ${blank} ${productionHelm}`,
    );
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

/** This repository itself, as a user has it: installed, its manifests made once. */
function measureRepository() {
  if (!existsSync(join(repository, 'node_modules'))) return;
  const root = mkdtempSync(join(tmpdir(), 'repoctl-bench-'));
  try {
    cpSync(join(repository, 'repoctl.yaml'), join(root, 'repoctl.yaml'));
    cpSync(join(repository, '.env.example'), join(root, '.env.example'));
    for (const folder of ['backends', 'apps'])
      if (existsSync(join(repository, folder)))
        cpSync(join(repository, folder), join(root, folder), {
          recursive: true,
          filter: (path) => !/node_modules|\.venv/.test(path),
        });
    const cold = repeat(
      5,
      () => rmSync(join(root, 'dist'), { recursive: true, force: true }),
      () => measure(process.execPath, [program, 'synth'], root),
    );
    console.log(`\nthis repository, nothing remembered: ${figure(cold)}`);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

console.log(
  'projects profile objects     YAML  cold             unchanged        one changed      cold, patched    helm template',
);
for (const size of sizes.length > 0 ? sizes : [1, 10, 100, 1000]) measureSize(size);
measureRepository();
