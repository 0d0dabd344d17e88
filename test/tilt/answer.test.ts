import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { TiltfileAnswer } from '../../src/tilt/answer.ts';
import { inProcess } from '../cli/in-process.ts';
import { copyRepository, repository } from '../synth/repository.ts';

describe('what a Tiltfile is told before something is started', () => {
  const programs = mkdtempSync(join(tmpdir(), 'repoctl-docker-'));
  let root: string;
  beforeAll(() => {
    root = copyRepository();
    cpSync(join(repository, 'kind-config.yaml'), join(root, 'kind-config.yaml'));
  });
  afterAll(() => {
    for (const folder of [root, programs]) rmSync(folder, { recursive: true, force: true });
  });

  /** The answer where `docker` is a program of a few lines. */
  async function ask(docker: string, env: Record<string, string> = {}): Promise<TiltfileAnswer> {
    writeFileSync(join(programs, 'docker'), `#!/bin/sh\n${docker}\n`, { mode: 0o755 });
    const { status, stdout, stderr } = await inProcess(root, ['tiltfile', '--check', '--context', 'kind-monorepo'], {
      ...env,
      PATH: `${programs}:${process.env.PATH}`,
    });
    expect([status, stderr]).toEqual([0, '']);
    return JSON.parse(stdout) as TiltfileAnswer;
  }

  test('that Docker does not run, in a line', async () => {
    const { problem, plan, inputs } = await ask(
      'echo "Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?" >&2; exit 1',
    );
    expect(problem).toMatch(/^Docker is not running/);
    expect(problem?.split('\n')).toHaveLength(1);
    expect(plan).toBeUndefined();
    expect(inputs).toContain('repoctl.yaml');
  });

  test('that another program holds a port, and which', async () => {
    const server = await listening();
    const { port } = server.address() as { port: number };
    // The port that Redis has is moved to the one that is taken.
    const { problem } = await ask('echo 28.0', { REPOCTL_PORT_OFFSET: String(port - 6379) });
    server.close();
    expect(problem).toMatch(
      new RegExp(`^port ${port} \\(monorepo-redis\\) is used by node \\(pid ${process.pid}\\); .*REPOCTL_PORT_OFFSET`),
    );
  });

  test('nothing if all is well', async () => {
    const answer = await ask('echo 28.0', { REPOCTL_PORT_OFFSET: '23456' });
    expect(answer.problem).toBeUndefined();
    expect(answer.plan?.namespaces.map(({ name }) => name)).toEqual(['monorepo', 'turfoo']);
    expect(answer.manifests).toBe('dist/local');
  });

  test('nothing to watch below a file that stands beside folders of projects', async () => {
    mkdirSync(join(root, 'apps/next'), { recursive: true });
    writeFileSync(join(root, 'apps/package.json'), '{}');
    const { inputs } = await ask('echo 28.0', { REPOCTL_PORT_OFFSET: '23456' });
    // The folder may become a project.
    expect(inputs.filter((path) => path.startsWith('apps/'))).toEqual(['apps/next/infra/project.yaml']);
  });
});

/** A server on a port that leaves the others of the environment below 65536. */
async function listening(): Promise<Server> {
  for (;;) {
    const server = createServer();
    const port = 20_000 + Math.floor(Math.random() * 10_000);
    const listens = await new Promise<boolean>((resolve) => {
      server.once('error', () => resolve(false));
      server.listen(port, '127.0.0.1', () => resolve(true));
    });
    if (listens) return server;
  }
}
