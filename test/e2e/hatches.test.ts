import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:http2';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { images } from '../../charts/common/images.ts';
import { cluster, ensureCluster, makeAvailable, shifted } from './environment.ts';
import { eventually, run } from './run.ts';
import { SmallEnvironment } from './small-environment.ts';

jest.setTimeout(400_000);

/** What a workload needs that few do. One project says it all; each test looks at it from inside of the running pods. */
const projectYaml = `name: hatch
images:
  # The whole repository, for what projects share.
  app: { context: ../.. }
pullSecrets: [registry-login]
profiles:
  more: { workloads: { tally: { replicas: 2 } } }
workloads:
  api:
    kind: http
    port: 8080
    health: /health
    ready: { grpc: 9000 }
    ports: { grpc: { port: 9000, protocol: grpc, hostPort: 19000 } }
    annotations: { example.com/owner: team-a }
    labels: { example.com/cost: low }
    nodeSelector: { kubernetes.io/os: linux }
    tolerations: [{ key: dedicated, value: batch, effect: NoSchedule }]
    env:
      POD_NAME: { fieldRef: metadata.name }
      LIMIT: { resourceFieldRef: limits.memory }
      TOKEN: { secretKeyRef: stripe/api-key }
      MODE: { configMapKeyRef: settings/mode }
    volumes:
      config: { mountPath: /etc/app/app.conf, files: infra/app.conf }
      data: { mountPath: /data, claim: 16Mi }
      scratch: { mountPath: /scratch, emptyDir: { sizeLimit: 16Mi } }
      login: { mountPath: /login, secret: stripe }
    writable: [/var/cache/app]
    serviceAccount: { rules: [{ resources: [pods], verbs: [get, list] }] }
    initContainers:
      prepare: { image: "${images.busybox}", command: [sh, -c, "echo prepared > /scratch/prepared"], volumeMounts: { scratch: /scratch } }
    sidecars:
      proxy: { image: "${images.busybox}", command: [sh, -c, "mkdir -p /tmp/www && echo beside > /tmp/www/index.html && exec httpd -f -p 9901 -h /tmp/www"], ports: { admin: 9901 }, health: { tcp: 9901 } }
    preStop: { sleep: 1 }
    stopSeconds: 1
  root:
    kind: worker
    image: ${images.busybox}
    command: [sh, -c, "id -u > /etc/who && exec sleep 86400"]
    health: { command: [test, -s, /etc/who] }
    user: 0
    security: { level: baseline, reason: writes below /etc }
    stopSeconds: 1
  tally:
    kind: statefulset
    image: ${images.busybox}
    command: [sh, -c, "hostname >> /counts/names && exec sleep 86400"]
    health: { command: [test, -s, /counts/names] }
    volumes: { counts: { mountPath: /counts, claim: 16Mi } }
    stopSeconds: 1
`;

/** Answers HTTP with what it finds in its pod, and gRPC's question whether it is healthy. */
const server = `import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import http2 from 'node:http2';
import https from 'node:https';
import { shared } from './shared/name.mjs';

const account = '/var/run/secrets/kubernetes.io/serviceaccount/';
const answers = {
  '/health': () => 'ok',
  '/env': () => JSON.stringify([process.env.POD_NAME, process.env.LIMIT, process.env.TOKEN, process.env.MODE]),
  '/shared': () => shared,
  '/config': () => readFileSync('/etc/app/app.conf', 'utf8'),
  '/login': () => readFileSync('/login/api-key', 'utf8'),
  '/prepared': () => readFileSync('/scratch/prepared', 'utf8'),
  '/write': () => ['/data', '/scratch', '/var/cache/app', '/opt'].filter((folder) => {
    try { writeFileSync(folder + '/x', 'x'); return true; } catch { return false; }
  }).join(),
  '/kept': () => readFileSync('/data/x', 'utf8'),
  '/beside': async () => (await fetch('http://localhost:9901/')).text(),
  '/pods': () => api('pods'),
  '/secrets': () => api('secrets'),
};
const api = (what) => new Promise((resolve, reject) => https.get({
  host: 'kubernetes.default.svc', path: '/api/v1/namespaces/hatch/' + what, ca: readFileSync(account + 'ca.crt'),
  headers: { authorization: 'Bearer ' + readFileSync(account + 'token', 'utf8') },
}, ({ statusCode }) => resolve(String(statusCode))).on('error', reject));
createServer(async ({ url }, response) => {
  try { response.end(await answers[url]()); } catch (error) { response.writeHead(500).end(String(error)); }
}).listen(8080);
http2.createServer().on('stream', (stream) => {
  stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true });
  stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
  // SERVING, as a frame of five bytes and a message of two.
  stream.end(Buffer.from([0, 0, 0, 0, 2, 8, 1]));
}).listen(9000);
process.on('SIGTERM', () => process.exit());
`;

