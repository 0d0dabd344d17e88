import { execFileSync } from 'node:child_process';
import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from '@jest/globals';
import { copyFixture, copyRepository, repository } from '../synth/repository.ts';
import {
  type Call,
  callsOf,
  describeStarlark,
  makeRecorder,
  type Question,
  type Recording,
  record,
} from './recorder.ts';

/** Takes away what runs remember; what they made stays. */
const forget = (root: string) => rmSync(join(root, 'node_modules', '.cache', 'repoctl', 'local.json'), { force: true });

/** A repository as `repoctl init` leaves it, whose Tiltfile loads this repository's modules. */
function withTiltfile(root: string): string {
  const module = join(repository, 'tilt', 'repoctl.star');
  writeFileSync(join(root, 'Tiltfile'), `load('${relativeTo(root, module)}', 'repoctl')\nrepoctl()\n`);
  cpSync(join(repository, 'kind-config.yaml'), join(root, 'kind-config.yaml'));
  return root;
}

/** Those of several kinds without the chart, which would run each time. */
function withoutChart(): string {
  const root = copyFixture('polyglot');
  rmSync(join(root, 'backends/svc-search/infra/chart.ts'));
  return withTiltfile(root);
}

/** Tilt reads what does not begin with a dot as an extension's name. */
const relativeTo = (root: string, path: string): string =>
  execFileSync('realpath', ['--relative-to', root, path], { encoding: 'utf8' }).trim();

const run = (root: string, question: Partial<Question> = {}): Promise<Recording> =>
  record({ main: join(root, 'Tiltfile'), ...question });

/** The calls of a builtin by their name, or what else names them. */
const byName = (recording: Recording, builtin: string, key: string): Record<string, Call['kwargs']> =>
  Object.fromEntries(callsOf(recording, builtin).map(({ kwargs }) => [kwargs[key], kwargs]));

