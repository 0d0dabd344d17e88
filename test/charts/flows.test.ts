import { describe, expect, test } from '@jest/globals';
import { globalObjects, projectObjects } from '../../charts/app.ts';
import { type Network, networkField } from '../../charts/common/network.ts';
import { serviceKinds, workloadKinds } from '../../charts/kinds.ts';
import type { Profile } from '../../charts/model.ts';
import { declareEnvironment, declareProject, type GivenProject, type ManifestObject } from './declared.ts';
import { matrix, type Pods, podsOf } from './network-matrix.ts';
import { identity } from './objects.ts';

const shop: GivenProject = {
  name: 'shop',
  uses: { redis: { database: 1 }, minio: { buckets: ['raw'] } },
  services: {
    postgres: {},
    immudb: {},
    search: { kind: 'container', image: 'nginx:1.29', port: 7700, ports: { peer: 7701 } },
    pooler: { kind: 'container', image: 'nginx:1.29', port: 6432, egress: [{ to: 'postgres' }] },
  },
  workloads: {
    migrate: { kind: 'job', check: ['true'] },
    api: { kind: 'http', port: 8000, ports: { admin: 8001 }, metrics: '/metrics', after: ['postgres', 'migrate'] },
    web: { kind: 'http', port: 3000, after: ['api'] },
    queue: { kind: 'worker', ports: { in: { port: 5000, protocol: 'udp' }, metrics: 9100 }, health: { tcp: 9100 } },
    ring: { kind: 'statefulset', ports: { gossip: 7946 }, health: { tcp: 7946 } },
    nightly: {
      kind: 'cronjob',
      schedule: '@daily',
      egress: [{ to: 'queue', ports: [{ port: 5000, protocol: 'udp' }] }],
    },
  },
};
const news: GivenProject = {
  name: 'news',
  links: ['shop/api'],
  workloads: { reader: { kind: 'worker', health: { tcp: 1 } }, page: { kind: 'http', port: 80, after: ['shop/web'] } },
};
const idle: GivenProject = { name: 'idle', uses: { redis: { database: 2 } } };

function made(given: readonly GivenProject[], profile: (of: Profile) => Profile = (of) => of): ManifestObject[] {
  const environment = declareEnvironment(given.map(declareProject));
  const chosen = profile(environment.profiles.production);
  return [
    ...globalObjects(environment, chosen).objects,
    ...environment.projects.flatMap((project) => projectObjects(environment, chosen, project).objects),
  ];
}

const withNetwork =
  (network: Partial<Network>, more: Partial<Profile> = {}) =>
  (of: Profile): Profile => ({
    ...of,
    ...more,
    network: { ...of.network, ...network },
  });

const stranger = (namespace: string, name = namespace): Pods => ({ name, namespace, labels: {}, ports: [] });

type Policy = {
  metadata: { name: string; annotations?: Record<string, string> };
  spec: { egress?: { to: { ipBlock?: { cidr: string } }[]; ports: { port: number; protocol: string }[] }[] };
};
const policy = (objects: readonly ManifestObject[], name: string) =>
  objects.find(({ kind, metadata }) => kind === 'NetworkPolicy' && metadata?.name === name) as unknown as Policy;
/** Addresses that a policy lets its pods reach, as `cidr:port`. */
const addresses = (objects: readonly ManifestObject[], name: string) =>
  (policy(objects, name).spec.egress ?? []).flatMap(({ to, ports }) =>
    to.flatMap(({ ipBlock }) => (ipBlock ? ports.map(({ port }) => `${ipBlock.cidr}:${port}`) : [])),
  );

