import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { images } from '../../charts/common/images.ts';
import { fetchJson, fetchText, post, type Result, sum, until } from './answers.ts';
import { Checkout } from './checkout.ts';
import { leaveOutImmudb, loadPublicImages, makeAvailable, provideBases } from './environment.ts';
import { addProjects, reloads } from './reloads.ts';
import { attempt, eventually, kubectlProxy } from './run.ts';

jest.setTimeout(1_200_000);

const hasTilt = attempt('sh', ['-c', 'command -v tilt']).status === 0;
if (!hasTilt) process.stderr.write('there is no tilt on PATH: the tests of live reload are skipped\n');

const turfoo = 'backends/svc-turfoo-ingest';

(hasTilt ? describe : describe.skip)('tilt', () => {
  const checkout = new Checkout('repoctl-tilt', 1000);
  let proxy: { url: string; stop(): void };

  beforeAll(async () => {
    for (const path of ['repoctl.yaml', '.env.example', 'kind-config.yaml', turfoo]) checkout.copy(path);
    if (makeAvailable([images.immudb]).length === 0) leaveOutImmudb(`${checkout.root}/${turfoo}/infra`);
    addProjects(checkout);
    expect(checkout.repoctl('init', '--yes')).toMatchObject({ status: 0 });
    makeAvailable([images.registry]);
    await checkout.makeCluster();
    provideBases(checkout.root);
    loadPublicImages(checkout.root, checkout.plan, checkout.cluster);
    proxy = await kubectlProxy(checkout.context);
  });

  afterAll(async () => {
    proxy?.stop();
    await checkout.remove();
  });

  test('knows every project', () => {
    const { status, stdout, stderr } = checkout.tilt('alpha', 'tiltfile-result', '--context', checkout.context);
    expect([status, stderr.includes('Error')]).toEqual([0, false]);
    const { Manifests } = JSON.parse(stdout) as { Manifests: { Name: string }[] };
    const names = Manifests.map(({ Name }) => Name);
    expect(names).toEqual(expect.arrayContaining(['monorepo-redis', 'turfoo-api', 'tasks-worker', 'stream-worker']));
  });

  test('ci is green from an empty cluster, its last step a card that is posted and stored', () => {
    const { status, stdout, stderr } = checkout.tilt('ci', '--context', checkout.context);
    if (status !== 0) throw new Error(`tilt ci ended with ${status}:\n${(stdout + stderr).slice(-6000)}`);
    expect(stdout).toMatch(/turfoo-smoke: 2000-\S+ stored/);
  });

  test('down takes the workloads away and keeps the data', async () => {
    expect(checkout.tilt('down', '--context', checkout.context)).toMatchObject({ status: 0 });
    await eventually('no pod', 120, () => expect(checkout.pods()).toEqual([]));
    expect(checkout.kubectl('get', 'pvc', '-n', 'turfoo', '-o', 'name')).toContain('data-turfoo-postgres-0');
    await checkout.up(600);
    const { stdout } = checkout.repoctl(
      ...['infra', 'project', 'shell', 'turfoo', 'postgres', '--context', checkout.context],
      ...['--', '-At', '-c', 'select count(*) from race'],
    );
    expect(Number(stdout)).toBeGreaterThan(0);
  });

  test('puts a saved file into the running containers', async () => {
    const before = checkout.pods();
    for (const [what, { save, answers }] of Object.entries(reloads(checkout, proxy.url)))
      for (let round = 1; round <= 2; round += 1) {
        save(round);
        await until(() => answers(round)).catch((error) => {
          throw new Error(`${what}, edit ${round}: ${error.message}`);
        });
      }
    expect(checkout.pods()).toEqual(before);
  });

  test('changes nothing for files that no image is made from', async () => {
    await checkout.session.settled(120);
    const before = checkout.session.builds();
    checkout.write('backends/tasks/README.md', '# Tasks\n');
    checkout.write('backends/tasks/notes.txt', 'remember\n');
    checkout.write(`${turfoo}/tests/test_new.py`, 'def test_new() -> None: ...\n');
    checkout.write(`${turfoo}/src/turfoo/.api.py.swp`, 'an editor\n');
    checkout.write('README.md', '# All\n');
    await new Promise((resolve) => setTimeout(resolve, 5000));
    expect(checkout.session.builds()).toEqual(before);
  });

  test('loses no task while a worker is reloaded under load', async () => {
    const path = 'backends/tasks/app/worker.py';
    checkout.edit(path, /return x \+ y.*/, 'import time; time.sleep(0.2); return x + y');
    const api = checkout.url('tasks-api');
    await until(async () => (await sum(api)) === 3);
    const ids: string[] = [];
    let reloads = 0;
    const reloading = setInterval(() => {
      reloads += 1;
      checkout.write(path, `${checkout.read(path).replace(/\n# reload.*/g, '')}\n# reload ${reloads}\n`);
    }, 3000);
    for (let index = 0; index < 200; index += 1) {
      const posted = await eventually('a task is accepted', 60, () => post(`${api}/add?x=${index}&y=1`));
      ids.push(posted.id);
    }
    clearInterval(reloading);
    process.stderr.write(`200 tasks, ${reloads} reloads\n`);
    expect(reloads).toBeGreaterThan(2);
    await eventually('every task done', 240, async () => {
      const results = await Promise.all(ids.map((id) => fetchJson<Result>(`${api}/results/${id}`)));
      const open = results.filter(({ state }) => state !== 'SUCCESS');
      if (open.length > 0) throw new Error(`${open.length} not done: ${[...new Set(open.map(({ state }) => state))]}`);
      expect(results.map(({ result }) => result)).toEqual(ids.map((_, index) => index + 1));
    });
  });

  test.each([
    ['a replica more', 'taskSeconds: 30', 'taskSeconds: 30\n    replicas: 2'],
    ['another environment variable', 'taskSeconds: 30', 'taskSeconds: 30\n    env: { COLOUR: red }'],
  ])('%s in project.yaml changes that workload only', async (_, from, to) => {
    await checkout.session.settled(120);
    const before = checkout.pods();
    checkout.edit('backends/tasks/infra/project.yaml', from, to);
    const others = (pods: readonly string[]) => pods.filter((pod) => !pod.startsWith('tasks/tasks-worker'));
    await eventually('the worker changed', 120, () => expect(checkout.pods()).not.toEqual(before));
    await checkout.session.settled(120);
    expect(others(checkout.pods())).toEqual(others(before));
  });

  test('keeps what runs while the configuration is wrong, and says what is wrong with it', async () => {
    const path = 'backends/tasks/infra/project.yaml';
    const [right, before] = [checkout.read(path), checkout.pods()];
    try {
      checkout.edit(path, 'kind: celery-worker', 'kind: celery-wroker');
      await eventually('the problem is told', 60, () => {
        expect(checkout.tilt('logs', '(Tiltfile)').stdout).toContain('did you mean "celery-worker"');
      });
      expect(checkout.pods()).toEqual(before);
    } finally {
      checkout.write(path, right);
    }
    await eventually('the Tiltfile is right again', 60, () => {
      expect(checkout.tilt('logs', '(Tiltfile)').stdout.trim()).toMatch(/Successfully loaded Tiltfile[^\n]*$/);
    });
    await checkout.session.settled(120);
  });

  test('is what repoctl stops, starts and rebuilds through', async () => {
    const project = (verb: string) =>
      checkout.repoctl('infra', 'project', verb, 'tasks', '--context', checkout.context);
    const before = checkout.pods().filter((pod) => !pod.startsWith('tasks/'));
    expect(project('stop')).toMatchObject({ status: 0, stderr: expect.stringContaining('Tilt takes its workloads') });
    expect(checkout.pods()).toEqual(before);
    expect(project('start')).toMatchObject({ status: 0, stderr: expect.stringContaining('Tilt starts') });
    await until(async () => (await sum(checkout.url('tasks-api'))) === 3);
    const started = checkout.pods();
    expect(project('rebuild')).toMatchObject({ status: 0, stderr: expect.stringContaining('Tilt rebuilds') });
    const rebuilt = checkout.pods().filter((pod) => !started.includes(pod));
    expect(rebuilt.length).toBeGreaterThan(0);
    expect(rebuilt.filter((pod) => !pod.startsWith('tasks/'))).toEqual([]);
    const job = checkout.repoctl('infra', 'project', 'restart', 'turfoo', 'migrate', '--context', checkout.context);
    expect(job).toMatchObject({ status: 0, stderr: expect.stringContaining('Tilt runs turfoo-migrate again') });
  });

  test('has buttons that can be pressed from a script, too', async () => {
    expect(checkout.tilt('trigger', 'turfoo:seed')).toMatchObject({ status: 0 });
    await eventually('the seed', 60, () => expect(checkout.tilt('logs', 'turfoo:seed').stdout).toContain('accepted'));
    expect(checkout.tilt('trigger', 'turfoo:status')).toMatchObject({ status: 0 });
    await eventually('the report', 60, () =>
      expect(checkout.tilt('logs', 'turfoo:status').stdout).toContain('healthy'),
    );
  });

  test('lives beside the session of another checkout', async () => {
    const other = new Checkout('repoctl-tilt-2', 1500);
    try {
      other.copy('repoctl.yaml');
      other.copy('kind-config.yaml');
      other.edit('repoctl.yaml', /$/, 'global: { minio: false, redisInsight: false }\n');
      other.write('.env.example', 'REDIS_PASSWORD=\n');
      expect(other.repoctl('init', '--yes')).toMatchObject({ status: 0 });
      await other.makeCluster();
      expect(other.repoctl('synth')).toMatchObject({ status: 0 });
      loadPublicImages(other.root, other.plan, other.cluster);
      await other.up(300);
      expect(other.pods()).toEqual(['monorepo/monorepo-redis-0']);
      await checkout.session.settled(60);
      expect(await fetchText(checkout.url('turfoo-api', '/health'))).toContain('up');
    } finally {
      await other.remove();
    }
  });

  test('is to end before repoctl down, which leaves everything stopped', async () => {
    const refused = checkout.repoctl('down');
    expect([refused.status, refused.stderr]).toEqual([2, expect.stringContaining('a Tilt session runs')]);
    await checkout.session.end();
    expect(checkout.repoctl('down')).toMatchObject({ status: 0 });
    const { status, stdout } = checkout.repoctl('status', '--context', checkout.context);
    expect([status, stdout]).toEqual([0, expect.stringMatching(/^turfoo +stopped/m)]);
  });
});
