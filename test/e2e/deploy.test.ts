import { cpSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import {
  cluster,
  context,
  ensureCluster,
  kubectl,
  leaveOutImmudb,
  repoctl as mustSucceed,
  readPlan,
} from './environment.ts';
import { loadProductionImages, supplySecrets, useLoadedImages } from './production.ts';
import { attempt, type Outcome, run } from './run.ts';
import { ledgerYaml, SmallEnvironment } from './small-environment.ts';

jest.setTimeout(360_000);

const repository = join(import.meta.dirname, '..', '..');
const project = 'backends/svc-turfoo-ingest';
const real = ['--profile', 'production', '--context', context];

/** What a command ended with, and what it said if that is not as expected. */
const ended = ({ status, stdout, stderr }: Outcome, expected = 0) => [
  status,
  status === expected ? '' : stdout + stderr,
];
const field = (what: string, namespace: string, path: string): string =>
  kubectl('get', what, '-n', namespace, '-o', `jsonpath=${path}`).stdout;

beforeAll(() => {
  ensureCluster();
  kubectl('delete', 'namespace', '--selector', 'app.kubernetes.io/managed-by=repoctl', '--wait');
});

describe('this repository in production', () => {
  let root: string;
  const repoctl = (...args: string[]): Outcome =>
    attempt(process.execPath, [join(repository, 'bin', 'repoctl.mjs'), ...args, ...real], { cwd: root });
  const deployed = (...more: string[]) => repoctl('deploy', '--yes', '--timeout', '180', ...more);

  beforeAll(() => {
    root = mkdtempSync(join(tmpdir(), 'repoctl-deploy-'));
    for (const path of ['repoctl.yaml', '.env.example', project]) {
      const filter = (source: string) => !/\.venv|__pycache__|\.env$/.test(source);
      cpSync(join(repository, path), join(root, path), { recursive: true, filter });
    }
    symlinkSync(join(repository, 'node_modules'), join(root, 'node_modules'));
    leaveOutImmudb(join(root, project, 'infra'));
    useLoadedImages(root);
    mustSucceed(root, 'synth', '--profile', 'production');
    loadProductionImages(root);
  });

  afterAll(() => {
    kubectl('delete', 'namespace', 'monorepo', 'turfoo', '--ignore-not-found', '--wait=false');
    rmSync(root, { recursive: true, force: true });
  });

  test('is not deployed while Secrets are missing: each is named with its keys', () => {
    const refused = deployed();
    expect(refused.status).toBe(3);
    expect(refused.stderr).toContain('there is no Secret turfoo/turfoo-postgres; it needs POSTGRES_PASSWORD');
    expect(refused.stderr).toContain('Nothing was applied');
  });

  test('is deployed, and then there is nothing to change', () => {
    supplySecrets(readPlan(root, 'production'));
    expect(ended(deployed())).toEqual([0, '']);
    const diff = repoctl('diff');
    expect([diff.status, diff.stdout]).toEqual([0, 'Nothing to change.\n']);
    expect(ended(repoctl('status'))).toEqual([0, '']);
  });

  test('stays as it was where an image of the next version is missing, and says why', () => {
    const pods = () =>
      field('pods', 'turfoo', '{.items[?(@.metadata.labels.app\\.kubernetes\\.io/component!="job")].metadata.uid}');
    const before = pods();
    const failed = deployed('turfoo', '--image-tag', '9.9.9', '--timeout', '45');
    expect(failed.status).toBe(1);
    expect(failed.stderr).toContain('turfoo was rolled back');
    expect(failed.stderr).toMatch(/turfoo-app:9\.9\.9/);
    // Its migrations come first, and had no image: no workload was touched.
    expect(pods()).toBe(before);
    expect(repoctl('diff').stdout).toBe('Nothing to change.\n');
    expect(ended(repoctl('status'))).toEqual([0, '']);
  });
});

describe('a project with a database', () => {
  const small = new SmallEnvironment('shipped', cluster);
  const { kubectl: ask, sql } = small;
  const repoctl = (...args: string[]) => small.repoctl(...args, ...real);
  const deployed = (...more: string[]) => repoctl('deploy', '--yes', '--timeout', '120', ...more);
  const yaml = (text: string) => small.write('apps/ledger/infra/project.yaml', text);
  const jobs = () => field('jobs', 'ledger', '{.items[*].metadata.uid}');

  beforeAll(() => {
    small.clear('shipped', 'ledger', 'book');
    small.write(
      'repoctl.yaml',
      `${small.read('repoctl.yaml')}profiles:\n  production: { images: { registry: registry.example.com/shipped, tag: 1.0.0 } }\n`,
    );
    mustSucceed(small.root, 'synth', '--profile', 'production');
    small.loadImages();
    supplySecrets(readPlan(small.root, 'production'));
  });

  afterAll(() => {
    kubectl('delete', 'namespace', 'shipped', 'ledger', '--ignore-not-found', '--wait=false');
    small.remove();
  });

  test('needs somebody to answer, and the cluster by its name', () => {
    const unanswered = repoctl('deploy');
    expect([unanswered.status, unanswered.stderr]).toEqual([2, expect.stringContaining('Answer with --yes')]);
    const nowhere = small.repoctl('diff', '--profile', 'production');
    expect([nowhere.status, nowhere.stderr]).toEqual([2, expect.stringContaining('--context NAME')]);
    const local = small.repoctl('deploy', '--profile', 'local', '--context', context);
    expect([local.status, local.stderr]).toEqual([2, expect.stringContaining('is for development')]);
    expect(ask('get', 'deployments', '-n', 'ledger', '-o', 'name')).toBe('');
  });

  test('has nothing to go back to as long as no deployment of it has succeeded', () => {
    const whole = small.read('apps/ledger/infra/project.yaml');
    const outcomes = ['1.0.0', '1.0.1'].map((tag) => {
      small.edit(/(keeper:\n {4}kind: worker\n {4}image: )\S+/, `$1registry.example.com/none:${tag}`);
      return deployed();
    });
    yaml(whole);
    for (const { status, stderr } of outcomes)
      expect([status, stderr]).toEqual([
        1,
        expect.stringContaining('no deployment of it has succeeded before, so that what was applied stays'),
      ]);
    expect(field('deployment/ledger-keeper', 'ledger', '{.spec.template.spec.containers[0].image}')).toMatch(
      /:1\.0\.1$/,
    );
  });

  test('is deployed: its migration ran once, and no command for development may touch it', () => {
    expect(ended(deployed())).toEqual([0, '']);
    sql('insert into entries values (7)');
    const before = jobs();
    small.edit('stopSeconds: 1', 'stopSeconds: 2');
    const diff = repoctl('diff');
    expect([diff.status, diff.stdout]).toEqual([
      1,
      expect.stringContaining('  ~ deployment ledger-keeper (replaces its pods)'),
    ]);
    expect(ended(deployed())).toEqual([0, '']);
    expect([jobs(), sql('select id from entries')]).toEqual([before, '7']);
    expect(small.project('stop', 'ledger', '--context', context).status).toBe(2);
  });

  test('is healthy by kind and name where Argo CD has overwritten the labels of its objects', () => {
    const label = 'app.kubernetes.io/instance=argo-app';
    ask('label', 'deployment,statefulset,service,job', '--all', '-n', 'ledger', '--overwrite', label);
    const status = repoctl('status', 'ledger', '-o', 'json');
    const { tiers } = JSON.parse(status.stdout) as { tiers: { namespace: string; services: { name: string }[] }[] };
    expect(status.status).toBe(0);
    expect(
      tiers
        .find(({ namespace }) => namespace === 'ledger')
        ?.services.map(({ name }) => name)
        .sort(),
    ).toEqual(['keeper', 'migrate', 'postgres']);
    expect(ended(deployed())).toEqual([0, '']);
  });

  test('goes back to its last version where a workload does not start', () => {
    const template = () => field('deployment/ledger-keeper', 'ledger', '{.spec.template}');
    const before = template();
    const image = field('deployment/ledger-keeper', 'ledger', '{.spec.template.spec.containers[0].image}');
    small.edit(/(keeper:\n {4}kind: worker\n {4}image: )\S+/, '$1registry.example.com/none:1.0.0');
    const failed = deployed('--timeout', '45');
    expect(failed.status).toBe(1);
    expect(failed.stderr).toMatch(
      /ledger was rolled back; it could not be deployed:\n[\s\S]*ledger-keeper: .*none:1\.0\.0/,
    );
    expect(template()).toBe(before);
    expect(ended(repoctl('status', 'ledger'))).toEqual([0, '']);
    small.edit('registry.example.com/none:1.0.0', image);
    expect(repoctl('diff').stdout).toBe('Nothing to change.\n');
  });

  test('and where its database does not, whose stuck pod is replaced; the rows stay', () => {
    small.edit('postgres: { storage: 1Gi }', 'postgres: { storage: 1Gi, image: "registry.example.com/none:16.1" }');
    const failed = deployed('--timeout', '45');
    small.edit(', image: "registry.example.com/none:16.1"', '');
    expect([failed.status, failed.stderr]).toEqual([1, expect.stringContaining('ledger was rolled back')]);
    expect(ended(repoctl('status', 'ledger'))).toEqual([0, '']);
    expect(sql('select id from entries')).toBe('7');
  });

  test('keeps its claim and its rows where an earlier version had its database name another Service', () => {
    const whole = small.read('apps/ledger/infra/project.yaml');
    const earlier = `patches:\n  - target: { kind: StatefulSet, name: ledger-postgres }\n    merge: { spec: { serviceName: ledger-postgres } }\n`;
    const serviceName = () => field('statefulset/ledger-postgres', 'ledger', '{.spec.serviceName}');
    const claim = () => field('pvc/data-ledger-postgres-0', 'ledger', '{.metadata.uid}');
    yaml(`${whole}${earlier}`);
    expect(ended(deployed())).toEqual([0, '']);
    expect(serviceName()).toBe('ledger-postgres');
    const before = claim();
    yaml(whole);
    const { stdout } = repoctl('diff');
    expect(stdout).toContain('-/+ statefulset ledger-postgres');
    expect(stdout).toContain(
      'can’t be changed: it is deleted with its pods and made again; its claims and their data stay',
    );
    expect(ended(deployed())).toEqual([0, '']);
    expect([serviceName(), claim(), sql('select id from entries')]).toEqual(['ledger-postgres-peers', before, '7']);
    expect(repoctl('diff').stdout).toBe('Nothing to change.\n');
  });

  test('loses what has left the configuration, and nothing else', () => {
    ask('create', 'configmap', 'by-hand', '-n', 'ledger');
    const whole = small.read('apps/ledger/infra/project.yaml');
    yaml(whole.replace(/ {2}keeper:[\s\S]*$/, ''));
    expect(repoctl('diff').stdout).toContain('  - deployment ledger-keeper');
    expect(ended(deployed())).toEqual([0, '']);
    expect(ask('get', 'deployments', '-n', 'ledger', '-o', 'name')).toBe('');
    expect(ask('get', 'configmap', 'by-hand', '-n', 'ledger', '-o', 'name')).toBe('configmap/by-hand');
    yaml(whole);
    expect(ended(deployed())).toEqual([0, '']);
  });

  describe('diff', () => {
    const whole = ledgerYaml;
    const told = (text: string) => {
      const now = small.read('apps/ledger/infra/project.yaml');
      yaml(text);
      const { status, stdout } = repoctl('diff');
      yaml(now);
      expect(status).toBe(1);
      return stdout;
    };

    test('says that a claim can’t be made smaller, and deploy refuses it', () => {
      expect(told(whole.replace('1Gi', '512Mi'))).toContain(
        "can’t be applied: the claim data-ledger-postgres-0 has 1Gi, the configuration says 512Mi: a claim can't be made smaller",
      );
      const now = small.read('apps/ledger/infra/project.yaml');
      yaml(whole.replace('1Gi', '512Mi'));
      expect([deployed().status, sql('select id from entries')]).toEqual([3, '7']);
      yaml(now);
    });

    test('says that a Service leads elsewhere', () => {
      const patch = `patches:\n  - target: { kind: Service, name: ledger-postgres }\n    merge: { spec: { selector: { app.kubernetes.io/instance: ledger-other } } }\n`;
      expect(told(`${whole}${patch}`)).toContain(
        '! its selector changes from app.kubernetes.io/instance=ledger-postgres to app.kubernetes.io/instance=ledger-other',
      );
    });

    test('says that a project was renamed, and where its data is', () => {
      const text = told(whole.replace('name: ledger', 'name: book'));
      expect(text).toContain('the project ledger has left the configuration');
      expect(text).toContain('with its data in data-ledger-postgres-0');
      expect(text).toContain('Was it renamed? book is new and begins without its data');
    });

    test('says that a database was renamed', () => {
      const renamed = whole.replace('  postgres: {', '  store: { kind: postgres,').replaceAll('[postgres]', '[store]');
      expect(told(renamed)).toContain(
        'ledger-store is new and would begin empty; ledger-postgres, with the data in the claim',
      );
    });

    test('never shows a value of a Secret', () => {
      expect(repoctl('diff', '-o', 'json').stdout + told(whole.replace('1Gi', '2Gi'))).not.toContain('0123456789');
    });
  });

  test('gets a larger claim by the way of docs/deploy.md where the storage class can’t enlarge it', () => {
    small.edit('1Gi', '2Gi');
    expect(repoctl('diff').stdout).toContain("can't enlarge claims");
    const inPostgres = (script: string, input?: string) =>
      run(
        'kubectl',
        [...['--context', context, 'exec', '-i', '-n', 'ledger', 'ledger-postgres-0', '--', 'sh', '-c'], script],
        { input },
      ).stdout;
    const stop = () => ask('scale', '-n', 'ledger', 'deployment', '--all', '--replicas', '0');
    stop();
    const dump = inPostgres('pg_dump --clean --if-exists -U "$POSTGRES_USER" "$POSTGRES_DB"');
    expect(dump).toContain('PostgreSQL database dump complete');
    ask('delete', '-n', 'ledger', 'statefulset/ledger-postgres', 'persistentvolumeclaim/data-ledger-postgres-0');
    ask('delete', '-n', 'ledger', 'jobs', '--selector', 'app.kubernetes.io/component=job');
    expect(ended(deployed('ledger'))).toEqual([0, '']);
    stop();
    inPostgres('psql --single-transaction -U "$POSTGRES_USER" "$POSTGRES_DB"', dump);
    expect(ended(deployed('ledger'))).toEqual([0, '']);
    expect(field('pvc/data-ledger-postgres-0', 'ledger', '{.spec.resources.requests.storage}')).toBe('2Gi');
    expect(sql('select id from entries')).toBe('7');
    expect(repoctl('diff').stdout).toBe('Nothing to change.\n');
  });
});
