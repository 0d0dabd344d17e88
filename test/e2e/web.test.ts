import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { images } from '../../charts/common/images.ts';
import { BrowserPage, chromiumPath } from './browser.ts';
import { Checkout } from './checkout.ts';
import { cluster, leaveOutImmudb, loadPublicImages, makeAvailable, provideBases } from './environment.ts';
import { card, Ingest } from './ingest.ts';
import { attempt, eventually, kubectlProxy, run } from './run.ts';
import { Sites, sitesImage } from './sites.ts';

jest.setTimeout(1_200_000);

const hasTilt = attempt('sh', ['-c', 'command -v tilt']).status === 0;
const missing = [...(chromiumPath ? [] : ['Chromium']), ...(hasTilt ? [] : ['tilt'])];
if (missing.length > 0) process.stderr.write(`not on PATH: ${missing.join(', ')}; the tests of apps/web are skipped\n`);

const repository = join(import.meta.dirname, '..', '..');
const [turfoo, monitor] = ['backends/svc-turfoo-ingest', 'backends/svc-status-monitor'];
const projectFile = (folder: string) => `${folder}/infra/project.yaml`;
const edits = 10;

interface Pod {
  readonly spec: {
    readonly initContainers?: readonly { readonly name: string }[];
    readonly containers: readonly {
      readonly image: string;
      readonly securityContext: { readonly readOnlyRootFilesystem?: boolean; readonly runAsUser?: number };
    }[];
  };
  readonly status: {
    readonly conditions: readonly {
      readonly type: string;
      readonly status: string;
      readonly lastTransitionTime: string;
    }[];
    readonly containerStatuses: readonly { readonly state: { readonly running?: { readonly startedAt: string } } }[];
  };
}

