import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { Cluster } from '../../src/cluster/client.ts';
import { connect } from '../../src/cluster/connect.ts';
import { type LeaseOptions, TakenOverError, withLeases } from '../../src/cluster/lease.ts';
import { TimeoutError } from '../../src/platform/errors.ts';
import { context, ensureCluster, kubectl } from './environment.ts';
import { eventually } from './run.ts';

jest.setTimeout(120_000);

const namespace = `leases-${process.pid}`;
const modules = join(import.meta.dirname, '..', '..', 'src', 'cluster');
let cluster: Cluster;
/** The one that the namespace is of. */
const environment = 'lease';
let said: string[] = [];

beforeAll(async () => {
  ensureCluster();
  kubectl('create', 'namespace', namespace);
  kubectl('label', 'namespace', namespace, `repoctl.dev/tier=project`, `app.kubernetes.io/part-of=${environment}`);
  cluster = await connect({ context });
});
afterEach(() => {
  said = [];
});
afterAll(() => {
  kubectl('delete', 'namespace', namespace, '--wait=false');
});

const holding = <Result>(work: () => Promise<Result>, given: Partial<LeaseOptions> = {}): Promise<Result> =>
  withLeases(
    cluster,
    { environment, namespaces: [namespace], timeout: 60, report: (line) => said.push(line), ...given },
    work,
  );

const inCluster = () =>
  kubectl('get', 'leases', '-n', namespace, '-o', 'jsonpath={.items[*].spec.holderIdentity}').stdout;

/** Something that goes on until it is told to end. */
function task() {
  let end: () => void = () => undefined;
  let begin: () => void = () => undefined;
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  const begun = new Promise<void>((resolve) => {
    begin = resolve;
  });
  const work = async () => {
    begin();
    await ended;
    return 'done';
  };
  return { work, begun, end };
}

async function failureOf(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => undefined,
    (error: unknown) => error,
  );
}

describe('a namespace whose lease is held', () => {
  test('is seen with kubectl, and free again after', async () => {
    const first = task();
    const result = holding(first.work);
    await first.begun;
    expect(inCluster()).toContain(`_${process.pid}_`);
    first.end();
    expect(await result).toBe('done');
    expect(inCluster()).toBe('');
  });

  test('is waited for, and it is said for whom', async () => {
    const [first, second] = [task(), task()];
    const one = holding(first.work);
    await first.begun;
    const two = holding(second.work);
    second.end();
    await new Promise((resolve) => setTimeout(resolve, 1500));
    expect(said).toEqual([expect.stringContaining(`(process ${process.pid} on this machine, since `)]);
    expect(await Promise.race([second.begun.then(() => 'begun'), Promise.resolve('waiting')])).toBe('waiting');
    first.end();
    expect(await Promise.all([one, two])).toEqual(['done', 'done']);
  });

  test('is not waited for longer than was asked for', async () => {
    const first = task();
    const one = holding(first.work);
    await first.begun;
    const error = await failureOf(holding(async () => undefined, { timeout: 1 }));
    expect(error).toBeInstanceOf(TimeoutError);
    expect((error as Error).message).toContain(`process ${process.pid} on this machine`);
    first.end();
    await one;
  });

  test('is free after a failure, and after a signal', async () => {
    expect(await failureOf(holding(() => Promise.reject(new Error('x'))))).toMatchObject({ message: 'x' });
    expect(inCluster()).toBe('');
    const controller = new AbortController();
    const first = task();
    const one = failureOf(holding(first.work, { signal: controller.signal }));
    await first.begun;
    controller.abort(new Error('interrupted'));
    expect(await one).toMatchObject({ message: 'interrupted' });
    expect(inCluster()).toBe('');
  });

  test('is taken from a process that was killed', async () => {
    const script = `
      const { connect } = await import(${JSON.stringify(`file://${modules}/connect.ts`)});
      const { withLeases } = await import(${JSON.stringify(`file://${modules}/lease.ts`)});
      const cluster = await connect({ context: ${JSON.stringify(context)} });
      const options = { environment: ${JSON.stringify(environment)}, namespaces: [${JSON.stringify(namespace)}], timeout: 1, report: () => undefined };
      await withLeases(cluster, options, () => new Promise(() => { console.log('held'); setInterval(() => 0, 1000); }));`;
    const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '--eval', script], {
      cwd: join(modules, '..', '..'),
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await new Promise((resolve) => child.stdout.once('data', resolve));
    expect(inCluster()).toContain(`_${child.pid}_`);
    child.kill('SIGKILL');
    await new Promise((resolve) => child.once('close', resolve));
    expect(inCluster()).toContain(`_${child.pid}_`);
    expect(await holding(async () => inCluster())).toContain(`_${process.pid}_`);
    expect(said).toEqual([]);
  });

  test('is taken from another machine once that has given no sign for its time', async () => {
    const lease = {
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: {
        name: 'repoctl',
        namespace,
        annotations: { 'repoctl.dev/holder': '{"host":"elsewhere","pid":1,"command":"repoctl down"}' },
      },
      spec: { holderIdentity: 'elsewhere_1', leaseDurationSeconds: 3 },
    };
    await cluster.create(lease);
    expect(await holding(async () => inCluster())).toContain(`_${process.pid}_`);
    expect(said).toEqual([expect.stringContaining('repoctl down (process 1 on elsewhere, since an unknown time)')]);
  });

  test('of many at once that want it, one at a time gets it', async () => {
    let inside = 0;
    let most = 0;
    const work = async () => {
      inside += 1;
      most = Math.max(most, inside);
      await new Promise((resolve) => setTimeout(resolve, 100));
      inside -= 1;
    };
    await Promise.all(Array.from({ length: 10 }, () => holding(work)));
    expect(most).toBe(1);
    expect(inCluster()).toBe('');
  });

  test('stays its holder’s while that renews it, whatever others note on it; who takes it over ends the holder’s work', async () => {
    const first = task();
    const one = failureOf(holding(first.work));
    await first.begun;
    const renewal = () =>
      kubectl('get', 'lease', 'repoctl', '-n', namespace, '-o', 'jsonpath={.spec.renewTime}').stdout;
    kubectl('annotate', 'lease', 'repoctl', '-n', namespace, 'note=mine');
    const before = renewal();
    while (renewal() === before) await new Promise((resolve) => setTimeout(resolve, 500));
    kubectl('patch', 'lease', 'repoctl', '-n', namespace, '--type=merge', '-p', '{"spec":{"holderIdentity":"thief"}}');
    expect(await one).toBeInstanceOf(TakenOverError);
    expect(inCluster()).toBe('thief');
    kubectl('delete', 'lease', 'repoctl', '-n', namespace);
  });

  test('is no matter where there is no such namespace, or where it is being deleted', async () => {
    expect(await holding(async () => 'done', { namespaces: ['nowhere', namespace] })).toBe('done');
    const going = `${namespace}-going`;
    kubectl('create', 'namespace', going);
    kubectl('label', 'namespace', going, `repoctl.dev/tier=project`, `app.kubernetes.io/part-of=${environment}`);
    const hold = (finalizers: readonly string[] | null) =>
      kubectl(
        'patch',
        'sa',
        'default',
        '-n',
        going,
        '--type=merge',
        '-p',
        JSON.stringify({ metadata: { finalizers } }),
      );
    await eventually('a service account', 30, () => hold(['example.com/hold']));
    kubectl('delete', 'namespace', going, '--wait=false');
    expect(await holding(async () => 'done', { namespaces: [going] })).toBe('done');
    hold(null);
  });
});