describe('the pods of an environment', () => {
  const objects = made([shop, news, idle]);
  const pods = podsOf(objects);

  test('connect as the configuration tells, and in no other way', () => {
    const workloads = ['migrate', 'api', 'web', 'queue', 'ring', 'nightly'].map((name) => `shop-${name}`);
    const connected = [
      'dev-redis:6379',
      'dev-minio:9000',
      'shop-postgres:5432',
      'shop-search:7700',
      'shop-search:7701',
    ];
    const immudb = ['shop-immudb:3322', 'shop-immudb:5433', 'shop-immudb:8080'];
    const declared = [
      ...workloads.flatMap((from) => [...connected, ...immudb, 'shop-pooler:6432'].map((to) => `${from} → ${to}`)),
      'dev-minio-buckets → dev-minio:9000',
      'shop-pooler → shop-postgres:5432',
      'shop-web → shop-api:8000',
      'shop-nightly → shop-queue:5000/udp',
      'shop-ring → shop-ring:7946',
      'news-reader → shop-api:8000',
      'news-page → shop-api:8000',
      'news-reader → shop-api:8001',
      'news-page → shop-api:8001',
      'news-page → shop-web:3000',
    ];
    expect(matrix(objects, pods)).toEqual(declared.sort());
  });

  test('without policies connect with everybody', () => {
    const open = made([shop, news, idle], withNetwork({ policies: false }));
    const ports = pods.reduce((sum, each) => sum + each.ports.length, 0);
    expect(matrix(open, podsOf(open))).toHaveLength(pods.length * ports);
  });

  test('refuse strangers, but for Prometheus at their metrics', () => {
    const others = [stranger('default'), stranger('kube-system'), stranger('monitoring'), stranger('ingress-nginx')];
    const reached = matrix(objects, [...others, ...pods]).filter((line) =>
      others.some(({ name }) => line.startsWith(`${name} `)),
    );
    expect(reached).toEqual([
      'monitoring → shop-api:8000',
      'monitoring → shop-immudb:9497',
      'monitoring → shop-queue:9100',
    ]);
  });

  test('refuse KEDA, but where it asks for the length of a queue', () => {
    const queues = [{ list: 'celery', perPod: 5 }];
    const scaled = { kind: 'worker', health: { tcp: 1 }, autoscale: { min: 0, max: 5, queues } };
    const keda = stranger('keda');
    const asking = made([shop, { ...idle, workloads: { scaled } }]);
    const reached = (given: typeof asking) =>
      matrix(given, [keda, ...podsOf(given)]).filter((line) => line.startsWith('keda '));
    expect([reached(objects), reached(asking)]).toEqual([[], ['keda → dev-redis:6379']]);
  });

  test('of a project that nobody knows reach DNS only', () => {
    const dns: Pods = {
      name: 'dns',
      namespace: 'kube-system',
      labels: { 'k8s-app': 'kube-dns' },
      ports: [53, 9153].flatMap((port) => ['TCP', 'UDP'].map((protocol) => ({ port, protocol }))),
    };
    const hidden = { ...stranger('shop', 'hidden'), labels: { app: 'hidden' } };
    expect(matrix(objects, [hidden, dns, ...pods]).filter((line) => line.startsWith('hidden'))).toEqual([
      'hidden → dns:53',
      'hidden → dns:53/udp',
    ]);
  });

  test('the same with consoles in a profile for development that has policies', () => {
    const local = made([{ ...shop, services: { postgres: {}, pgadmin: {} } }], (of) => ({ ...of, development: true }));
    const consoles = matrix(local, podsOf(local)).filter((line) => /pgadmin|insight/.test(line));
    expect(consoles).toEqual(['dev-redis-insight → dev-redis:6379', 'shop-pgadmin → shop-postgres:5432']);
  });

  test('reach no address outside of the cluster', () => {
    const all = objects.filter(({ kind }) => kind === 'NetworkPolicy').map(({ metadata }) => metadata?.name ?? '');
    expect(all.flatMap((name) => addresses(objects, name))).toEqual([]);
  });
});

test('each namespace refuses by default, with the policy before everything that it is for', () => {
  const objects = made([shop, news], (of) => ({ ...of, quota: false }));
  const kinds = objects.filter(({ kind }) => kind !== 'ServiceAccount').map(identity);
  for (const namespace of kinds.filter((each) => each.startsWith('Namespace/')))
    expect(kinds[kinds.indexOf(namespace) + 1]).toBe(`${namespace.replace('Namespace', 'NetworkPolicy')}-default-deny`);
});

