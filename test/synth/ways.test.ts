import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { synthesize } from '../../src/synth/synthesize.ts';
import { repoctl, repoctlProcess, repository, texts } from './repository.ts';

test('npx cdk8s synth gives the same manifests', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'repoctl-test-'));
  const [ours, theirs] = [join(folder, 'ours'), join(folder, 'theirs')];
  const cli = join(repository, 'node_modules', 'cdk8s-cli', 'bin', 'cdk8s');
  const { status, stdout } = spawnSync(process.execPath, [cli, 'synth', '--check-upgrade=false', '--output', theirs], {
    cwd: repository,
    encoding: 'utf8',
  });
  expect([status, stdout]).toEqual([0, expect.stringContaining(join(theirs, 'turfoo.k8s.yaml'))]);
  await repoctl(repository, 'synth', '--out', ours);
  expect(texts(theirs)).toEqual(texts(ours));
  rmSync(folder, { recursive: true });
});

describe('many projects', () => {
  test('are the same whether one thread makes them or several', async () => {
    const many = mkdtempSync(join(tmpdir(), 'repoctl-test-'));
    writeFileSync(join(many, 'repoctl.yaml'), 'name: many\nglobal: { redis: { databases: 1000 } }\n');
    writeFileSync(join(many, '.env.example'), 'REDIS_PASSWORD=\nMINIO_ROOT_USER=\nMINIO_ROOT_PASSWORD=\n');
    // What may be refused is made on a way of its own.
    const patch = 'patches: [{ target: { kind: Deployment }, merge: { metadata: { labels: { team: shop } } } }]\n';
    for (let index = 0; index < 200; index++) {
      const folder = join(many, 'backends', `p${index}`, 'infra');
      mkdirSync(folder, { recursive: true });
      const api = '{ kind: http, image: "nginx:1.29.0", port: 80, after: [redis] }';
      writeFileSync(
        join(folder, 'project.yaml'),
        `name: p${index}\nuses: { redis: { database: ${index} } }\nworkloads: { api: ${api} }\n${index % 2 ? patch : ''}`,
      );
    }
    // From source there is no program for further threads.
    await synthesize(many, { profile: 'local', out: join(many, 'one') });
    expect(repoctlProcess(many, 'synth', '--out', join(many, 'several'))).toMatchObject({ status: 0 });
    expect(texts(join(many, 'several'))).toEqual(texts(join(many, 'one')));
    expect(Object.keys(texts(join(many, 'several')))).toHaveLength(202);
    expect(Object.values(texts(join(many, 'several'))).filter((text) => /team: shop/.test(text))).toHaveLength(100);
    expect(repoctlProcess(many, 'synth', '--check', '--out', join(many, 'several'))).toMatchObject({ status: 0 });
    rmSync(many, { recursive: true, force: true });
  });
});