describeStarlark('the Tiltfile of many kinds of project', () => {
  let root: string;
  let all: Recording;
  let plain: string;
  beforeAll(async () => {
    makeRecorder();
    root = withTiltfile(copyFixture('polyglot'));
    all = await run(root);
    plain = withoutChart();
  });
  const resources = () => byName(all, 'k8s_resource', 'workload');
  const locals = () => byName(all, 'local_resource', 'name');

  test('loads', () => expect(all.error).toBeUndefined());

  test('needs a Tilt that knows ci_settings(readiness_timeout)', () => {
    expect(callsOf(all, 'version_settings')).toMatchObject([{ kwargs: { constraint: '>=0.35.0' } }]);
  });

  test('builds an image for each stage of a Dockerfile, as repoctl builds it', () => {
    expect(byName(all, 'docker_build', 'ref')['billing-app:local']).toMatchObject({
      context: join(root, 'backends/svc-billing'),
      dockerfile: join(root, 'backends/svc-billing/Dockerfile'),
      target: 'development',
    });
  });

  test('syncs sources into running containers; what they are made with needs a new image', () => {
    expect(byName(all, 'docker_build', 'ref')['web-page:local']?.live_update).toEqual([
      { is: 'sync', args: [join(root, 'apps/web/app'), '/srv/app'] },
    ]);
    expect(byName(all, 'docker_build', 'ref')['status-monitor:local']?.live_update).toEqual([]);
  });

  test('builds by buildx what has several contexts, and for the one platform that is named', async () => {
    const own = withoutChart();
    const folder = join(own, 'backends/svc-status-monitor');
    const path = join(folder, 'infra/project.yaml');
    const more = 'additionalContexts: { shared: infra, node: "docker-image://node:24" }\n    platforms: [linux/arm64]';
    const text = readFileSync(path, 'utf8');
    writeFileSync(path, text.replace('rebuildOn: [go.mod]', `sync: [{ from: ., to: /src }]\n    ${more}`));
    const dockerfile = join(folder, 'Dockerfile');
    writeFileSync(dockerfile, `${readFileSync(dockerfile, 'utf8')}COPY --from=shared . /x\nCOPY --from=node / /y\n`);
    const recording = await run(own);
    expect(recording.error).toBeUndefined();
    expect(byName(recording, 'docker_build', 'ref')['status-monitor:local']).toBeUndefined();
    const { command, deps, live_update } = byName(recording, 'custom_build', 'ref')['status-monitor:local'] ?? {};
    expect(command.slice(0, 4)).toEqual([
      ...['sh', '-c', 'docker buildx build --load --tag "$EXPECTED_REF" "$@"', 'build'],
    ]);
    expect(command.join(' ')).toContain(
      `--platform linux/arm64 --build-context shared=${join(folder, 'infra')} --build-context node=docker-image://node:24 ${folder}`,
    );
    expect(deps).toEqual([folder, dockerfile, join(folder, 'infra')]);
    expect(live_update).toEqual([{ is: 'sync', args: [folder, '/src'] }]);
  });

  test('builds a new image for what only looks like a source', async () => {
    const own = withoutChart();
    const path = join(own, 'backends/svc-status-monitor/infra/project.yaml');
    const text = readFileSync(path, 'utf8');
    writeFileSync(path, text.replace('rebuildOn: [go.mod]', 'sync: [{ from: ., to: /src }]\n    rebuildOn: [go.mod]'));
    const folder = join(own, 'backends/svc-status-monitor');
    expect(byName(await run(own), 'docker_build', 'ref')['status-monitor:local']?.live_update).toEqual([
      { is: 'fall_back_on', args: [[join(folder, 'go.mod')]] },
      { is: 'sync', args: [folder, '/src'] },
    ]);
  });

  test('leaves claims to what outlives tilt down, and has all other objects in a resource', async () => {
    const own = withoutChart();
    writeFileSync(
      join(own, 'backends/svc-search/infra/manifests/claim.yaml'),
      'apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: { name: archive }\nspec:\n' +
        '  accessModes: [ReadWriteOnce]\n  resources: { requests: { storage: 1Gi } }\n',
    );
    const recording = await run(own);
    expect(recording.error).toBeUndefined();
    expect(readFileSync(join(own, 'dist/local/search.k8s.yaml'), 'utf8')).toMatch(/^kind: PersistentVolumeClaim$/m);
    expect(JSON.stringify(recording.calls)).not.toMatch(/\\nkind: PersistentVolumeClaim|persistentvolumeclaim/);
  });

  test('starts pods of a project’s own manifests after its Secrets, in its group', async () => {
    for (const name of ['search-dashboard', 'search-journal', 'search-prune', 'search-watch'])
      expect(resources()[name]).toMatchObject({ labels: ['search'], resource_deps: ['search:secrets'] });
    const [call] = callsOf(await run(plain, { arguments: ['search'] }), 'config.set_enabled_resources');
    expect(call?.args[0]).toEqual(expect.arrayContaining(['search-dashboard', 'search-journal', 'search-prune']));
  });

  test('applies no namespace: it is made with the Secrets, and outlives tilt down', () => {
    const applied = callsOf(all, 'k8s_yaml').map(({ args }) => String(args[0]));
    expect(applied).toHaveLength(5);
    expect(applied.join('\n')).not.toMatch(/^kind: Namespace$/m);
    expect(applied.join('\n')).toMatch(/^kind: StatefulSet$/m);
    // Those of the configuration are what the namespaces have.
    expect(readFileSync(join(root, 'dist/local/billing.k8s.yaml'), 'utf8')).toMatch(/^kind: Namespace$/m);
  });

  test('names resources as the plan does, whatever hash a job has after its name', async () => {
    const jobs = resources()['billing-migrate'];
    expect(jobs).toBeDefined();
    const job = /name: (billing-migrate-[0-9a-f]+)/.exec(
      readFileSync(join(root, 'dist/local/billing.k8s.yaml'), 'utf8'),
    );
    const { names } = await run(root, {
      workloads: [
        ['job', 'billing', job?.[1] ?? ''],
        ['StatefulSet', 'billing', 'billing-reports'],
        ['cronjob', 'search', 'prune'],
        ['deployment', 'search', 'search-extra'],
      ],
    });
    expect(names).toEqual(['billing-migrate', 'billing-reports', 'search-prune', 'search-extra']);
  });

  test('groups resources by project, and the global tier', () => {
    expect(resources()['billing-postgres']?.labels).toEqual(['billing']);
    expect(resources()['polyglot-redis']?.labels).toEqual(['global']);
  });

  test('starts migrations before the workloads, and both after the Secrets', () => {
    expect(resources()['billing-migrate']?.resource_deps).toEqual([
      'billing:secrets',
      'billing-postgres',
      'billing-reports',
    ]);
    expect(resources()['billing-mail']?.resource_deps).toEqual(
      expect.arrayContaining(['billing:secrets', 'billing-migrate']),
    );
    expect(resources()['web-page']?.resource_deps).toContain('status-api');
  });

  test('runs a migration again when it is asked to, not whenever a source file is synced', () => {
    expect(resources()['billing-migrate']?.trigger_mode).toBe('manual');
    expect(resources()['billing-mail']?.trigger_mode).toBe('auto');
    // It has no sources, and follows its configuration.
    expect(resources()['search-smoke']?.trigger_mode).toBe('auto');
  });

  test('waits for no pod of what is due later', () => {
    expect(resources()['billing-close-day']?.pod_readiness).toBe('ignore');
    expect(resources()['billing-mail']?.pod_readiness).toBe('');
  });

  test('opens the fixed ports', () => {
    expect(resources()['billing-reports']?.port_forwards).toEqual([
      { is: 'port_forward', args: [], local_port: 15433, container_port: 5432, name: 'postgres' },
    ]);
    const ports = Object.values(resources()).flatMap((each) =>
      ((each.port_forwards ?? []) as { local_port: number }[]).map(({ local_port }) => local_port),
    );
    expect(new Set(ports).size).toBe(ports.length);
  });

  test('keeps what belongs to a workload with it, and the rest of a namespace together', () => {
    expect(resources()['billing-mail']?.objects).toEqual(['billing-mail-module:configmap:billing']);
    const groups = byName(all, 'k8s_resource', 'new_name');
    expect(groups['search:objects']?.objects).toEqual(expect.arrayContaining([expect.stringContaining(':configmap:')]));
  });

  test('puts the Secrets in whenever a .env changes', () => {
    const { cmd, deps, trigger_mode } = locals()['billing:secrets'] ?? {};
    expect(cmd.slice(2)).toEqual(['secrets', 'apply', '--context', 'kind-monorepo', '--profile', 'local', 'billing']);
    expect(deps).toEqual(
      expect.arrayContaining(['backends/svc-billing/infra/.env', 'backends/svc-billing/infra/.env.example']),
    );
    expect(trigger_mode).toBe('auto');
  });

  test('puts no Secret of a project in with those of the global tier', () => {
    const { cmd } = locals()['polyglot:secrets'] ?? {};
    expect(cmd.slice(2)).toEqual(['secrets', 'apply', '--context', 'kind-monorepo', '--profile', 'local', 'polyglot']);
  });

  test('has buttons', () => {
    const buttons = Object.entries(locals()).filter(([, each]) => each.trigger_mode === 'manual');
    expect(buttons.map(([name]) => name)).toEqual(
      expect.arrayContaining(['billing:psql', 'billing:reports-psql', 'billing:reset', 'billing:status']),
    );
    for (const [, button] of buttons) expect(button.auto_init).toBe(false);
  });

  test.each([
    ['a project', ['web'], ['web-page', 'status-api', 'status-probe'], ['billing-mail', 'search-meilisearch']],
    ['a folder', ['backends/svc-billing'], ['billing-mail', 'billing:psql'], ['web-page', 'status-api']],
    ['an object', ['billing-mail'], ['billing-mail', 'billing-migrate', 'billing-reports'], ['billing-invoices']],
    [
      'a service',
      ['billing-postgres'],
      ['billing-postgres', 'billing:secrets'],
      ['billing-migrate', 'billing-reports'],
    ],
  ])('enables %s and what it needs', async (_, names, some, none) => {
    const [call] = callsOf(await run(plain, { arguments: names }), 'config.set_enabled_resources');
    expect(call?.args[0]).toEqual(expect.arrayContaining(some));
    for (const name of none) expect(call?.args[0]).not.toContain(name);
  });

  test('enables everything if nothing is named', () => {
    expect(callsOf(all, 'config.set_enabled_resources')).toMatchObject([{ args: [[]] }]);
  });

  test('says which names there are', async () => {
    expect((await run(plain, { arguments: ['webb'] })).error).toMatch(
      /no project or object "webb"; allowed: billing, search, status, web, and objects such as/,
    );
  });

  test('watches what the manifests are made from, and no more', () => {
    const watched = callsOf(all, 'watch_file').map(({ args }) => String(args[0]).slice(root.length + 1));
    expect(watched).toEqual(
      expect.arrayContaining([
        'repoctl.yaml',
        'apps/web/infra/project.yaml',
        'backends/svc-billing/infra/init',
        'backends/svc-search/infra/chart.ts',
        'backends/svc-search/infra/manifests',
      ]),
    );
    for (const folder of ['', 'backends', 'apps', 'apps/web', 'apps/web/infra']) expect(watched).not.toContain(folder);
  });

  test('ignores what it writes, and what tools leave behind', () => {
    const [settings] = callsOf(all, 'watch_settings');
    expect(settings?.kwargs.ignore).toEqual(expect.arrayContaining(['dist', '**/__pycache__', '**/*.sw?']));
  });
});

