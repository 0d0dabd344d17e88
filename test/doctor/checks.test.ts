import { describe, expect, test } from '@jest/globals';
import type { Container, Facts, PortFacts } from '../../src/doctor/machine-facts.ts';
import { engine, rowOf, rows, system } from './example-machine.ts';

const gibibyte = 2 ** 30;

test('a machine that lacks nothing is ok in every row', () => {
  expect(rows().map(({ level, subject, found }) => `${level} ${subject}: ${found}`)).toEqual([
    'ok node: 20.19.0',
    'ok docker: engine 28.1.0',
    'ok docker memory: 16.0 GiB, 8 CPUs',
    'ok docker disk: 100.0 GiB free',
    'ok kind: 0.32.0 (/usr/bin/kind)',
    'ok tilt: 0.37.2 (/c/tools/tilt/0.37.2/tilt)',
    'ok architecture: x86_64',
    'ok cgroup: v2',
    'ok inotify: 524288 watches, 512 instances',
    'ok configuration: monorepo (/repo)',
    'ok context: kind-dev (https://127.0.0.1:6443), Kubernetes v1.34.4',
    'ok ports: free: 5001, 10350',
  ]);
});

/** A context whose API server does not answer. */
const silent = (name: string): Partial<Facts> => ({
  context: { name, server: 'https://127.0.0.1:1', silence: "can't reach https://127.0.0.1:1: ECONNREFUSED" },
});

const docker = (given: Parameters<typeof engine>[0]): Partial<Facts> => ({ docker: engine(given) });

test.each<[string, Partial<Facts>, string, string, string]>([
  ['node', { system: system({ node: '20.18.3' }) }, 'fail', '20.18.3; at least 20.19.0 is needed', 'nvm install'],
  ['docker', { docker: { state: 'missing' } }, 'fail', 'there is no docker on PATH', 'get-docker'],
  [
    'docker',
    { docker: { state: 'unreachable', problem: 'Cannot connect to the Docker daemon' } },
    'fail',
    'Cannot connect to the Docker daemon',
    'sudo systemctl start docker',
  ],
  [
    'docker',
    { docker: { state: 'unreachable', problem: 'Cannot connect' }, system: system({ platform: 'darwin' }) },
    'fail',
    'Cannot connect',
    'open -a Docker',
  ],
  [
    'docker',
    { docker: { state: 'unreachable', problem: 'permission denied while trying to connect' } },
    'fail',
    'permission denied while trying to connect',
    'sudo usermod -aG docker "$USER"',
  ],
  ['docker', docker({ version: '19.3.15' }), 'fail', 'engine 19.3.15; at least 20.10.0 is needed', 'engine/install'],
  ['docker memory', docker({ memory: 1.5 * gibibyte }), 'fail', '1.5 GiB, 8 CPUs; 2 GiB is the least', 'Resources'],
  ['docker memory', docker({ memory: 4 * gibibyte, cpus: 1 }), 'warn', '4.0 GiB, 1 CPU; 6 GiB is enough', 'Resources'],
  ['docker disk', docker({ free: gibibyte }), 'fail', '1.0 GiB free; 2 GiB is the least', 'docker system prune'],
  [
    'docker disk',
    docker({ free: 5 * gibibyte, reclaimable: '4GB of images' }),
    'warn',
    '5.0 GiB free, 4GB of images to be reclaimed; 10 GiB is enough',
    'docker system prune',
  ],
  [
    'kind',
    { tools: [{ name: 'kind', lack: 'there is no kind on PATH' }] },
    'warn',
    'there is no kind on PATH; it runs the cluster',
    'repoctl up --yes',
  ],
  [
    'tilt',
    { tools: [{ name: 'tilt', lack: 'there is no tilt on PATH' }] },
    'warn',
    'there is no tilt on PATH; only live reload needs it',
    'repoctl up --yes',
  ],
  [
    'architecture',
    docker({ architecture: 'riscv64' }),
    'fail',
    'riscv64; the images are made for x86_64 and aarch64',
    'docker context use',
  ],
  [
    'architecture',
    docker({ architecture: 'aarch64' }),
    'warn',
    'Docker runs aarch64, Node is built for x64',
    'Node for arm64',
  ],
  ['cgroup', docker({ cgroup: '1' }), 'warn', 'v1; Kubernetes 1.35 and newer need v2', 'unified_cgroup_hierarchy=1'],
  [
    'inotify',
    { system: system({ inotify: { watches: 8192, instances: 128 } }) },
    'warn',
    '8192 watches, 128 instances; kind advises 524288 watches and 512 instances',
    'sudo sysctl -w fs.inotify.max_user_watches=524288 fs.inotify.max_user_instances=512',
  ],
  [
    'inotify',
    { system: system({ inotify: { watches: 600_000, instances: 128 } }) },
    'warn',
    '600000 watches, 128 instances; kind advises 512 instances',
    'sudo sysctl -w fs.inotify.max_user_instances=512',
  ],
  [
    'configuration',
    { configuration: { problems: [] } },
    'warn',
    'there is no repoctl.yaml here or above',
    'repoctl init',
  ],
  [
    'configuration',
    { configuration: { root: '/repo', problems: ['repoctl.yaml:1:1: name: wrong', 'b'] } },
    'fail',
    '2 problems: repoctl.yaml:1:1: name: wrong',
    'repoctl validate',
  ],
  [
    'kind-config',
    {
      configuration: { root: '/repo', name: 'monorepo', problems: [], clusterProblem: 'there is no kind-config.yaml' },
    },
    'fail',
    'there is no kind-config.yaml',
    'repoctl init',
  ],
  [
    'context',
    { context: { problem: 'the kubeconfig has no context "kind-dev"' } },
    'warn',
    'the kubeconfig has no context "kind-dev"',
    'repoctl up',
  ],
  ['context', silent('kind-dev'), 'warn', 'ECONNREFUSED', 'repoctl up (starts it)'],
  [
    'context',
    { ...silent('kind-old'), configuration: { problems: [] } },
    'warn',
    'ECONNREFUSED',
    'docker start old-control-plane',
  ],
  ['context', silent('minikube'), 'fail', 'ECONNREFUSED', 'start that cluster'],
  [
    'context',
    { ...silent('kind-dev'), docker: { state: 'unreachable', problem: 'x' } },
    'warn',
    'ECONNREFUSED',
    'start Docker, then repoctl up',
  ],
  [
    'context',
    { ...silent('kind-dev'), ...docker({ containers: [{ name: 'n', image: 'i', cluster: 'dev', ports: [] }] }) },
    'fail',
    'ECONNREFUSED',
    'docker logs dev-control-plane',
  ],
])('%s with %j: %s', (subject, given, level, found, fix) => {
  const row = rowOf(subject, given);
  expect(row).toMatchObject({ level });
  expect(row?.found).toContain(found);
  expect(row?.fix).toContain(fix);
});

