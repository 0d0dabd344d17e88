import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isSeq, parseDocument } from 'yaml';
import { images } from '../../charts/common/images.ts';
import type { Plan } from '../../src/synth/plan.ts';
import { parsePlan } from '../synth/plan.ts';
import { attempt, run } from './run.ts';

const repository = join(import.meta.dirname, '..', '..');
const turfoo = 'backends/svc-turfoo-ingest';
/** The worker's own, see worker.mjs. */
export const cluster = process.env.REPOCTL_E2E_CLUSTER ?? 'repoctl-e2e-1';

/** A fixed port as the worker has it. */
export const shifted = (port: number): number => port + Number(process.env.REPOCTL_PORT_OFFSET ?? 0);

export const context = `kind-${cluster}`;

/** The repository as it is used in the tests: a copy of its configuration, synthesized, its images on the node. */
export interface TestEnvironment {
  readonly root: string;
  readonly plan: Plan;
  /** Whether an ImmuDB image could be had; without one the configuration leaves ImmuDB out. */
  readonly hasImmudb: boolean;
}

export const kubectl = (...args: string[]) => run('kubectl', ['--context', context, ...args]);

export const repoctl = (root: string, ...args: string[]) =>
  run(process.execPath, [join(repository, 'bin', 'repoctl.mjs'), ...args], { cwd: root });

/** Makes the cluster if there is none. */
export function ensureCluster(): void {
  if (!run('kind', ['get', 'clusters']).stdout.split('\n').includes(cluster)) {
    const image = process.env.KIND_NODE_IMAGE ? ['--image', process.env.KIND_NODE_IMAGE] : [];
    run('kind', ['create', 'cluster', '--config', join(repository, 'kind-config.yaml'), '--name', cluster, ...image]);
  }
}

/**
 * Makes the cluster if there is none, and everything that the manifests need on it.
 *
 * `REPOCTL_E2E_IMAGES` may name a program that makes images available under the names that it is given, where the
 * registries can't be reached; it prints the names of those that it has made.
 *
 * @param projects their folders; without one it is turfoo
 */
export function setUp(...projects: readonly string[]): TestEnvironment {
  const folders = projects.length > 0 ? projects : [turfoo];
  ensureCluster();
  // What an earlier run left has the passwords of that run.
  kubectl('delete', 'namespace', '--selector', 'app.kubernetes.io/managed-by=repoctl', '--wait');
  const root = mkdtempSync(join(tmpdir(), 'repoctl-e2e-'));
  for (const path of ['repoctl.yaml', '.env.example', ...folders]) {
    const filter = (source: string) => !/\.venv|__pycache__|\.env$/.test(source);
    cpSync(join(repository, path), join(root, path), { recursive: true, filter });
  }
  symlinkSync(join(repository, 'node_modules'), join(root, 'node_modules'));
  const hasImmudb = makeAvailable([images.immudb]).length > 0;
  if (!hasImmudb && folders.includes(turfoo)) leaveOutImmudb(join(root, turfoo, 'infra'));
  repoctl(root, 'synth');
  const plan = readPlan(root);
  loadImages(root, plan);
  return { root, plan, hasImmudb };
}

export function tearDown({ root }: TestEnvironment): void {
  rmSync(root, { recursive: true, force: true });
}

export const readPlan = (root: string, profile = 'local'): Plan =>
  parsePlan(readFileSync(join(root, 'dist', profile, 'plan.json'), 'utf8'));

/** The ones of the images that could be had. */
export function makeAvailable(references: readonly string[]): string[] {
  const program = process.env.REPOCTL_E2E_IMAGES;
  if (program)
    return run(program, references)
      .stdout.split('\n')
      .filter((line) => references.includes(line));
  return references.filter(
    (reference) =>
      attempt('docker', ['image', 'inspect', reference]).status === 0 ||
      attempt('docker', ['pull', '--quiet', reference]).status === 0,
  );
}

/** The images that a Dockerfile begins from. */
export function bases(root: string, dockerfile: string): string[] {
  const text = readFileSync(join(root, dockerfile), 'utf8');
  const named = [...text.matchAll(/^ARG \w+_IMAGE=(\S+)$/gm), ...text.matchAll(/^FROM (?:--\S+ )?([\w./-]+:\S+)/gim)];
  return named.map(([, reference]) => reference ?? '');
}

/** Makes the images available that the Dockerfiles of new projects begin from. */
export function provideBases(root: string): void {
  repoctl(root, 'synth');
  for (const { dockerfile } of readPlan(root).namespaces.flatMap(({ images }) => images))
    makeAvailable(bases(root, dockerfile));
}

/** Builds a repository's images, and brings them and all that its manifests name onto the node. */
function loadImages(root: string, plan: Plan): void {
  const builds = plan.namespaces.flatMap((namespace) => namespace.images);
  for (const build of builds) {
    makeAvailable(bases(root, build.dockerfile));
    const target = build.target ? ['--target', build.target] : [];
    const args = ['build', '--quiet', '--tag', build.reference, '--file', build.dockerfile, ...target, build.context];
    run('docker', args, { cwd: root, env: { DOCKER_BUILDKIT: '1' } });
  }
  run('kind', ['load', 'docker-image', '--name', cluster, ...builds.map(({ reference }) => reference)]);
  loadPublicImages(root, plan);
}

/** Brings public images onto the node. */
export function bringImages(...references: readonly string[]): void {
  const made = makeAvailable(references);
  if (made.length > 0) run('kind', ['load', 'docker-image', '--name', cluster, ...made]);
}

/** Brings the images onto the node that a repository's manifests name and that it does not build. */
export function loadPublicImages(root: string, plan: Plan, into = cluster, profile = 'local'): void {
  const manifests = plan.namespaces.map(({ manifest }) => readFileSync(join(root, 'dist', profile, manifest), 'utf8'));
  const named = manifests.flatMap((text) =>
    [...text.matchAll(/^ +(?:- )?image: (\S+)$/gm)].map(([, name]) => name ?? ''),
  );
  const built = plan.namespaces.flatMap(({ images }) => images.map(({ reference }) => reference));
  const external = makeAvailable([...new Set(named)].filter((reference) => !built.includes(reference)));
  if (external.length > 0) run('kind', ['load', 'docker-image', '--name', into, ...external]);
}

/** The same configuration without ImmuDB, for machines that can't have its image. */
export function leaveOutImmudb(infra: string): void {
  const path = join(infra, 'project.yaml');
  const document = parseDocument(readFileSync(path, 'utf8'));
  document.deleteIn(['services', 'immudb']);
  for (const workload of ['api', 'celery-worker']) {
    const after = document.getIn(['workloads', workload, 'after']);
    if (isSeq(after)) after.items = after.items.filter((item) => String(item) !== 'immudb');
  }
  writeFileSync(path, String(document));
  const example = join(infra, '.env.example');
  writeFileSync(example, readFileSync(example, 'utf8').replaceAll(/^IMMUDB_.*\n/gm, ''));
}
