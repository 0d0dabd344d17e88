import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { images } from '../../charts/common/images.ts';
import { makeAvailable } from './environment.ts';
import { attempt, type Outcome, run } from './run.ts';

const repository = join(import.meta.dirname, '..', '..');

export const ledgerYaml = `name: ledger
services:
  postgres: { storage: 1Gi }
workloads:
  migrate:
    kind: job
    image: ${images.postgres}
    command: [sh, -c, 'psql "$DATABASE_URL" -c "create table if not exists entries (id int primary key)"']
    check: [sh, -c, 'psql "$DATABASE_URL" -c "select 1 from entries"']
    after: [postgres]
  keeper:
    kind: worker
    image: ${images.postgres}
    command: [sleep, infinity]
    health: { command: ["true"] }
    stopSeconds: 1
    after: [migrate]
`;

/** An environment with a database, a job and a worker, of one public image: nothing is built. */
export class SmallEnvironment {
  readonly root = mkdtempSync(join(tmpdir(), 'repoctl-small-'));

  constructor(
    readonly name: string,
    readonly cluster: string,
  ) {
    this.write('repoctl.yaml', `name: ${name}\nglobal: { redis: false, minio: false, redisInsight: false }\n`);
    this.write('.env.example', '');
    this.write('apps/ledger/infra/project.yaml', ledgerYaml);
    this.write('apps/ledger/infra/.env.example', 'POSTGRES_PASSWORD=\n');
    symlinkSync(join(repository, 'node_modules'), join(this.root, 'node_modules'));
  }

  get context(): string {
    return `kind-${this.cluster}`;
  }

  read = (path: string): string => readFileSync(join(this.root, path), 'utf8');

  write(path: string, text: string): void {
    mkdirSync(dirname(join(this.root, path)), { recursive: true });
    writeFileSync(join(this.root, path), text);
  }

  /** Changes the ledger's project.yaml. */
  edit(from: string | RegExp, to: string): void {
    const path = 'apps/ledger/infra/project.yaml';
    const text = this.read(path);
    const edited = text.replace(from, to);
    if (edited === text) throw new Error(`${path} has no ${from}`);
    this.write(path, edited);
  }

  /** Runs repoctl in it, whatever it ends with. */
  repoctl = (...args: string[]): Outcome =>
    attempt(process.execPath, [join(repository, 'bin', 'repoctl.mjs'), ...args], {
      cwd: this.root,
      env: { KIND_CLUSTER_NAME: this.cluster },
    });

  project = (verb: string, ...args: string[]): Outcome => this.repoctl('infra', 'project', verb, ...args);

  kubectl = (...args: string[]): string => run('kubectl', ['--context', this.context, ...args]).stdout.trim();

  /** The images that its pods run, on the nodes of its cluster. */
  loadImages(): void {
    const named = makeAvailable([images.postgres]);
    run('kind', ['load', 'docker-image', '--name', this.cluster, ...named]);
  }

  /** What psql says in the database of a namespace. */
  sql = (statement: string, namespace = 'ledger', service = 'postgres'): string => {
    const pod = `${namespace}-${service}-0`;
    const database = namespace.replaceAll('-', '_');
    return this.kubectl('exec', '-n', namespace, pod, '--', 'psql', '-U', database, '-d', database, '-Atc', statement);
  };

  /** Deletes namespaces, and waits until they are gone. */
  clear(...names: string[]): void {
    this.kubectl('delete', 'namespace', '--ignore-not-found', '--wait', ...names);
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}