test('no service has the role of a workload, or it would have its connections', () => {
  const roles = Object.values(workloadKinds).map(({ component }) => component);
  expect(Object.values(serviceKinds).filter(({ component }) => roles.includes(component))).toEqual([]);
});

describe('addresses', () => {
  const cloud = { ...shop, services: { postgres: {} }, workloads: { api: { kind: 'http', port: 8000 } } };

  test('a managed service without one may be anywhere but where credentials are given away', () => {
    const objects = made([cloud], withNetwork({}, { managed: ['postgres', 'redis', 'minio'] }));
    expect(addresses(objects, 'shop-api')).toEqual(
      [6379, 443, 5432].flatMap((port) => [`0.0.0.0/0:${port}`, `::/0:${port}`]),
    );
    expect(JSON.stringify(policy(objects, 'shop-api'))).toContain('"except":["169.254.0.0/16"]');
  });

  test('a managed service is where the profile says, by its kind or its own name', () => {
    const managed = networkField.parse({
      managed: {
        postgres: [{ cidrs: ['10.1.0.0/16'] }],
        redis: [{ cidrs: ['10.2.0.0/16', '10.3.0.0/16'], ports: [6380] }, { fqdn: 'eu.redis.example.com' }],
        'shop/reports': [{ cidrs: ['2001:db8::/32'] }],
      },
    }).managed as Network['managed'];
    const given = { ...cloud, services: { postgres: {}, reports: { kind: 'postgres' } } };
    const objects = made([given], withNetwork({ managed }, { managed: ['postgres', 'redis'] }));
    expect(addresses(objects, 'shop-api')).toEqual([
      '10.2.0.0/16:6380',
      '10.3.0.0/16:6380',
      '0.0.0.0/0:6379',
      '::/0:6379',
      '10.1.0.0/16:5432',
      '2001:db8::/32:5432',
    ]);
    expect(policy(objects, 'shop-api').metadata.annotations).toEqual({
      'repoctl.dev/egress-hosts': 'eu.redis.example.com',
    });
  });

  test('the Kubernetes API is for pods with a token only', () => {
    const account = { rules: [{ resources: ['pods'], verbs: ['list'] }] };
    const given = {
      workloads: { api: { kind: 'http', port: 80, serviceAccount: account }, web: { kind: 'http', port: 80 } },
    };
    const apiServer = { cidrs: ['192.0.2.1/32'], ports: [6443] };
    const objects = made([given], withNetwork({ apiServer }));
    expect(addresses(objects, 'shop-api')).toEqual(['192.0.2.1/32:6443']);
    expect(policy(objects, 'shop-web')).toBeUndefined();
  });

  test('a DNS cache on the nodes answers, too', () => {
    const dns = { namespace: 'kube-system', cidrs: ['169.254.20.10/32'] };
    expect(addresses(made([], withNetwork({ dns })), 'dev-default-deny')).toEqual([
      '169.254.20.10/32:53',
      '169.254.20.10/32:53',
    ]);
  });

  test('ports alone are those of any address but the metadata of clouds', () => {
    const objects = made([{ workloads: { api: { kind: 'http', port: 80, egress: [{ ports: [25] }] } } }]);
    expect(addresses(objects, 'shop-api')).toEqual(['0.0.0.0/0:25', '::/0:25']);
    expect(policy(objects, 'shop-api').spec.egress?.[0]?.to[0]?.ipBlock).toMatchObject({ except: ['169.254.0.0/16'] });
  });

  test('hosts that are meant are named beside the addresses', () => {
    const egress = [{ fqdn: 'api.example.com', ports: [443] }];
    const objects = made([{ workloads: { api: { kind: 'http', port: 80, egress } } }]);
    expect(addresses(objects, 'shop-api')).toEqual(['0.0.0.0/0:443', '::/0:443']);
    expect(policy(objects, 'shop-api').metadata.annotations).toEqual({ 'repoctl.dev/egress-hosts': 'api.example.com' });
  });
});
