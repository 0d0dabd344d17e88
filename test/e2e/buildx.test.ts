import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { images } from '../../charts/common/images.ts';
import { cluster, ensureCluster, makeAvailable } from './environment.ts';
import { attempt } from './run.ts';
import { SmallEnvironment } from './small-environment.ts';

jest.setTimeout(300_000);

const hasBuildx = attempt('docker', ['buildx', 'version']).status === 0;
if (!hasBuildx) process.stderr.write('docker has no buildx plugin: the test of additional contexts is skipped\n');

const projectYaml = `name: shelf
images:
  app:
    additionalContexts:
      shared: ../../packages/shared
      base: docker-image://${images.busybox}
    platforms: [linux/amd64, linux/arm64]
workloads:
  app:
    kind: worker
    image: app
    command: [sleep, "86400"]
    health: { command: ["true"] }
    stopSeconds: 1
`;

(hasBuildx ? describe : describe.skip)('an image of further contexts', () => {
  let small: SmallEnvironment;

  beforeAll(() => {
    ensureCluster();
    small = new SmallEnvironment('contexts', cluster);
    small.write('repoctl.yaml', `${small.read('repoctl.yaml')}projects: [apps/shelf]\n`);
    small.write('apps/shelf/infra/project.yaml', projectYaml);
    small.write('apps/shelf/infra/.env.example', '');
    small.write('apps/shelf/Dockerfile', 'FROM base\nCOPY --from=shared . /shared\nUSER 1000\n');
    small.write('packages/shared/note.txt', 'of all\n');
    makeAvailable([images.busybox]);
    small.clear('shelf', 'contexts');
  });
  afterAll(() => {
    small?.clear('shelf', 'contexts');
    small?.remove();
  });

  const note = () => small.kubectl('exec', '-n', 'shelf', 'deploy/shelf-app', '--', 'cat', '/shared/note.txt');

  test('has what is in them', () => {
    expect(small.project('start', 'shelf')).toMatchObject({ status: 0 });
    expect(note()).toBe('of all');
  });

  test('is built again when a file of another context has changed', () => {
    small.write('packages/shared/note.txt', 'of all, changed\n');
    expect(small.project('rebuild', 'shelf')).toMatchObject({ status: 0 });
    expect(note()).toBe('of all, changed');
  });
});
