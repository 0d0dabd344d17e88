import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { cluster, ensureCluster } from './environment.ts';
import type { Outcome } from './run.ts';
import { ledgerYaml, SmallEnvironment } from './small-environment.ts';

jest.setTimeout(600_000);

const small = new SmallEnvironment('ways-in', cluster);
const { kubectl, project, sql } = small;

function succeeded(outcome: Outcome): Outcome {
  expect([outcome.stderr, outcome.status]).toEqual([expect.anything(), 0]);
  return outcome;
}

beforeAll(() => {
  ensureCluster();
  small.clear('ledger', 'book', 'ways-in');
  small.loadImages();
});

afterAll(() => {
  small.clear('ledger', 'book', 'ways-in');
  small.remove();
});

/** Everything healthy, with all rows that were ever written. */
function isWhole(rows: number): void {
  const { stdout } = succeeded(small.repoctl('status', 'ledger', '--wait', '--timeout', '120', '-o', 'json'));
  const { tiers } = JSON.parse(stdout) as {
    tiers: { namespace: string; services: { object: string; status: string; planned: boolean }[] }[];
  };
  const services = tiers.find(({ namespace }) => namespace === 'ledger')?.services ?? [];
  expect(services.map(({ object, status, planned }) => [object, status, planned]).sort()).toEqual([
    ['ledger-keeper', 'healthy', true],
    ['ledger-migrate', 'healthy', true],
    ['ledger-postgres', 'healthy', true],
  ]);
  expect(sql('select count(*) from entries')).toBe(String(rows));
}

const manifests = join(small.root, 'dist', 'local');
const older = join(small.root, 'older');

/** What is documented for those who prefer kubectl. */
const applied = (folder: string) => kubectl('apply', '--server-side', '--force-conflicts', '-f', folder);

describe('every way in goes on from every other', () => {
  test('a start', () => {
    // What an older version of the configuration was like: another name of the worker, another job.
    small.edit('keeper:', 'holder:');
    small.edit('create table if not exists entries', 'create  table if not exists entries');
    succeeded(small.repoctl('synth'));
    cpSync(manifests, older, { recursive: true });
    small.write('apps/ledger/infra/project.yaml', ledgerYaml);
    const { stderr } = succeeded(project('start', 'ledger'));
    expect(stderr.split('\n')[0]).toMatch(new RegExp(`^context ${small.context} \\(https://`));
    sql('insert into entries values (1)');
    isWhole(1);
  });

  test('kubectl after it: nothing conflicts, even without force', () => {
    const before = kubectl('get', 'pods', '-n', 'ledger', '-o', 'name');
    kubectl('apply', '--server-side', '-f', manifests);
    expect(kubectl('get', 'pods', '-n', 'ledger', '-o', 'name')).toBe(before);
    isWhole(1);
  });

  test('a start after kubectl', () => {
    const before = kubectl('get', 'pods', '-n', 'ledger', '-o', 'name');
    succeeded(project('start', 'ledger'));
    expect(kubectl('get', 'pods', '-n', 'ledger', '-o', 'name')).toBe(before);
    isWhole(1);
  });

  test('kubectl after a stop', () => {
    succeeded(project('stop', 'ledger'));
    applied(manifests);
    succeeded(project('start', 'ledger'));
    sql('insert into entries values (2)');
    isWhole(2);
  });

  test('a start after an older version of the manifests, of which nothing is left', () => {
    applied(older);
    expect(kubectl('get', 'deployments', '-n', 'ledger', '-o', 'name')).toContain('ledger-holder');
    const { stderr } = succeeded(project('start', 'ledger'));
    expect(stderr).toContain('removed deployment ledger/ledger-holder, which the configuration no longer has');
    expect(kubectl('get', 'deployments', '-n', 'ledger', '-o', 'name')).toBe('deployment.apps/ledger-keeper');
    isWhole(2);
  });

  test('a start after a job of the same name with another template', () => {
    const name = kubectl('get', 'jobs', '-n', 'ledger', '-o', 'jsonpath={.items[0].metadata.name}');
    const job = JSON.parse(kubectl('get', 'job', name, '-n', 'ledger', '-o', 'json'));
    // As Tilt does it: labels and an image of its own.
    const template = structuredClone(job.spec.template);
    for (const key of Object.keys(template.metadata.labels))
      if (/controller-uid|job-name/.test(key)) delete template.metadata.labels[key];
    template.metadata.labels['app.kubernetes.io/managed-by'] = 'tilt';
    delete job.metadata.uid;
    delete job.metadata.resourceVersion;
    delete job.metadata.managedFields;
    delete job.status;
    const other = { ...job, spec: { backoffLimit: job.spec.backoffLimit, template } };
    small.write('job.json', JSON.stringify(other));
    kubectl('delete', 'job', name, '-n', 'ledger');
    kubectl('create', '-f', join(small.root, 'job.json'));
    kubectl('wait', '--for=condition=complete', '-n', 'ledger', `job/${name}`, '--timeout=120s');
    const uid = () => kubectl('get', 'job', name, '-n', 'ledger', '-o', 'jsonpath={.metadata.uid}');
    const done = uid();
    succeeded(project('start', 'ledger'));
    expect(uid()).toBe(done);
    // Not done it is made anew.
    template.spec.containers[0].command = ['sleep', 'infinity'];
    small.write('job.json', JSON.stringify(other));
    kubectl('delete', 'job', name, '-n', 'ledger');
    kubectl('create', '-f', join(small.root, 'job.json'));
    const running = uid();
    succeeded(project('start', 'ledger'));
    expect(uid()).not.toBe(running);
    isWhole(2);
  });

  test('a start after a version whose selectors and claims were others', () => {
    const set = JSON.parse(kubectl('get', 'statefulset', 'ledger-postgres', '-n', 'ledger', '-o', 'json'));
    const deployment = JSON.parse(kubectl('get', 'deployment', 'ledger-keeper', '-n', 'ledger', '-o', 'json'));
    for (const each of [set, deployment]) {
      for (const field of ['uid', 'resourceVersion', 'managedFields', 'creationTimestamp']) delete each.metadata[field];
      delete each.status;
    }
    set.spec.volumeClaimTemplates[0].metadata.labels.older = 'true';
    for (const labels of [deployment.spec.selector.matchLabels, deployment.spec.template.metadata.labels])
      labels.older = 'true';
    kubectl('delete', 'deployment/ledger-keeper', 'statefulset/ledger-postgres', '-n', 'ledger', '--wait');
    small.write('older.json', JSON.stringify({ apiVersion: 'v1', kind: 'List', items: [set, deployment] }));
    kubectl('create', '-f', join(small.root, 'older.json'));
    succeeded(project('start', 'ledger'));
    const left = kubectl('get', 'deployments,statefulsets', '-n', 'ledger', '-o', 'json');
    expect(left).not.toContain('"older"');
    isWhole(2);
  });
});

