import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { images } from '../../charts/common/images.ts';
import { makeAvailable } from './environment.ts';
import { attempt, type RunOptions } from './run.ts';

jest.setTimeout(600_000);

const name = 'repoctl-up';
const repository = join(import.meta.dirname, '..', '..');
const program = join(repository, 'bin', 'repoctl.mjs');
const root = mkdtempSync(join(tmpdir(), 'repoctl-up-'));
const registryPort = 5001;

const repoctl = (args: readonly string[], options: RunOptions = {}) =>
  attempt(process.execPath, [program, ...args], { cwd: root, ...options });
const kubectl = (...args: string[]) => attempt('kubectl', ['--context', `kind-${name}`, ...args]);
const container = () =>
  attempt('docker', ['inspect', '--format', '{{.Id}} {{.State.Status}}', `${name}-control-plane`]).stdout.trim();
const registry = (format: string) => attempt('docker', ['inspect', '--format', format, 'kind-registry']).stdout.trim();
/** A registry that was here before is the developer's: it is used, and left as it was. */
const theirs = registry('{{.Id}} {{.State.Running}}');
/** The networks that it is in. */
const networks = () => Object.keys(JSON.parse(registry('{{json .NetworkSettings.Networks}}') || '{}') as object);
const theirNetworks = networks();
const removeAll = () => {
  attempt('kind', ['delete', 'cluster', '--name', name]);
  if (theirs === '') attempt('docker', ['rm', '--force', '--volumes', 'kind-registry']);
  else {
    for (const network of networks().filter((each) => !theirNetworks.includes(each)))
      attempt('docker', ['network', 'disconnect', network, 'kind-registry']);
    if (theirs.endsWith('false')) attempt('docker', ['stop', 'kind-registry']);
  }
};
/** Its port on this machine. */
const port = () => registry('{{(index (index .HostConfig.PortBindings "5000/tcp") 0).HostPort}}');

beforeAll(() => {
  removeAll();
  // No project: what is tried here is the cluster.
  writeFileSync(join(root, 'repoctl.yaml'), `name: up\nglobal: { redis: false, minio: false, redisInsight: false }\n`);
  const config = readFileSync(join(repository, 'kind-config.yaml'), 'utf8').replace(/^name: .*$/m, `name: ${name}`);
  writeFileSync(join(root, 'kind-config.yaml'), config);
  cpSync(join(repository, '.env.example'), join(root, '.env.example'));
  makeAvailable([images.registry]);
});

afterAll(() => {
  removeAll();
  rmSync(root, { recursive: true, force: true });
  // As it was before.
  expect([registry('{{.Id}} {{.State.Running}}'), networks()]).toEqual([theirs, theirNetworks]);
});

/** Without Tilt `up` ends by itself. */
const withoutTilt = {
  env: {
    PATH: (process.env.PATH ?? '')
      .split(':')
      .filter((folder) => attempt('test', ['-x', join(folder, 'tilt')]).status !== 0)
      .join(':'),
    REPOCTL_CACHE: join(root, 'cache'),
  },
};

