import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureCluster } from '../../src/kind-cluster/cluster.ts';
import { joinRegistry, runRegistry } from '../../src/kind-cluster/registry.ts';
import type { Plan } from '../../src/synth/plan.ts';
import { readPlan } from './environment.ts';
import { attempt, type Outcome, run } from './run.ts';
import { TiltProcess } from './tilt-process.ts';

const repository = join(import.meta.dirname, '..', '..');
/** Of the worker, beside which others run. */
const workersOffset = Number(process.env.REPOCTL_PORT_OFFSET ?? 0);

/** A pod, as far as the tests look. */
interface Pod {
  readonly metadata: { readonly name: string; readonly namespace: string; readonly deletionTimestamp?: string };
  readonly status: { readonly phase: string };
}

/** Replaces a text of a file; it has to be there. */
export function replaceText(path: string, from: string | RegExp, to: string): void {
  const text = readFileSync(path, 'utf8');
  const edited = text.replace(from, to);
  if (edited === text) throw new Error(`${path} has no ${from}`);
  writeFileSync(path, edited);
}

/** A checkout of a repository that uses the package, with a cluster and ports of its own. */
export class Checkout {
  readonly root = mkdtempSync(join(tmpdir(), 'repoctl-tilt-'));
  readonly context: string;
  readonly env: Record<string, string>;
  readonly session: TiltProcess;

  constructor(
    readonly cluster: string,
    portOffset: number,
  ) {
    this.context = `kind-${cluster}`;
    const all = workersOffset + portOffset;
    const [tiltPort, offset] = [String(10_350 + all), String(all)];
    this.env = { KIND_CLUSTER_NAME: cluster, REPOCTL_PORT_OFFSET: offset, TILT_PORT: tiltPort };
    this.session = new TiltProcess(this.root, this.env);
    mkdirSync(join(this.root, 'node_modules'));
    symlinkSync(repository, join(this.root, 'node_modules', 'repoctl'));
  }

  copy(path: string): void {
    const filter = (source: string) => !/\.venv|__pycache__|\.env$|_cache|node_modules|\.next/.test(source);
    cpSync(join(repository, path), join(this.root, path), { recursive: true, filter });
  }

  read = (path: string): string => readFileSync(join(this.root, path), 'utf8');
  write = (path: string, text: string): void => writeFileSync(join(this.root, path), text);

  /** Replaces a text of a file; it has to be there. */
  edit = (path: string, from: string | RegExp, to: string): void => replaceText(join(this.root, path), from, to);

  get plan(): Plan {
    return readPlan(this.root);
  }

  /** The address of a service or workload on this machine, by its object's name. */
  url(object: string, path = ''): string {
    const all = this.plan.namespaces.flatMap(({ services, workloads }) => [...services, ...workloads]);
    const port = all.find((each) => each.object === object)?.ports[0]?.hostPort;
    return `http://localhost:${port}${path}`;
  }

  repoctl = (...args: string[]): Outcome =>
    attempt(process.execPath, [join(repository, 'bin', 'repoctl.mjs'), ...args], { cwd: this.root, env: this.env });

  kubectl = (...args: string[]): string => run('kubectl', ['--context', this.context, ...args]).stdout;

  tilt = (...args: string[]): Outcome => this.session.tilt(...args);

  /** The cluster and the registry that `repoctl up` makes before it starts Tilt. */
  async makeCluster(): Promise<void> {
    const report = (line: string) => process.stderr.write(`${line}\n`);
    Object.assign(process.env, this.env);
    const container = await runRegistry({ report });
    await joinRegistry(container, await ensureCluster(this.root, { report }), { report });
  }

  /** Starts `tilt up`, and waits until all that it enables runs. */
  async up(seconds: number, ...names: string[]): Promise<void> {
    // As people do who have one cluster: it is the current one.
    this.kubectl('config', 'use-context', this.context);
    await this.session.up(seconds, ...names);
  }

  /** The pods that run and are to stay, as `namespace/name`. */
  pods(): string[] {
    const { items } = JSON.parse(this.kubectl('get', 'pods', '-A', '-l', 'repoctl.dev/tier', '-o', 'json')) as {
      items: Pod[];
    };
    return items
      .filter(({ metadata, status }) => status.phase === 'Running' && !metadata.deletionTimestamp)
      .map(({ metadata }) => `${metadata.namespace}/${metadata.name}`)
      .sort();
  }

  async remove(): Promise<void> {
    await this.session.end();
    attempt('kind', ['delete', 'cluster', '--name', this.cluster]);
    rmSync(this.root, { recursive: true, force: true });
  }
}
