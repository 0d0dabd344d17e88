import { rmSync, writeFileSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import { gatherConfiguration } from '../../src/doctor/gather/configuration-facts.ts';
import { gatherContext } from '../../src/doctor/gather/context-facts.ts';
import { gatherDocker } from '../../src/doctor/gather/docker-facts.ts';
import { gather, gatherSystem } from '../../src/doctor/gather/gather.ts';
import { cleanUp, emptyFolder, folderWith } from '../platform/tools/server.ts';
import { copyRepository } from '../synth/repository.ts';

const copies: string[] = [];
const repositoryCopy = () => {
  const root = copyRepository();
  copies.push(root);
  return root;
};
afterEach(async () => {
  await cleanUp();
  for (const root of copies.splice(0)) rmSync(root, { recursive: true, force: true });
});

describe('the configuration', () => {
  test('gives the ports that it asks for, and who wants them', () => {
    const root = repositoryCopy();
    writeFileSync(join(root, 'kind-config.yaml'), 'kind: Cluster\nname: dev\n');
    const { configuration, ports } = gatherConfiguration(root);
    expect(configuration).toEqual({
      root,
      name: 'monorepo',
      problems: [],
      cluster: 'dev',
      clusterProblem: undefined,
    });
    expect(ports).toContainEqual({ port: 6379, what: 'monorepo/redis' });
    expect(ports).toContainEqual({ port: 15432, what: 'turfoo/postgres' });
    expect(ports.some(({ what }) => what === 'turfoo/api')).toBe(true);
  });

  test('that is wrong is a fact', () => {
    const root = repositoryCopy();
    writeFileSync(join(root, 'repoctl.yaml'), 'name: NO\nwhat: is this\n');
    const { configuration, ports } = gatherConfiguration(root);
    expect(configuration.root).toBe(root);
    expect(configuration.name).toBeUndefined();
    expect(configuration.problems.join('\n')).toContain('repoctl.yaml:2:1: ');
    expect(configuration.clusterProblem).toContain('there is no kind-config.yaml');
    expect(ports).toEqual([]);
  });

  test('that is not there is a fact', () => {
    expect(gatherConfiguration(emptyFolder())).toEqual({ configuration: { problems: [] }, ports: [], files: [] });
  });
});

describe('the context', () => {
  const nobody = 'https://127.0.0.1:1';
  // No environment says which cluster is its own.
  const folder = emptyFolder();
  const kubeconfig = (server: string, name: string) => {
    const file = join(emptyFolder(), 'config');
    const contexts = [{ name, context: { cluster: 'c', user: 'u' } }];
    writeFileSync(
      file,
      JSON.stringify({
        clusters: [{ name: 'c', cluster: { server, 'insecure-skip-tls-verify': true } }],
        users: [{ name: 'u' }],
        contexts,
        'current-context': name,
      }),
    );
    return file;
  };

  test('is named with its server, and with why that does not answer', async () => {
    expect(await gatherContext({ kubeconfig: kubeconfig('https://127.0.0.1:1', 'kind-a'), folder })).toEqual({
      name: 'kind-a',
      server: 'https://127.0.0.1:1',
      silence: "can't reach https://127.0.0.1:1 (context kind-a): ECONNREFUSED",
    });
  });

  test('has the version of its API server, which tells it to everybody', async () => {
    const server = createHttpServer((_, response) => response.end('{"gitVersion":"v1.34.4"}'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const facts = await gatherContext({ kubeconfig: kubeconfig(url, 'kind-a'), folder });
    await new Promise((resolve) => server.close(resolve));
    expect(facts).toEqual({ name: 'kind-a', server: url, version: 'v1.34.4' });
  });

  test('is the environment’s own, whatever the current one is; that it is not there is a problem', async () => {
    const root = repositoryCopy();
    writeFileSync(join(root, 'repoctl.yaml'), 'name: monorepo\ncluster: { context: minikube }\n');
    expect(await gatherContext({ kubeconfig: kubeconfig(nobody, 'minikube'), folder: root })).toMatchObject({
      name: 'minikube',
    });
    const { name, problem } = await gatherContext({ kubeconfig: kubeconfig(nobody, 'prod'), folder: root });
    expect(name).toBeUndefined();
    expect(problem).toContain('no context "minikube", which is the cluster of this environment (repoctl.yaml)');
  });

  test('that is in no file is a problem', async () => {
    const { problem } = await gatherContext({ kubeconfig: '/nowhere/config', folder });
    expect(problem).toContain("can't read the kubeconfig");
  });
});

describe('docker', () => {
  /** A PATH with a `docker` that answers by its first parameters. */
  const answering = (text: string) => ({ PATH: `${folderWith('docker', `#!/bin/sh\n${text}`)}:/bin:/usr/bin` });

  test('that is not on PATH is missing', async () => {
    expect(await gatherDocker({ PATH: emptyFolder() })).toEqual({ state: 'missing' });
  });

  test.each([
    ['on stderr', 'echo "Cannot connect to the Docker daemon" >&2; exit 1\n'],
    ['in its answer', 'echo \'{"ServerErrors":["Cannot connect to the Docker daemon"]}\'\n'],
  ])('that can’t reach its engine says why %s', async (_, text) => {
    const problem = 'Cannot connect to the Docker daemon';
    expect(await gatherDocker(answering(text))).toEqual({ state: 'unreachable', problem });
  });

  test('tells of its engine, its containers, and the room that a node sees', async () => {
    const info = { ServerVersion: '28.1.0', MemTotal: 8e9, NCPU: 4, CgroupVersion: '2', Architecture: 'aarch64' };
    const node = { Names: 'n', Image: 'kindest/node:v1', Labels: 'io.x-k8s.kind.cluster=m', Ports: '' };
    const env = answering(`case "$1" in
info) echo '${JSON.stringify({ ...info, DockerRootDir: '/nowhere' })}' ;;
ps) echo '${JSON.stringify(node)}' ;;
system) echo '{"Type":"Images","Reclaimable":"4.9GB (85%)"}'; echo '{"Type":"Build Cache","Reclaimable":"0B"}' ;;
exec) echo 'Filesystem 1024-blocks Used Available Capacity Mounted on'; echo "overlay 100 40 60 40% /var" ;;
esac
`);
    expect(await gatherDocker(env)).toEqual({
      state: 'running',
      version: '28.1.0',
      memory: 8e9,
      cpus: 4,
      cgroup: '2',
      architecture: 'aarch64',
      free: 60 * 1024,
      reclaimable: '4.9GB of images',
      containers: [{ name: 'n', image: 'kindest/node:v1', cluster: 'm', ports: [] }],
    });
  });
});

test('the system is this one', async () => {
  const { node, platform, inotify } = await gatherSystem();
  expect([node, platform]).toEqual([process.versions.node, process.platform]);
  if (platform === 'linux') expect(inotify?.watches).toBeGreaterThan(0);
});

test('the ports of the configuration are looked at, with who listens', async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const root = repositoryCopy();
  writeFileSync(join(root, 'repoctl.yaml'), `name: monorepo\nglobal:\n  redis:\n    hostPort: ${port}\n`);
  try {
    const { ports, docker, configuration } = await gather({ folder: root, env: { PATH: emptyFolder() } });
    expect(configuration.problems).toEqual([]);
    expect(docker).toEqual({ state: 'missing' });
    expect(ports.find((each) => each.port === port)).toMatchObject({
      what: 'monorepo/redis',
      owner: { pid: process.pid },
    });
    expect(ports.map((each) => each.port)).toEqual(expect.arrayContaining([5001, 10350]));
  } finally {
    server.close();
  }
});