describe('repoctl up', () => {
  (theirs === '' ? test : test.skip)('says whose port the registry’s is, and makes nothing', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(registryPort, '127.0.0.1', resolve));
    const { status, stderr } = repoctl(['up'], withoutTilt);
    await new Promise((resolve) => server.close(resolve));
    expect(status).toBe(2);
    expect(stderr).toContain(`port ${registryPort}`);
    expect(container()).toBe('');
  });

  test('makes the cluster and a registry that its nodes know', () => {
    const { status, stderr } = repoctl(['up'], withoutTilt);
    expect([status, stderr]).toEqual([0, expect.stringContaining(`the cluster ${name} is ready, with the registry`)]);
    // Nothing asks for it where there is no Tiltfile.
    expect(stderr).not.toMatch(/tilt on PATH/);
    expect(
      kubectl('get', 'nodes', '-o', 'jsonpath={.items[*].status.conditions[?(@.type=="Ready")].status}').stdout,
    ).toBe('True');
    expect(kubectl('get', 'configmap', 'local-registry-hosting', '-n', 'kube-public', '-o', 'yaml').stdout).toContain(
      `localhost:${port()}`,
    );
    const hosts = attempt('docker', [
      'exec',
      `${name}-control-plane`,
      'cat',
      `/etc/containerd/certs.d/localhost:${port()}/hosts.toml`,
    ]);
    expect(hosts.stdout).toContain('kind-registry:5000');
  });

  test('leaves a cluster that runs alone', () => {
    const before = container();
    expect(repoctl(['up'], withoutTilt).status).toBe(0);
    expect(container()).toBe(before);
  });

  test('starts a cluster that was stopped, as after a reboot', () => {
    const before = container();
    attempt('docker', ['stop', `${name}-control-plane`]);
    expect(container()).toContain('exited');
    const { checks } = JSON.parse(repoctl(['doctor', '-o', 'json']).stdout) as { checks: { subject: string }[] };
    expect(checks.find(({ subject }) => subject === 'context')).toMatchObject({
      fix: 'repoctl up (starts it)',
    });
    expect(repoctl(['up'], withoutTilt).status).toBe(0);
    expect(container()).toBe(before);
    expect(kubectl('get', 'nodes').status).toBe(0);
  });

  test('makes a context that was lost again', () => {
    attempt('kubectl', ['config', 'delete-context', `kind-${name}`]);
    expect(kubectl('get', 'nodes').status).not.toBe(0);
    expect(repoctl(['up'], withoutTilt).status).toBe(0);
    expect(kubectl('get', 'nodes').status).toBe(0);
  });
});

describe('repoctl down', () => {
  test('deletes only what it is told to, and asks', () => {
    expect(repoctl(['down', '--cluster']).status).toBe(2);
    expect(container()).toContain('running');
    expect(repoctl(['down', '--cluster', '--yes']).status).toBe(0);
    expect(attempt('kind', ['get', 'clusters']).stdout).not.toContain(name);
    // It serves all kind clusters of the machine.
    const now = registry('{{.Id}} {{.State.Running}}');
    expect(now).toMatch(theirs === '' ? / true$/ : theirs.replace('false', 'true'));
  });
});

describe('repoctl up, interrupted', () => {
  test.each(['SIGINT', 'SIGKILL'] as const)(
    'by %s while the cluster is made: the next one makes it',
    async (signal) => {
      const child = spawn(process.execPath, [program, 'up'], {
        cwd: root,
        env: { ...process.env, ...withoutTilt.env },
        stdio: 'ignore',
      });
      setTimeout(() => child.kill(signal), 7000);
      await new Promise((resolve) => child.once('close', resolve));
      const { status, stderr } = repoctl(['up'], withoutTilt);
      expect([status, stderr]).toEqual([0, expect.stringContaining('is ready')]);
      expect(repoctl(['down', '--cluster', '--yes']).status).toBe(0);
    },
  );

  test('is refused without Docker, and without kind where none can be fetched', () => {
    const noDocker = repoctl(['up'], { env: { ...withoutTilt.env, DOCKER_HOST: 'unix:///nowhere.sock' } });
    expect([noDocker.status, noDocker.stderr]).toEqual([3, expect.stringContaining('Docker is not running')]);
    const docker = attempt('sh', ['-c', 'command -v docker']).stdout.trim();
    const folder = join(root, 'only-docker');
    attempt('mkdir', [folder]);
    attempt('ln', ['-s', docker, join(folder, 'docker')]);
    const noKind = repoctl(['up'], { env: { ...withoutTilt.env, PATH: folder } });
    expect([noKind.status, noKind.stderr]).toEqual([2, expect.stringContaining('kind')]);
  });
});