(missing.length === 0 ? describe : describe.skip)('apps/web', () => {
  const checkout = new Checkout(cluster, 0);
  let proxy: { url: string; stop(): void };
  let sites: Sites;
  let browser: BrowserPage;
  let forward: ReturnType<typeof spawn> | undefined;

  const podOf = (namespace: string, workload: string): Pod => {
    const labels = ['-l', `app.kubernetes.io/name=${workload}`, '-o', 'json'];
    const { items } = JSON.parse(checkout.kubectl('get', 'pods', '-n', namespace, ...labels)) as { items: Pod[] };
    const [pod] = items;
    if (!pod) throw new Error(`no pod of ${namespace}/${workload}`);
    return pod;
  };
  const address = (): string => {
    const all = checkout.plan.namespaces.flatMap(({ workloads }) => workloads);
    return `http://localhost:${all.find(({ object }) => object === 'web-site')?.ports[0]?.hostPort}`;
  };
  const service = (namespace: string, name: string) =>
    `${proxy.url}/api/v1/namespaces/${namespace}/services/${name}/proxy`;
  const section = (name: string) => browser.page.getByRole('region', { name });
  const row = (name: string) => browser.page.getByRole('row').filter({ hasText: name });
  /** Marks the page that is open: another one has no mark. */
  const mark = () => browser.page.evaluate(() => Object.assign(globalThis, { marked: true }));
  const isMarked = () => browser.page.evaluate(() => 'marked' in globalThis);

  /** Ends it, and gives its ports back. */
  async function stopForward(): Promise<void> {
    const running = forward;
    forward = undefined;
    if (!running || running.exitCode !== null) return;
    const exited = new Promise((resolve) => running.once('exit', resolve));
    running.kill();
    await exited;
  }

  beforeAll(async () => {
    for (const path of ['repoctl.yaml', '.env.example', 'kind-config.yaml', turfoo, monitor, 'apps'])
      checkout.copy(path);
    if (makeAvailable([images.immudb]).length === 0) leaveOutImmudb(`${checkout.root}/${turfoo}/infra`);
    // Web consoles only cost time here.
    checkout.edit(projectFile(turfoo), / {2}pgadmin: .*\n/, '');
    checkout.edit(`${turfoo}/infra/.env.example`, /PGADMIN_PASSWORD=.*\n/, '');
    checkout.edit('repoctl.yaml', /$/, 'global: { redisInsight: false }\n');
    expect(checkout.repoctl('init', '--yes')).toMatchObject({ status: 0 });
    makeAvailable([images.registry]);
    await checkout.makeCluster();
    provideBases(checkout.root);
    loadPublicImages(checkout.root, checkout.plan, checkout.cluster);
    run('kind', ['load', 'docker-image', '--name', checkout.cluster, ...makeAvailable([sitesImage])]);
    proxy = await kubectlProxy(checkout.context);
    sites = new Sites(proxy.url);
    await sites.start();
    browser = await BrowserPage.open();
  });

  afterAll(async () => {
    await browser?.close();
    await stopForward();
    proxy?.stop();
    await checkout.remove();
  });

  describe('from its production image', () => {
    let developed: string;
    beforeAll(() => {
      developed = checkout.read(projectFile('apps/web'));
      for (const folder of [turfoo, monitor, 'apps/web'])
        checkout.edit(projectFile(folder), / {4}localTarget: .*\n/, '');
      checkout.edit(projectFile(turfoo), / {4}localCommand:\s*\[[^\]]*\]\n/, '');
      // Without it the root file system is read-only, as in production.
      checkout.edit(projectFile('apps/web'), / {4}sync:\n(?: {6}- .*\n)+/, '');
      const started = checkout.repoctl('infra', 'project', 'start', 'web', '--context', checkout.context);
      expect([started.status, started.status === 0 ? '' : started.stderr]).toEqual([0, '']);
    });

    afterAll(() => checkout.write(projectFile('apps/web'), developed));

    test('starts under restricted security, after both APIs answer', () => {
      const { spec, status } = podOf('web', 'site');
      expect(spec.containers[0]?.securityContext).toMatchObject({ readOnlyRootFilesystem: true });
      const enforced = 'jsonpath={.metadata.labels.pod-security\\.kubernetes\\.io/enforce}';
      expect(checkout.kubectl('get', 'namespace', 'web', '-o', enforced)).toBe('restricted');
      const began = status.containerStatuses[0]?.state.running?.startedAt ?? '';
      for (const namespace of ['turfoo', 'status']) {
        const ready = podOf(namespace, 'api').status.conditions.find(({ type }) => type === 'Ready');
        expect([namespace, ready?.status, (ready?.lastTransitionTime ?? '9') <= began]).toEqual([
          namespace,
          'True',
          true,
        ]);
      }
    });

    test('shows races and monitors as they appear and change', async () => {
      const program = join(repository, 'bin', 'repoctl.mjs');
      forward = spawn(
        process.execPath,
        [program, 'infra', 'project', 'forward', 'web', '--context', checkout.context],
        { cwd: checkout.root, env: { ...process.env, ...checkout.env }, stdio: 'ignore' },
      );
      await eventually('the page answers', 60, async () =>
        expect((await fetch(`${address()}/health`)).status).toBe(200),
      );
      await browser.page.goto(address());
      await section('Races').getByText('No race card has been ingested yet.').waitFor();
      await section('Monitors').getByText('No URL is watched yet.').waitFor();
      await mark();
      await browser.picture('1-empty');

      const posted = card('2026-11-28', 3);
      await new Ingest(service('turfoo', 'turfoo-api:8000')).post(posted);
      await row(posted.id).getByText(posted.course).waitFor();
      for (const name of ['1', '2']) {
        const body = JSON.stringify({ url: `${sites.address}/site/${name}`, interval_seconds: 1 });
        const response = await fetch(`${service('status', 'status-api:8080')}/monitors`, { method: 'POST', body });
        expect(response.status).toBe(201);
      }
      await row('/site/1').getByText('up', { exact: true }).waitFor();
      await row('/site/2').getByText('up', { exact: true }).waitFor();
      await browser.picture('2-up');

      await sites.change('2', 1);
      await row('/site/2').getByText('down', { exact: true }).waitFor();
      await row('/site/1').getByText('up', { exact: true }).waitFor();
      await browser.picture('3-down');
      expect(await isMarked()).toBe(true);
    });

    test('keeps what it shows while an API is away, says so, and goes on', async () => {
      const scale = (replicas: number) =>
        checkout.kubectl('scale', 'deployment/turfoo-api', '-n', 'turfoo', `--replicas=${replicas}`);
      scale(0);
      await section('Races').getByRole('alert').waitFor();
      await row('2026-11-28-ASC-3').waitFor();
      await browser.picture('4-api-away');
      expect(
        checkout.kubectl('get', 'deployment/web-site', '-n', 'web', '-o', 'jsonpath={.status.readyReplicas}'),
      ).toBe('1');
      scale(1);
      await section('Races').getByRole('alert').waitFor({ state: 'detached', timeout: 180_000 });
      expect(await isMarked()).toBe(true);
      await stopForward();
    });
  });

  describe('under Tilt', () => {
    const races = 'apps/web/components/races.tsx';
    beforeAll(async () => {
      await checkout.up(900, 'web');
      await browser.page.goto(address(), { timeout: 180_000 });
      await row('2026-11-28-ASC-3').waitFor();
      await mark();
    });

    test('fast refresh brings a saved component into the page that is open', async () => {
      const before = checkout.pods();
      const seconds: number[] = [];
      for (let round = 1; round <= edits; round++) {
        const began = performance.now();
        checkout.edit(races, /title="Races.*"/, `title="Races ${round}"`);
        await section(`Races ${round}`).waitFor();
        seconds.push((performance.now() - began) / 1000);
        await new Promise((resolve) => setTimeout(resolve, 1500));
      }
      const median = seconds.toSorted((a, b) => a - b)[edits >> 1] ?? 0;
      const each = seconds.map((one) => one.toFixed(2)).join(' ');
      process.stderr.write(
        `a component: ${median.toFixed(2)} s from a saved file to the changed page, the median of ${each}\n`,
      );
      await browser.picture('5-fast-refresh');
      expect(await isMarked()).toBe(true);
      expect(checkout.pods()).toEqual(before);
    });

    test('a saved file of a shared package does, too', async () => {
      const before = checkout.pods();
      const client = 'apps/packages/api-client/src/client.ts';
      checkout.edit(client, 'return items as Item[];', 'return items.slice(2) as Item[];');
      await row('/site/1').waitFor({ state: 'detached' });
      await row('/site/2').waitFor({ state: 'detached' });
      checkout.edit(client, 'return items.slice(2) as Item[];', 'return items as Item[];');
      await row('/site/1').waitFor();
      expect(checkout.pods()).toEqual(before);
    });

    test("another project's file triggers nothing; one that the image is made from makes a new image", async () => {
      await checkout.session.settled(120);
      const [builds, pods] = [checkout.session.builds(), checkout.pods()];
      for (const [path, text] of [
        ['apps/README.md', '# Apps\n'],
        ['apps/package-of-nobody.ts', 'export const nothing = 1;\n'],
        ['apps/packages/api-client/test/new.test.ts', 'export {};\n'],
        ['apps/web/infra/notes.txt', 'remember\n'],
        [`${turfoo}/tests/test_new.py`, 'def test_new() -> None: ...\n'],
        [`${monitor}/internal/store/new_test.go`, 'package store\n'],
      ] as const)
        checkout.write(path, text);
      await new Promise((resolve) => setTimeout(resolve, 5000));
      expect(checkout.session.builds()).toEqual(builds);
      expect(checkout.pods()).toEqual(pods);

      checkout.edit('apps/web/next.config.ts', 'poweredByHeader: false', 'poweredByHeader: true');
      await eventually('a new pod', 300, () => {
        const changed = checkout.pods().filter((pod) => !pods.includes(pod));
        expect(changed).toEqual([expect.stringMatching(/^web\/web-site-/)]);
      });
    });
  });
});
