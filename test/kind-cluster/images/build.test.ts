import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import { buildArguments } from '../../../src/kind-cluster/images/build.ts';
import { stepFollower } from '../../../src/kind-cluster/images/build-steps.ts';
import { mustHaveBuildx } from '../../../src/kind-cluster/images/buildx.ts';

const steps = (output: string) => {
  const seen: string[] = [];
  const follow = stepFollower((step) => seen.push(step));
  for (const line of output.split('\n')) follow(line);
  return seen;
};

describe('of BuildKit’s progress', () => {
  test('the steps that do something are told, in the order in which they begin to', () => {
    expect(
      steps(`#1 [internal] load build definition from Dockerfile
#1 transferring dockerfile: 32B done
#5 [build 1/4] FROM docker.io/library/python:3.12-slim
#5 DONE 0.0s
#9 [build 2/4] COPY requirements.lock ./
#9 CACHED
#10 [build 3/4] RUN make
#11 [test 1/1] RUN check
#11 0.1 checking
#10 0.2 making
#10 DONE 3.1s
#12 exporting to image`),
    ).toEqual(['[test 1/1] RUN check', '[build 3/4] RUN make']);
  });

  test('of older versions, too', () => {
    expect(steps('#7 [a 1/2] RUN x\n#7 sha256:ab\n#7 CACHED\n\n#8 [a 2/2] RUN y\n#8 sha256:cd\n#8 DONE 0.2s')).toEqual([
      '[a 2/2] RUN y',
    ]);
  });
});

test('an image is built from its Dockerfile, target and arguments', () => {
  const image = {
    name: 'app',
    reference: 'shop-app:local',
    context: 'backends/shop',
    dockerfile: 'backends/shop/Dockerfile',
    target: 'development',
    buildArgs: { GREETING: 'hello world' },
    sync: [],
    rebuildOn: [],
  };
  const common = ['build', '--tag', 'shop-app:local', '--file', 'backends/shop/Dockerfile'];
  expect(buildArguments(image, true)).toEqual([
    ...common,
    ...['--target', 'development', '--build-arg', 'GREETING=hello world'],
    ...['--no-cache', '--progress=plain', 'backends/shop'],
  ]);
  const secrets = { npm: { env: 'NPM_TOKEN' }, netrc: { file: 'backends/shop/.netrc' } };
  expect(buildArguments({ ...image, target: undefined, buildArgs: {}, secrets }, false)).toEqual([
    ...common,
    ...['--secret', 'id=npm,env=NPM_TOKEN', '--secret', 'id=netrc,src=backends/shop/.netrc'],
    ...['--progress=plain', 'backends/shop'],
  ]);
  expect(buildArguments({ ...image, target: undefined, buildArgs: {} }, false)).toEqual([
    ...common,
    ...['--progress=plain', 'backends/shop'],
  ]);
  const several = {
    ...image,
    target: undefined,
    buildArgs: {},
    platforms: ['linux/amd64', 'linux/arm64'],
    additionalContexts: { shared: 'packages/shared', 'node:24': 'docker-image://node:24.1' },
  };
  expect(buildArguments(several, false)).toEqual([
    ...['buildx', 'build', '--load', ...common.slice(1)],
    ...['--platform', 'linux/amd64,linux/arm64'],
    ...['--build-context', 'shared=packages/shared', '--build-context', 'node:24=docker-image://node:24.1'],
    ...['--progress=plain', 'backends/shop'],
  ]);
});

describe('the buildx plugin', () => {
  const path = process.env.PATH;
  const withDocker = (exitCode: number) => {
    const folder = mkdtempSync(join(tmpdir(), 'repoctl-docker-'));
    writeFileSync(join(folder, 'docker'), `#!/bin/sh\n[ "$*" = "buildx version" ] && exit ${exitCode}\nexit 3\n`, {
      mode: 0o755,
    });
    process.env.PATH = `${folder}:${path}`;
  };
  afterEach(() => {
    process.env.PATH = path;
  });
  const image = { reference: 'shop-app:local', additionalContexts: { shared: 'packages/shared' } };

  test('is needed for further contexts: without it nothing is built, and it is said why', async () => {
    withDocker(1);
    await expect(mustHaveBuildx([image])).rejects.toThrow(
      "shop-app:local: additionalContexts need Docker's buildx plugin, which is not installed",
    );
    withDocker(0);
    await expect(mustHaveBuildx([image])).resolves.toBeUndefined();
  });

  test('is not asked for by images of one context', async () => {
    withDocker(1);
    await expect(mustHaveBuildx([{ reference: 'shop-app:local' }])).resolves.toBeUndefined();
  });
});