describeStarlark('the Tiltfile, when something is wrong', () => {
  beforeAll(makeRecorder);
  const broken = (file: string, text: string): Promise<Recording> => {
    const root = withTiltfile(copyRepository());
    writeFileSync(join(root, file), text);
    return run(root);
  };
  const project = 'backends/svc-turfoo-ingest/infra/project.yaml';

  const watched = (recording: Recording) => callsOf(recording, 'watch_file').map(({ args }) => String(args[0]));
  const warnings = (recording: Recording) => callsOf(recording, 'warn').map(({ args }) => String(args[0]));
  const applied = (recording: Recording) => callsOf(recording, 'k8s_yaml').map(({ args }) => String(args[0]));

  test('says what is wrong with the environment, and watches for it to be mended', async () => {
    const recording = await broken('repoctl.yaml', 'projects: [\n');
    expect(recording.error).toContain('repoctl.yaml:');
    expect(watched(recording)).toEqual(expect.arrayContaining([expect.stringMatching(/\/repoctl.yaml$/)]));
    expect(applied(recording)).toEqual([]);
  });

  test.each([
    ['its text', 'name: turfoo\nimages: [', `${project}:2:10: not valid YAML`],
    ['a field', 'nam: turfoo\n', `${project}:1:1: name: required`],
  ])('says what is wrong with a project, and watches for it to be mended: %s', async (_, text, message) => {
    const recording = await broken(project, text);
    expect([recording.error, warnings(recording)]).toEqual([undefined, [expect.stringContaining(message)]]);
    expect(watched(recording)).toEqual(expect.arrayContaining([expect.stringMatching(new RegExp(`/${project}$`))]));
  });

  test('refuses to start a project of which nothing good is known', async () => {
    const root = withTiltfile(copyRepository());
    writeFileSync(join(root, project), 'nam: turfoo\n');
    expect((await run(root, { arguments: ['backends/svc-turfoo-ingest'] })).error).toContain(
      `${project}:1:1: name: required`,
    );
  });

  test('goes on with the last good state of a project that is wrong, and with the new one of the others', async () => {
    const root = withTiltfile(copyFixture('polyglot'));
    const [wrong, changed] = ['backends/svc-search/infra/project.yaml', 'backends/svc-billing/infra/project.yaml'];
    const right = readFileSync(join(root, wrong), 'utf8');
    const before = await run(root);
    writeFileSync(join(root, wrong), right.replace(/kind: \S+/, 'kind: wroker'));
    const text = readFileSync(join(root, changed), 'utf8');
    writeFileSync(join(root, changed), text.replace(/replicas: \d+|kind: http/, '$&\n    env: { COLOUR: red }'));
    for (const remembered of [true, false]) {
      if (!remembered) forget(root);
      const recording = await run(root);
      expect(recording.error).toBeUndefined();
      expect(warnings(recording)).toEqual([expect.stringContaining('"wroker"')]);
      const search = (each: Recording) => applied(each).filter((manifest) => /^ +namespace: search$/m.test(manifest));
      expect([search(recording), search(recording).length]).toEqual([search(before), 1]);
      expect(applied(recording).join()).toMatch(/name: COLOUR/);
      expect(readFileSync(join(root, 'dist/local/search.k8s.yaml'), 'utf8')).toContain('kind:');
    }
    writeFileSync(join(root, wrong), right);
    expect(warnings(await run(root))).toEqual([]);
  });

  test('runs another profile for development, which its buttons know, too', async () => {
    const root = withTiltfile(copyRepository());
    const path = join(root, 'repoctl.yaml');
    const mine =
      'profiles:\n  alice: { extends: external, managed: [redis], namespacePrefix: alice-, portOffset: 1000 }\n';
    writeFileSync(path, readFileSync(path, 'utf8').replace('profiles:\n', mine));
    const recording = await run(root, { profile: 'alice' });
    expect(recording.error).toBeUndefined();
    const found = byName(recording, 'local_resource', 'name');
    expect(Object.keys(found)).toEqual(expect.arrayContaining(['alice-monorepo:secrets', 'alice-turfoo:status']));
    for (const { cmd } of Object.values(found)) expect(cmd.join(' ')).toContain('--profile alice');
    const api = byName(recording, 'k8s_resource', 'workload')['turfoo-api'];
    expect(api).toMatchObject({ labels: ['alice-turfoo'], port_forwards: [{ local_port: 19_000 }] });
    expect(readdirSync(join(root, 'dist'))).toEqual(['alice']);
    // A project keeps its own name, too.
    const named = await run(root, { profile: 'alice', arguments: ['turfoo'] });
    expect(named.error).toBeUndefined();
    expect(callsOf(named, 'config.set_enabled_resources')[0]?.args[0]).toContain('turfoo-api');
    expect((await run(root, { profile: 'production' })).error).toContain(
      'the profile production is not for development',
    );
    expect((await run(root, { profile: 'alise' })).error).toContain('did you mean "alice"?');
  });

  test.each([
    ['no cluster', '', /there is no cluster; repoctl up creates one/],
    [
      'the cluster of another folder',
      'kind-other',
      /the context is kind-other, the cluster of this folder is kind-monorepo \(kind-config.yaml\); tilt up --context kind-monorepo/,
    ],
  ])('refuses %s', async (_, context, message) => {
    const root = withTiltfile(copyRepository());
    expect((await run(root, { context })).error).toMatch(message);
  });

  test('takes a cluster that is not of kind if repoctl.yaml names it, and only then', async () => {
    const root = withTiltfile(copyRepository());
    expect((await run(root, { context: 'minikube' })).error).toContain('cluster.context in repoctl.yaml');
    const path = join(root, 'repoctl.yaml');
    writeFileSync(path, `${readFileSync(path, 'utf8')}\ncluster: { context: minikube }\n`);
    expect((await run(root, { context: 'minikube' })).error).toBeUndefined();
  });
});