test('what can only be asked of a running engine is left out without one', () => {
  const subjects = rows({ docker: { state: 'missing' } }).map(({ subject }) => subject);
  expect(subjects).toEqual(['node', 'docker', 'kind', 'tilt', 'inotify', 'configuration', 'context', 'ports']);
});

test('what is not known of a machine is left out', () => {
  const subjects = rows({ system: system({ inotify: undefined }), docker: engine({ free: undefined, cgroup: '' }) });
  for (const subject of ['inotify', 'docker disk', 'cgroup'])
    expect(subjects.map((row) => row.subject)).not.toContain(subject);
});

describe('a port', () => {
  const container = (given: Partial<Container>): Container => ({ name: 'c', image: 'i:1', ports: [], ...given });
  const given = (port: PortFacts, containers: Container[] = [], more: Partial<Facts> = {}): Partial<Facts> => ({
    ports: [port, { port: 9000, what: 'monorepo/minio' }],
    docker: engine({ containers }),
    ...more,
  });
  const postgres = { port: 15432, what: 'turfoo/postgres' };

  test('that is taken is not listed with those that are free', () => {
    expect(rowOf('ports', given({ ...postgres, owner: {} }))?.found).toBe('free: 9000');
  });

  test('of another process fails, with who wants it and who has it', () => {
    expect(rowOf('port 15432', given({ ...postgres, owner: { pid: 77, program: 'postgres' } }))).toEqual({
      level: 'fail',
      subject: 'port 15432',
      found: 'wanted by turfoo/postgres, in use by postgres (pid 77)',
      fix: 'kill 77, or give another hostPort',
    });
  });

  test.each([
    ['linux', "sudo ss -ltnp 'sport = :15432', or give another hostPort"],
    ['darwin', 'sudo lsof -nP -iTCP:15432 -sTCP:LISTEN, or give another hostPort'],
  ])('of a process that may not be seen on %s fails with how to see it', (platform, fix) => {
    const row = rowOf('port 15432', given({ ...postgres, owner: {} }, [], { system: system({ platform }) }));
    expect(row).toMatchObject({
      level: 'fail',
      found: "wanted by turfoo/postgres, in use by another user's process",
      fix,
    });
  });

  test('of a container fails by the name of the container, not of its proxy', () => {
    const taken = given({ ...postgres, owner: { pid: 5, program: 'docker-proxy' } }, [
      container({ name: 'db', image: 'postgres:16', ports: [15432] }),
    ]);
    expect(rowOf('port 15432', taken)).toMatchObject({
      level: 'fail',
      found: 'wanted by turfoo/postgres, in use by container db (postgres:16)',
      fix: 'docker stop db, or give another hostPort',
    });
  });

  test("of our own cluster's node is ok, of another cluster's it is not", () => {
    const of = (cluster: string) => given(postgres, [container({ cluster, ports: [15432] })]);
    expect(rowOf('port 15432', of('dev'))?.level).toBe('ok');
    expect(rowOf('port 15432', of('other'))?.level).toBe('fail');
    const unknown = { ...of('other'), configuration: { problems: [] } };
    expect(rowOf('port 15432', unknown)?.level).toBe('ok');
  });

  test('5001 is ok with the registry of kind clusters, and fails with any other', () => {
    const registry = { port: 5001, what: 'the local registry', owner: {} };
    const of = (name: string) => given(registry, [container({ name, ports: [5001] })]);
    expect(rowOf('port 5001', of('kind-registry'))?.level).toBe('ok');
    expect(rowOf('port 5001', of('mine'))).toMatchObject({ level: 'fail', fix: 'docker stop mine' });
  });

  test('of Tilt is ok; its own port in other hands only warns', () => {
    expect(rowOf('port 15432', given({ ...postgres, owner: { pid: 9, program: 'tilt' } }))?.level).toBe('ok');
    const own = { port: 10350, what: 'Tilt', owner: { pid: 8, program: 'python3' } };
    expect(rowOf('port 10350', given(own))).toMatchObject({ level: 'warn', fix: 'kill 8, or TILT_PORT=10351' });
  });
});