/** What a gRPC server answers that is asked for its health. */
async function health(port: number): Promise<Buffer> {
  const session = connect(`http://127.0.0.1:${port}`);
  try {
    await once(session, 'connect');
    const headers = { ':method': 'POST', ':path': '/grpc.health.v1.Health/Check', 'content-type': 'application/grpc' };
    const stream = session.request(headers);
    stream.end(Buffer.from([0, 0, 0, 0, 0]));
    return await buffer(stream);
  } finally {
    session.destroy();
  }
}

describe('what a workload needs that few do', () => {
  let small: SmallEnvironment;

  beforeAll(() => {
    ensureCluster();
    small = new SmallEnvironment('hatches', cluster);
    small.write(
      'repoctl.yaml',
      `${small.read('repoctl.yaml')}profiles: { more: { extends: local } }\nprojects: [apps/hatch]\n`,
    );
    small.write('apps/hatch/infra/project.yaml', projectYaml);
    small.write('apps/hatch/infra/app.conf', 'colour = red\n');
    small.write('apps/hatch/infra/.env.example', '');
    small.write('apps/hatch/server.mjs', server);
    small.write('shared/name.mjs', "export const shared = 'of all projects';\n");
    const [base = ''] = makeAvailable(['node:24-slim']);
    small.write(
      'apps/hatch/Dockerfile',
      `FROM ${base} AS runtime\nWORKDIR /app\nCOPY shared shared\nCOPY apps/hatch/server.mjs .\nUSER 1000\nCMD ["node", "server.mjs"]\n`,
    );
    small.write('.dockerignore', 'node_modules\ndist\n**/.env\n');
    run('kind', ['load', 'docker-image', '--name', cluster, ...makeAvailable([images.busybox])]);
    small.clear('hatch', 'hatches');
    small.kubectl('create', 'namespace', 'hatch');
    small.kubectl('create', 'secret', 'generic', 'stripe', '-n', 'hatch', '--from-literal=api-key=sk-1');
    small.kubectl('create', 'configmap', 'settings', '-n', 'hatch', '--from-literal=mode=quick');
    const started = small.project('start', 'hatch', '--adopt', 'hatch');
    expect(started).toMatchObject({ status: 0 });
  });
  afterAll(() => {
    small?.clear('hatch', 'hatches');
    small?.remove();
  });

  const inside = (path: string) =>
    small.kubectl(
      'exec',
      '-n',
      'hatch',
      'deploy/hatch-api',
      '-c',
      'proxy',
      '--',
      'wget',
      '-qO-',
      `http://localhost:8080${path}`,
    );
  const field = (what: string, path: string) => small.kubectl('get', '-n', 'hatch', what, '-o', `jsonpath={${path}}`);

  test('is healthy, with a gRPC server that is asked in its own protocol', () => {
    expect(field('deploy/hatch-api', '.spec.template.spec.containers[0].readinessProbe.grpc.port')).toBe('9000');
    expect(small.repoctl('status').status).toBe(0);
  });

  test('the pod’s own name and limit, and keys of a Secret and a ConfigMap under other names', () => {
    const [name, limit, token, mode] = JSON.parse(inside('/env')) as string[];
    expect(name).toMatch(/^hatch-api-/);
    expect([Number(limit) > 2 ** 20, token, mode]).toEqual([true, 'sk-1', 'quick']);
  });

  test('a file of the repository, one of a Secret, and what an init container left', () => {
    expect([inside('/config'), inside('/login'), inside('/prepared')]).toEqual(['colour = red', 'sk-1', 'prepared']);
  });

  test('folders that can be written to, and no others; a claim keeps what is in it', async () => {
    expect(inside('/write')).toBe('/data,/scratch,/var/cache/app');
    small.kubectl('delete', 'pod', '-n', 'hatch', '--selector', 'app.kubernetes.io/instance=hatch-api', '--wait');
    await eventually('the next pod answers', 120, () => expect(inside('/kept')).toBe('x'));
  });

  test('a sidecar', () => expect(inside('/beside')).toBe('beside'));

  test('an account that may list pods, and nothing else', () => {
    expect([inside('/pods'), inside('/secrets')]).toEqual(['200', '403']);
    expect(field('statefulset/hatch-tally', '.spec.template.spec.automountServiceAccountToken')).toBe('false');
  });

  test('annotations, labels, nodes, tolerations and the Secret for a registry', () => {
    const pod = (path: string) => field('deploy/hatch-api', `.spec.template${path}`);
    expect([
      pod('.metadata.annotations.example\\.com/owner'),
      pod('.metadata.labels.example\\.com/cost'),
      pod('.spec.nodeSelector.kubernetes\\.io/os'),
      pod('.spec.tolerations[0].key'),
      pod('.spec.imagePullSecrets[0].name'),
    ]).toEqual(['team-a', 'low', 'linux', 'dedicated', 'registry-login']);
  });

  test('an image of the whole repository', () => expect(inside('/shared')).toBe('of all projects'));

  test('a second port on this machine', async () => {
    const forwarding = spawn(
      process.execPath,
      [join(import.meta.dirname, '..', '..', 'bin', 'repoctl.mjs'), 'infra', 'project', 'forward', 'hatch'],
      { cwd: small.root, env: { ...process.env, KIND_CLUSTER_NAME: cluster }, stdio: 'ignore' },
    );
    try {
      const answer = await eventually('gRPC answers on this machine', 60, () => health(shifted(19000)));
      // SERVING: a frame of five bytes, and the field 1 with the value 1.
      expect([...answer]).toEqual([0, 0, 0, 0, 2, 8, 1]);
    } finally {
      forwarding.kill('SIGINT');
      await once(forwarding, 'exit');
    }
  });

  test('root with a reason, in a namespace that says so', () => {
    expect(small.kubectl('exec', '-n', 'hatch', 'deploy/hatch-root', '--', 'cat', '/etc/who')).toBe('0');
    expect(field('namespace/hatch', '.metadata.labels.pod-security\\.kubernetes\\.io/enforce')).toBe('baseline');
    expect(small.repoctl('validate').stderr).toContain('writes below /etc');
  });

  test('a claim for each pod, and more of them in another profile', () => {
    const more = small.project('start', 'hatch', '--profile', 'more');
    expect(more).toMatchObject({ status: 0 });
    expect(small.kubectl('exec', '-n', 'hatch', 'hatch-tally-1', '--', 'cat', '/counts/names')).toBe('hatch-tally-1');
    expect(small.kubectl('get', 'pvc', '-n', 'hatch', '-o', 'name').split('\n').sort()).toEqual([
      'persistentvolumeclaim/counts-hatch-tally-0',
      'persistentvolumeclaim/counts-hatch-tally-1',
      'persistentvolumeclaim/hatch-api-data',
    ]);
  });
});