describe('a change that the data does not take is refused before anything is applied', () => {
  const versions = () =>
    kubectl(
      'get',
      'statefulsets,deployments,jobs,services',
      '-n',
      'ledger',
      '-o',
      'jsonpath={.items[*].metadata.resourceVersion}',
    );

  test.each<[string, () => void, RegExp, RegExp]>([
    [
      'more room where the class has none',
      () => small.edit('1Gi', '2Gi'),
      /has 1Gi, the configuration says 2Gi.*can't enlarge/,
      /reset ledger/,
    ],
    [
      'less room',
      () => small.edit('1Gi', '500Mi'),
      /the configuration says 500Mi: a claim can't be made smaller/,
      /storage: 1Gi again/,
    ],
    [
      'another major version',
      () => small.edit('{ storage: 1Gi }', "{ image: 'postgres:17.2' }"),
      /is of PostgreSQL 16, the configuration says 17/,
      /restore ledger --latest/,
    ],
    [
      'another name',
      () => {
        small.edit(
          /postgres: \{ storage: 1Gi \}([\s\S]*)after: \[postgres\]/,
          'db: { kind: postgres, database: ledger }$1after: [db]',
        );
        const path = 'apps/ledger/infra/.env';
        small.write('apps/ledger/infra/.env.example', 'DB_POSTGRES_PASSWORD=\n');
        if (!small.read(path).includes('DB_')) small.write(path, `${small.read(path)}DB_POSTGRES_PASSWORD=renamed\n`);
      },
      /ledger-db is new and would begin empty/,
      /--start-empty/,
    ],
  ])('%s', (_, change, found, advice) => {
    const before = versions();
    change();
    const { status, stderr } = project('start', 'ledger');
    small.write('apps/ledger/infra/project.yaml', ledgerYaml);
    small.write('apps/ledger/infra/.env.example', 'POSTGRES_PASSWORD=\n');
    expect([status, stderr]).toEqual([3, expect.stringMatching(found)]);
    expect(stderr).toMatch(advice);
    expect(versions()).toBe(before);
    isWhole(2);
  });

  test('more room is given where the storage class can', () => {
    const allow = (value: boolean) =>
      kubectl('patch', 'storageclass', 'standard', '-p', JSON.stringify({ allowVolumeExpansion: value }));
    allow(true);
    small.edit('1Gi', '2Gi');
    const { stderr } = succeeded(project('start', 'ledger'));
    allow(false);
    expect(stderr).toContain('ledger: enlarging claim data-ledger-postgres-0 to 2Gi');
    const asked = '-o=jsonpath={.items[0].spec.resources.requests.storage}';
    expect(kubectl('get', 'pvc', '-n', 'ledger', asked)).toBe('2Gi');
    isWhole(2);
    // Smaller again it can't be; the claims say how large they are.
    small.write('apps/ledger/infra/project.yaml', ledgerYaml);
    expect(project('start', 'ledger')).toMatchObject({
      status: 3,
      stderr: expect.stringContaining('has 2Gi, the configuration says 1Gi'),
    });
    small.edit('1Gi', '2Gi');
  });

  test('a reset begins anew with what the configuration says, after a backup', () => {
    small.write('apps/ledger/infra/project.yaml', ledgerYaml);
    succeeded(project('stop', 'ledger'));
    succeeded(project('reset', 'ledger', '--yes'));
    succeeded(project('start', 'ledger'));
    expect(sql('select count(*) from entries')).toBe('0');
    const asked = '-o=jsonpath={.items[0].spec.resources.requests.storage}';
    expect(kubectl('get', 'pvc', '-n', 'ledger', asked)).toBe('1Gi');
    succeeded(project('restore', 'ledger', '--latest', '--yes'));
    isWhole(2);
  });
});
