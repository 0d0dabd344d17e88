import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { images } from '../../charts/common/images.ts';
import { cluster, ensureCluster, makeAvailable } from './environment.ts';
import { attempt, eventually, run } from './run.ts';
import { SmallEnvironment } from './small-environment.ts';

jest.setTimeout(600_000);

const registry = `registry-login-${cluster}`;
const account = { name: 'puller', password: 'secret-of-the-test' };
/** Of the password, by bcrypt. */
const htpasswd = `${account.name}:$2y$05$abcdefghijklmnopqrstuu2hir4hxhqSzdkW1wYaCdjOyk2x8X6Wm\n`;

const image = `${registry}:5000/team/app:1.0.0`;
const projectYaml = `name: private
pullSecrets: [registry-login]
workloads:
  app:
    kind: worker
    image: "${image}"
    command: [sleep, "86400"]
    health: { command: ["true"] }
    stopSeconds: 1
`;

describe('an image from a registry that wants a login', () => {
  let small: SmallEnvironment;
  const docker = (...args: string[]) => run('docker', args).stdout.trim();

  beforeAll(async () => {
    ensureCluster();
    small = new SmallEnvironment('login', cluster);
    small.write('repoctl.yaml', `${small.read('repoctl.yaml')}projects: [apps/private]\n`);
    small.write('apps/private/infra/project.yaml', projectYaml);
    small.write('apps/private/infra/.env.example', '');
    const [server = '', busybox = ''] = makeAvailable([images.registry, images.busybox]);
    attempt('docker', ['rm', '--force', registry]);
    const auth = ['htpasswd', 'htpasswd_realm=test', 'htpasswd_path=/htpasswd'];
    const settings = auth.flatMap((each) => {
      const [key = '', value = ''] = each.includes('=') ? each.split('=') : ['', each];
      return ['--env', `REGISTRY_AUTH${key && `_${key.toUpperCase()}`}=${value}`];
    });
    docker('create', '--name', registry, '--network', 'kind', '--publish', '127.0.0.1::5000', ...settings, server);
    writeFileSync(join(small.root, 'htpasswd'), htpasswd);
    docker('cp', join(small.root, 'htpasswd'), `${registry}:/htpasswd`);
    docker('start', registry);
    const published = docker('port', registry, '5000/tcp').split('\n')[0] ?? '';
    // Docker takes a registry of this machine without a certificate, under its name there.
    const local = `localhost:${published.split(':').at(-1)}`;
    const config = join(small.root, 'docker');
    await eventually('the registry answers', 30, () =>
      run('docker', ['--config', config, 'login', '--username', account.name, '--password-stdin', local], {
        input: account.password,
      }),
    );
    docker('tag', busybox, `${local}/team/app:1.0.0`);
    run('docker', ['--config', config, 'push', '--quiet', `${local}/team/app:1.0.0`]);
    docker('image', 'rm', `${local}/team/app:1.0.0`);
    const folder = `/etc/containerd/certs.d/${registry}:5000`;
    const hosts = `[host."http://${registry}:5000"]\n  capabilities = ["pull", "resolve"]\n`;
    run(
      'docker',
      ['exec', '-i', `${cluster}-control-plane`, 'sh', '-c', `mkdir -p ${folder} && cat > ${folder}/hosts.toml`],
      {
        input: hosts,
      },
    );
    small.clear('private', 'login');
    // Of a run that was killed.
    attempt('docker', ['exec', `${cluster}-control-plane`, 'crictl', 'rmi', image]);
  });
  afterAll(() => {
    small?.clear('private', 'login');
    small?.remove();
    attempt('docker', ['rm', '--force', '--volumes', registry]);
    attempt('docker', ['exec', `${cluster}-control-plane`, 'crictl', 'rmi', image]);
  });

  test('can’t be had without the pull Secret, which the report names', () => {
    const started = small.project('start', 'private', '--timeout', '60');
    expect(started.status).not.toBe(0);
    const status = small.repoctl('status');
    expect(status.status).toBe(1);
    expect(status.stdout).toMatch(/can't pull the image .*there is no pull Secret registry-login/s);
    expect(status.stdout).toContain('get secret registry-login');
  });

  test('is pulled by the Secret, and runs', () => {
    small.kubectl(
      ...['create', 'secret', 'docker-registry', 'registry-login', '-n', 'private'],
      ...['--docker-server', `${registry}:5000`],
      ...['--docker-username', account.name, '--docker-password', account.password],
    );
    const started = small.project('start', 'private', '--timeout', '180');
    expect(started).toMatchObject({ status: 0 });
    // The one that is there would be tried only when its back-off has ended.
    expect(started.stderr).toMatch(/replacing pod private\/private-app-\S+, which waits for its next attempt/);
    const running = ['--field-selector=status.phase=Running', '-o', 'jsonpath={.items[*].spec.containers[0].image}'];
    expect(small.kubectl('get', 'pods', '-n', 'private', ...running)).toContain(image);
    expect(small.repoctl('status').status).toBe(0);
  });
});