describeStarlark('the sample project’s commands', () => {
  beforeAll(makeRecorder);
  const root = () => withTiltfile(copyRepository());

  test('are buttons', async () => {
    const { 'turfoo:seed': seed } = byName(await run(root()), 'local_resource', 'name');
    expect(seed).toMatchObject({ auto_init: false, trigger_mode: 'manual', labels: ['turfoo'] });
    expect(seed?.cmd.slice(2)).toEqual([
      ...['infra', 'project', 'run', 'turfoo', 'seed'],
      ...['--context', 'kind-monorepo', '--profile', 'local'],
    ]);
  });

  test('that are tests run at the end of tilt ci', async () => {
    const answer = execFileSync(
      process.execPath,
      [join(repository, 'bin/repoctl.mjs'), 'tiltfile', '--context', 'kind-monorepo'],
      {
        cwd: repository,
        encoding: 'utf8',
      },
    );
    const recording = await record({ main: join(repository, 'Tiltfile'), subcommand: 'ci', local: answer });
    const { 'turfoo:smoke': smoke, 'turfoo:seed': seed } = byName(recording, 'local_resource', 'name');
    expect(smoke?.auto_init).toBe(true);
    expect(smoke?.resource_deps).toEqual(expect.arrayContaining(['turfoo-api', 'turfoo-celery-worker']));
    expect(seed?.auto_init).toBe(false);
  });
});
