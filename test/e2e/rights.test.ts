import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { images } from '../../charts/common/images.ts';
import type { StatusDocument } from '../../src/status/report/schema.ts';
import { cluster, context, ensureCluster, kubectl, makeAvailable, repoctl } from './environment.ts';
import { server, writeProject } from './faults/project.ts';
import { attempt, run } from './run.ts';

jest.setTimeout(600_000);

const repository = join(import.meta.dirname, '..', '..');
const root = mkdtempSync(join(tmpdir(), 'repoctl-rights-'));
const kubeconfig = join(root, 'reader.kubeconfig');
const account = { name: 'repoctl-reader', namespace: 'default' };
const subject = `--serviceaccount=${account.namespace}:${account.name}`;

/** The ClusterRole of docs/rbac.md, word for word. */
function documentedRole(): string {
  const [, yaml = ''] = /```yaml\n(.*?)\n---\n/s.exec(readFileSync(join(repository, 'docs', 'rbac.md'), 'utf8')) ?? [];
  expect(yaml).toContain('kind: ClusterRole');
  return yaml;
}

beforeAll(() => {
  ensureCluster();
  writeFileSync(
    join(root, 'repoctl.yaml'),
    'name: rights\nglobal: { redis: false, minio: false, redisInsight: false }\n',
  );
  for (const project of ['seen', 'hidden']) writeProject(root, project, { api: server });
  mkdirSync(join(root, 'node_modules'));
  makeAvailable([images.busybox]);
  run('kind', ['load', 'docker-image', '--name', cluster, images.busybox]);
  repoctl(root, 'infra', 'project', 'start', 'seen', 'hidden', '--context', context);

  kubectl('create', 'serviceaccount', account.name, '-n', account.namespace);
  run('kubectl', ['--context', context, 'apply', '-f', '-'], { input: documentedRole() });
  const token = kubectl('create', 'token', account.name, '-n', account.namespace).stdout.trim();
  const config = JSON.parse(kubectl('config', 'view', '--raw', '--minify', '--flatten', '-o', 'json').stdout) as {
    users: { name: string }[];
  };
  writeFileSync(
    kubeconfig,
    JSON.stringify({ ...config, users: config.users.map(({ name }) => ({ name, user: { token } })) }),
  );
});

afterAll(() => {
  kubectl('delete', 'namespace', 'seen', 'hidden', 'rights', '--ignore-not-found', '--wait=false');
  kubectl('delete', 'serviceaccount', account.name, '-n', account.namespace);
  kubectl('delete', 'clusterrole,clusterrolebinding', 'repoctl-status', '--ignore-not-found');
  rmSync(root, { recursive: true, force: true });
});

/** Runs `repoctl status` as somebody with no other rights than those that were given. */
const status = (...args: string[]) =>
  attempt(
    process.execPath,
    [
      ...[join(repository, 'bin', 'repoctl.mjs'), 'status'],
      ...['--kubeconfig', kubeconfig, '--context', context, ...args],
    ],
    { cwd: root },
  );
const report = () => JSON.parse(status('-o', 'json').stdout) as StatusDocument;
const statuses = ({ tiers }: StatusDocument) => Object.fromEntries(tiers.map((tier) => [tier.namespace, tier.status]));

describe('somebody', () => {
  test('without any right is told so, and nothing else', () => {
    expect(status().status).toBe(3);
    expect(report()).toMatchObject({ complete: false });
  });

  test('with the documented role in one namespace sees that one, and what could not be seen', () => {
    kubectl('create', 'rolebinding', 'reader', '-n', 'seen', '--clusterrole=repoctl-status', subject);
    const document = report();
    expect(statuses(document)).toMatchObject({ seen: 'healthy', hidden: 'unknown' });
    expect(document.complete).toBe(false);
    expect(document.unseen).toContainEqual(
      expect.objectContaining({ resource: 'pods', namespace: 'hidden', code: 403 }),
    );
    expect(status().status).toBe(0);
    expect(status('--fail-on', 'incomplete').status).toBe(3);
  });

  test('with the documented role everywhere sees all, at once and by watches', () => {
    kubectl('create', 'clusterrolebinding', 'repoctl-status', '--clusterrole=repoctl-status', subject);
    const document = report();
    expect([document.unseen, document.complete]).toEqual([[], true]);
    expect(statuses(document)).toMatchObject({ seen: 'healthy', hidden: 'healthy' });
    expect(status('seen', 'hidden', '--wait', '--timeout', '60').status).toBe(0);
  });
});
