import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { cluster, ensureCluster } from './environment.ts';
import { kubectlProxy, type Outcome } from './run.ts';
import { ledgerYaml, SmallEnvironment } from './small-environment.ts';

jest.setTimeout(600_000);

const small = new SmallEnvironment('own', cluster);
const { kubectl, project, repoctl, sql } = small;
const namespaces = ['ledger', 'book', 'argocd', 'own'];

function succeeded(outcome: Outcome): Outcome {
  // What it said is shown if it failed.
  expect([outcome.status, outcome.status === 0 ? '' : outcome.stderr]).toEqual([0, '']);
  return outcome;
}

beforeAll(() => {
  ensureCluster();
  small.clear(...namespaces);
  small.loadImages();
});

afterAll(() => {
  small.clear(...namespaces);
  small.remove();
});

/** All that a namespace holds, with every change counted. */
const contents = (namespace: string) =>
  kubectl('get', 'namespace,all,secrets,configmaps,leases,pvc', '-n', namespace, '-o', 'json', '--ignore-not-found');

const named = (name: string) =>
  small.write('apps/ledger/infra/project.yaml', ledgerYaml.replace('name: ledger', `name: ${name}`));

describe('a namespace of somebody else', () => {
  beforeAll(() => {
    kubectl('create', 'namespace', 'argocd');
    kubectl(
      'create',
      'secret',
      'generic',
      'argocd-postgres',
      '-n',
      'argocd',
      '--from-literal=POSTGRES_PASSWORD=theirs',
    );
    named('argocd');
  });
  afterAll(() => named('ledger'));

  test.each([
    ['start', []],
    ['stop', []],
    ['restart', []],
    ['backup', []],
    ['reset', ['--yes', '--no-backup']],
    ['shell', ['postgres', '--', '-c', 'select 1']],
    ['forward', []],
  ])('is not touched by %s', (verb, more) => {
    const before = contents('argocd');
    const { status, stderr } = project(verb, 'argocd', ...more);
    expect([status, stderr]).toEqual([
      2,
      expect.stringContaining('the namespace argocd already exists and is not repoctl’s'),
    ]);
    expect(stderr).toContain('repoctl infra project start argocd --adopt argocd');
    expect(contents('argocd')).toBe(before);
  });

  test('nor by putting Secrets in', () => {
    const before = contents('argocd');
    expect(repoctl('secrets', 'apply', 'argocd').status).toBe(2);
    expect(contents('argocd')).toBe(before);
  });

  test('may be given away, but what is in it stays its owner’s', () => {
    const { status, stderr } = project('start', 'argocd', '--adopt', 'argocd');
    expect([status, stderr]).toEqual([
      3,
      expect.stringContaining(
        'there is a secret argocd/argocd-postgres already, which is not repoctl’s; kubectl-create made or changed it',
      ),
    ]);
    const secret = kubectl(
      'get',
      'secret',
      'argocd-postgres',
      '-n',
      'argocd',
      '-o',
      'jsonpath={.data.POSTGRES_PASSWORD}',
    );
    expect(Buffer.from(secret, 'base64').toString()).toBe('theirs');
    expect(kubectl('get', 'statefulsets,deployments,jobs', '-n', 'argocd', '-o', 'name')).toBe('');
    // Once.
    kubectl('delete', 'secret', 'argocd-postgres', '-n', 'argocd');
    succeeded(project('start', 'argocd'));
    succeeded(project('stop', 'argocd'));
  });
});

describe('a cluster behind a tunnel', () => {
  let stop: () => void = () => undefined;
  afterAll(() => {
    stop();
    small.clear('ledger');
  });

  test('with a namespace of a real cluster is not taken for a local one', async () => {
    kubectl('create', 'namespace', 'ledger');
    const labels = ['app.kubernetes.io/part-of=own', 'repoctl.dev/tier=project', 'repoctl.dev/project=ledger'];
    kubectl('label', 'namespace', 'ledger', ...labels, 'repoctl.dev/profile=staging', 'repoctl.dev/preset=production');
    kubectl(
      'create',
      'secret',
      'generic',
      'ledger-postgres',
      '-n',
      'ledger',
      '--from-literal=POSTGRES_PASSWORD=theirs',
    );
    const proxy = await kubectlProxy(small.context);
    stop = proxy.stop;
    const kubeconfig = join(small.root, 'tunnel.json');
    small.write(
      'tunnel.json',
      JSON.stringify({
        apiVersion: 'v1',
        kind: 'Config',
        clusters: [{ name: 'c', cluster: { server: proxy.url, 'insecure-skip-tls-verify': true } }],
        users: [{ name: 'u', user: {} }],
        contexts: [{ name: 'prod', context: { cluster: 'c', user: 'u' } }],
        'current-context': 'prod',
      }),
    );
    const before = contents('ledger');
    // Its address is this machine's, and it is the current context: still nobody has named it.
    const unnamed = repoctl('secrets', 'apply', '--kubeconfig', kubeconfig);
    expect([unnamed.status, unnamed.stderr]).toEqual([3, expect.stringContaining(`no context "${small.context}"`)]);
    for (const verb of [
      ['secrets', 'apply'],
      ['infra', 'project', 'start', 'ledger'],
      ['infra', 'project', 'start', 'ledger', '--adopt', 'ledger'],
      ['infra', 'project', 'stop', 'ledger'],
      ['infra', 'project', 'reset', 'ledger', '--yes', '--no-backup'],
    ]) {
      const { status, stderr } = repoctl(...verb, '--kubeconfig', kubeconfig, '--context', 'prod');
      expect([verb, status, stderr.split('\n')[0]]).toEqual([verb, 2, `context prod (${proxy.url})`]);
      expect(stderr).toContain('the namespace ledger is one of a real cluster (profile staging); nothing was changed');
    }
    for (const verb of [
      ['shell', 'ledger', 'postgres'],
      ['forward', 'ledger'],
    ]) {
      const { status, stderr } = project(...(verb as [string]), '--kubeconfig', kubeconfig, '--context', 'prod');
      expect([verb, status, stderr]).toEqual([
        verb,
        2,
        expect.stringContaining('is one of a real cluster (profile staging)'),
      ]);
    }
    expect(contents('ledger')).toBe(before);
  });
});

describe('a project that was renamed', () => {
  const moved = 'apps/ledger/infra/.env';

  test('is still there under its old name, and comes back with its data', () => {
    succeeded(project('start', 'ledger'));
    sql('insert into entries values (1), (2)');
    named('book');
    const listed = succeeded(repoctl('infra', 'list')).stdout;
    expect(listed).toMatch(/^ledger, not in the configuration: repoctl infra project stop ledger ends it/m);
    const { stdout } = succeeded(repoctl('status'));
    expect(stdout).toMatch(/^ledger +healthy .*\n +not in the configuration\n +repoctl infra project stop ledger$/m);
    expect(succeeded(project('logs', 'ledger', 'postgres')).stdout).toContain('database system is ready');
    succeeded(project('backup', 'ledger'));
    expect(readdirSync(join(small.root, 'backups', 'ledger'))).toHaveLength(1);
    succeeded(project('stop', 'ledger'));
    expect(succeeded(repoctl('status')).stdout).toMatch(
      /^ledger +stopped .*\n.*\n +repoctl infra project reset ledger$/m,
    );
    expect(project('stop', 'ledgr')).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('did you mean "ledger"?'),
    });
    named('ledger');
    succeeded(project('start', 'ledger'));
    expect(sql('select count(*) from entries')).toBe('2');
  });

  test('can be ended for good, after a backup, unless something of others is in it', () => {
    named('book');
    succeeded(project('stop', 'ledger'));
    kubectl('create', 'configmap', 'theirs', '-n', 'ledger');
    const { stderr } = succeeded(project('reset', 'ledger', '--yes'));
    expect(stderr).toContain('ledger: the namespace stays, with configmap theirs');
    expect(kubectl('get', 'pvc', '-n', 'ledger', '-o', 'name')).toBe('');
    kubectl('delete', 'configmap', 'theirs', '-n', 'ledger');
    succeeded(project('reset', 'ledger', '--yes', '--no-backup'));
    expect(kubectl('get', 'namespace', 'ledger', '--ignore-not-found', '-o', 'name')).toBe('');
    expect(succeeded(repoctl('infra', 'list')).stdout).not.toMatch(/^ledger/m);
    named('ledger');
    rmSync(join(small.root, moved), { force: true });
    succeeded(project('start', 'ledger'));
    succeeded(project('restore', 'ledger', '--latest', '--yes'));
    expect(sql('select count(*) from entries')).toBe('2');
  });
});
