import { describe, expect, test } from '@jest/globals';
import { assemble } from '../../../src/status/report/assemble.ts';
import type { Report } from '../../../src/status/report/report.ts';
import { selected } from '../../../src/status/report/select.ts';
import type { Workload } from '../../../src/status/rules/objects.ts';
import { ago } from '../rules/fixtures/objects.ts';
import { crashedPodOf, deployment, job, namespace, plan, planned, podOf, snapshot, waitingPodOf } from './objects.ts';

const context = 'kind-dev';
const statusesOf = ({ tiers }: Report) => tiers.map(({ name, status }) => `${name} ${status}`);
const servicesOf = (report: Report, tier: string) =>
  report.tiers
    .find(({ name }) => name === tier)
    ?.services.map(({ object, health }) => `${object} ${health.status} ${health.reason}`);

const redisDown = {
  namespaces: [namespace('dev'), namespace('shop'), namespace('web')],
  workloads: [
    deployment('dev', 'redis', 0),
    deployment('dev', 'minio', 1),
    deployment('shop', 'api', 0),
    deployment('shop', 'worker', 0),
    deployment('shop', 'site', 1),
    deployment('web', 'site', 1),
  ],
  pods: [
    crashedPodOf('dev', 'redis'),
    podOf('dev', 'minio'),
    waitingPodOf('shop', 'api', 'dev/redis'),
    waitingPodOf('shop', 'worker', 'redis'),
    podOf('shop', 'site'),
    podOf('web', 'site'),
  ],
};

const whole = plan(
  planned('dev', { redis: [], minio: [] }),
  planned('shop', { api: ['dev/dev-redis'], worker: ['dev/dev-redis'], site: [] }),
  planned('web', { site: [] }),
);

describe.each([
  ['with a plan', whole],
  ['from the objects alone', undefined],
])('a report %s', (_, given) => {
  const report = assemble(given, snapshot(redisDown), context);

  test('has the worst first, and what others wait for before these', () => {
    expect(statusesOf(report)).toEqual(['dev degraded', 'shop progressing', 'web healthy']);
  });

  test('says a cause once, and counts what waits for it', () => {
    expect(report.causes).toMatchObject([{ object: 'dev/dev-redis', victims: ['shop/shop-api', 'shop/shop-worker'] }]);
    expect(servicesOf(report, 'shop')).toEqual([
      'shop-api progressing PodInitializing',
      'shop-worker progressing PodInitializing',
      'shop-site healthy Available',
    ]);
  });

  test('tells how many there are, how often they were restarted and how old they are', () => {
    const [redis] = report.tiers[0]?.services ?? [];
    expect(redis).toMatchObject({ ready: 0, wanted: 1, restarts: 7, createdAt: ago(7200) });
  });
});

describe('the plan', () => {
  test('expects what is not there', () => {
    const report = assemble(
      plan(planned('shop', { api: [], site: [] })),
      snapshot({ namespaces: [namespace('shop')], workloads: [deployment('shop', 'api', 1)] }),
      context,
    );
    expect(servicesOf(report, 'shop')).toEqual(['shop-site missing NotDeployed', 'shop-api healthy Available']);
    expect(report.tiers[0]?.services[0]?.health.advice).toBe('repoctl infra project start shop --context kind-dev');
  });

  test('of which nothing was ever started is not started, be the namespace there or not', () => {
    const given = plan(planned('shop', { api: [] }), planned('web', { site: [] }));
    const report = assemble(given, snapshot({ namespaces: [namespace('web')] }), context);
    expect(statusesOf(report).sort()).toEqual(['shop not-started', 'web not-started']);
  });

  test('of which a claim is left was started', () => {
    const claim = { kind: 'PersistentVolumeClaim', metadata: deployment('shop', 'db', 1).metadata, spec: {} } as const;
    const report = assemble(
      plan(planned('shop', { api: [] })),
      snapshot({ namespaces: [namespace('shop')], claims: [claim] }),
      context,
    );
    expect(statusesOf(report)).toEqual(['shop missing']);
  });

  test('whose workloads were taken out of the cluster by a stop is stopped', () => {
    const claim = { kind: 'PersistentVolumeClaim', metadata: deployment('shop', 'db', 1).metadata, spec: {} } as const;
    const labels = { ...namespace('shop').metadata.labels, 'repoctl.dev/stopped': 'true' };
    const report = assemble(
      plan(planned('shop', { api: [] })),
      snapshot({ namespaces: [namespace('shop', { labels })], claims: [claim] }),
      context,
    );
    expect(statusesOf(report)).toEqual(['shop stopped']);
    expect(report.tiers[0]?.services[0]?.health.reason).toBe('TakenDown');
  });

  test('that was stopped is stopped, though a job of it is done', () => {
    const workloads = [deployment('shop', 'api', 0, 0), job('shop', 'migrate', 'shop-migrate-1')];
    const report = assemble(
      plan(planned('shop', { api: [] })),
      snapshot({ namespaces: [namespace('shop')], workloads }),
      context,
    );
    expect(statusesOf(report)).toEqual(['shop stopped']);
  });

  test('lacks what is still there: it is healthy, and said', () => {
    const workloads = [deployment('shop', 'api', 1), deployment('shop', 'old', 1)];
    const report = assemble(
      plan(planned('shop', { api: [] })),
      snapshot({ namespaces: [namespace('shop')], workloads }),
      context,
    );
    const old = report.tiers[0]?.services.find(({ name }) => name === 'old');
    expect(old).toMatchObject({ planned: false, health: { status: 'healthy', warning: 'not in the configuration' } });
  });

  test('does not take in what is part of another environment', () => {
    const other = { ...namespace('other'), metadata: { name: 'other', labels: { 'repoctl.dev/tier': 'project' } } };
    const workload = {
      ...deployment('shop', 'api', 1),
      metadata: { name: 'x', namespace: 'other', labels: other.metadata.labels },
    };
    const report = assemble(plan(planned('shop', { api: [] })), snapshot({ workloads: [workload as never] }), context);
    expect(statusesOf(report)).toEqual(['shop not-started']);
  });
});

describe('labels that Argo CD has overwritten', () => {
  const overwritten = <Type extends Workload>(workload: Type): Type => {
    const labels = { ...workload.metadata.labels, 'app.kubernetes.io/instance': 'argo-app' };
    return { ...workload, metadata: { ...workload.metadata, labels } };
  };

  test('do not matter: what is planned is found by kind and name, and nothing is listed twice', () => {
    const workloads = [deployment('shop', 'api', 1), job('shop', 'site', 'shop-site-0123abcd')].map(overwritten);
    const report = assemble(
      plan(planned('shop', { api: [], site: [] })),
      snapshot({ namespaces: [namespace('shop')], workloads, pods: [podOf('shop', 'api')] }),
      context,
    );
    expect(servicesOf(report, 'shop')).toEqual(['shop-site missing NotDeployed', 'shop-api healthy Available']);
  });

  test('of what is not planned are no excuse', () => {
    const workloads = [overwritten(deployment('shop', 'api', 1)), overwritten(deployment('shop', 'old', 1))];
    const report = assemble(
      plan(planned('shop', { api: [] })),
      snapshot({ namespaces: [namespace('shop')], workloads }),
      context,
    );
    expect(report.tiers[0]?.services.filter(({ planned: isPlanned }) => isPlanned === false)).toHaveLength(1);
  });
});

describe('from the objects alone', () => {
  test('the runs of a cron job are not services, and of a changed job the last one is', () => {
    const run = job('shop', 'nightly', 'shop-nightly-17');
    const workloads = [
      { ...run, metadata: { ...run.metadata, ownerReferences: [{ kind: 'CronJob', name: 'shop-nightly' }] } },
      {
        ...job('shop', 'migrate', 'shop-migrate-a'),
        metadata: { ...job('shop', 'migrate', 'shop-migrate-a').metadata, creationTimestamp: ago(9000) },
      },
      job('shop', 'migrate', 'shop-migrate-b'),
    ] as never[];
    const report = assemble(undefined, snapshot({ namespaces: [namespace('shop')], workloads }), context);
    expect(report.tiers[0]?.services.map(({ object, createdAt }) => [object, createdAt])).toEqual([
      ['shop-migrate', ago(7200)],
    ]);
  });
});

describe('what is declared to start after something', () => {
  const crashed = {
    namespaces: [namespace('dev'), namespace('shop')],
    workloads: [deployment('dev', 'redis', 0), deployment('shop', 'api', 0), deployment('shop', 'site', 1)],
    pods: [crashedPodOf('dev', 'redis'), crashedPodOf('shop', 'api'), podOf('shop', 'site')],
  };

  test('and crashes while that is broken is its victim; what is healthy is none', () => {
    const given = plan(
      planned('dev', { redis: [] }),
      planned('shop', { api: ['dev/dev-redis'], site: ['dev/dev-redis'] }),
    );
    expect(assemble(given, snapshot(crashed), context).causes).toMatchObject([
      { object: 'dev/dev-redis', victims: ['shop/shop-api'] },
    ]);
  });

  test.each([
    ['crashes', crashedPodOf('shop', 'api')],
    ['waits for the job', waitingPodOf('shop', 'api', 'migrate')],
  ])('by way of a job that is done is its victim as well: one that %s', (_, pod) => {
    const given = planned('shop', { db: [], migrate: ['shop/shop-db'], api: ['shop/shop-migrate'] });
    const workloads = given.workloads.map((each) =>
      each.name === 'migrate' ? { ...each, controller: { kind: 'Job', name: 'shop-migrate-1' } } : each,
    );
    const { causes } = assemble(
      plan({ ...given, workloads }),
      snapshot({
        namespaces: [namespace('shop')],
        workloads: [
          deployment('shop', 'db', 0),
          job('shop', 'migrate', 'shop-migrate-1'),
          deployment('shop', 'api', 0),
        ],
        pods: [crashedPodOf('shop', 'db'), pod],
      }),
      context,
    );
    expect(causes).toMatchObject([{ object: 'shop/shop-db', victims: ['shop/shop-api'] }]);
  });

  test('is not known from the objects alone: each has a cause of its own', () => {
    expect(assemble(undefined, snapshot(crashed), context).causes).toEqual([]);
  });

  test('but has a trouble that nothing else brings is no victim', () => {
    const pods = [
      crashedPodOf('dev', 'redis'),
      podOf('shop', 'api', { status: { ready: false, state: { waiting: { reason: 'InvalidImageName' } } } }),
    ];
    const given = plan(planned('dev', { redis: [] }), planned('shop', { api: ['dev/dev-redis'] }));
    expect(assemble(given, snapshot({ ...crashed, pods }), context).causes).toEqual([]);
  });
});

describe('foreign objects', () => {
  test('are listed apart: workloads and pods without the labels, in namespaces that are reported', () => {
    const foreign = (kind: string, name: string, space: string, more = {}) =>
      ({ ...deployment('shop', 'x', 1), kind, metadata: { name, namespace: space, ...more } }) as never;
    const report = assemble(
      undefined,
      snapshot({
        namespaces: [namespace('shop')],
        workloads: [
          deployment('shop', 'api', 1),
          foreign('Deployment', 'nginx', 'shop'),
          foreign('Deployment', 'elsewhere', 'default'),
          foreign('Job', 'run', 'shop', { ownerReferences: [{ kind: 'CronJob', name: 'theirs' }] }),
        ],
        loosePods: [
          { metadata: { name: 'debug', namespace: 'shop' }, spec: { containers: [] }, status: { phase: 'Running' } },
        ],
      }),
      context,
    );
    expect(statusesOf(report)).toEqual(['shop healthy']);
    expect(report.tiers[0]?.foreign).toEqual([
      { kind: 'Deployment', name: 'nginx', state: '1/1 ready' },
      { kind: 'Pod', name: 'debug', state: 'Running' },
    ]);
  });
});

describe('a namespace that is being deleted', () => {
  const conditions = [
    {
      type: 'NamespaceContentRemaining',
      status: 'True',
      message:
        'Some resources are remaining: configmaps. has 1 resource instances, widgets.example.com has 2 resource instances',
    },
    {
      type: 'NamespaceFinalizersRemaining',
      status: 'True',
      message: 'Some content in the namespace has finalizers remaining: example.com/hold in 1 resource instances',
    },
  ];

  test.each([
    ['a moment ago is on its way', 10, 'progressing'],
    ['long ago is stuck', 300, 'degraded'],
  ])('%s', (_, seconds, status) => {
    const held = namespace('shop', { deletionTimestamp: ago(seconds) }, { phase: 'Terminating', conditions });
    const report = assemble(plan(planned('shop', { api: [] })), snapshot({ namespaces: [held] }), context);
    expect(statusesOf(report)).toEqual([`shop ${status}`]);
    expect(report.tiers[0]?.services).toEqual([]);
    expect(report.tiers[0]?.health).toMatchObject({ reason: 'Terminating' });
    expect(report.tiers[0]?.health?.cause).toContain('example.com/hold');
    expect(report.tiers[0]?.health?.advice).toContain('-n shop get configmaps,widgets.example.com ');
  });
});

describe('what may not be read', () => {
  const refusal = { code: 403, verb: 'list', message: 'no' };

  test('is unknown, not missing', () => {
    const refusals = [{ ...refusal, resource: 'deployments.apps', namespace: 'shop' }];
    const report = assemble(
      plan(planned('shop', { api: [] }), planned('web', { site: [] })),
      snapshot({
        namespaces: [namespace('shop'), namespace('web')],
        workloads: [deployment('web', 'site', 1)],
        refusals,
      }),
      context,
    );
    expect(statusesOf(report)).toEqual(['shop unknown', 'web healthy']);
    expect(report.complete).toBe(false);
  });

  test('of pods leaves what the workload says', () => {
    const refusals = [{ ...refusal, resource: 'pods' }];
    const workloads = [deployment('shop', 'api', 0), deployment('shop', 'site', 1)];
    const given = plan(planned('shop', { api: [], site: [] }));
    const report = assemble(given, snapshot({ namespaces: [namespace('shop')], workloads, refusals }), context);
    expect(report.tiers[0]?.services.map(({ health }) => [health.status, health.cause])).toEqual([
      ['progressing', "0 of 1 pods are available; its pods can't be seen: no"],
      ['healthy', undefined],
    ]);
  });
});

describe('a cron job whose last run failed', () => {
  const failing = {
    kind: 'CronJob',
    metadata: { ...deployment('shop', 'report', 1).metadata, creationTimestamp: ago(90) },
    spec: { schedule: '0 3 * * *' },
    status: { lastScheduleTime: ago(60) },
  } as Workload;
  const given = (more: object) => {
    const [first, ...rest] = planned('shop', { report: [] }).workloads;
    const controller = { kind: 'CronJob', name: 'shop-report' };
    const namespaces = { ...planned('shop', {}), workloads: [{ ...first, controller, ...more }, ...rest] };
    const seen = snapshot({ namespaces: [namespace('shop')], workloads: [failing] });
    return assemble(plan(namespaces as never), seen, context).tiers[0];
  };

  test('is degraded', () => expect(given({})?.status).toBe('degraded'));

  test('is healthy with a warning where the project says that it may fail', () => {
    const tier = given({ mayFail: true });
    expect(tier?.status).toBe('healthy');
    expect(tier?.services[0]?.health).toMatchObject({
      status: 'healthy',
      warning: expect.stringMatching(/^its last run failed, which mayFail allows: LastRunFailed: its last run at /),
    });
  });
});

describe('a selection', () => {
  const report = assemble(whole, snapshot(redisDown), context);

  test.each([['shop'], ['svc-shop'], ['backends/svc-shop'], ['backends/svc-shop/']])('takes the project %s', (name) => {
    const part = selected(report, 'project', [name]);
    expect(statusesOf(part)).toEqual(['shop progressing']);
    expect(part.causes.map(({ object }) => object)).toEqual(['dev/dev-redis']);
  });

  test('takes the global tier', () => {
    expect(statusesOf(selected(report, 'global', []))).toEqual(['dev degraded']);
  });

  test('says which projects there are', () => {
    expect(() => selected(report, 'all', ['shp'])).toThrow(
      'no project "shp"; allowed: shop, web; did you mean "shop"?',
    );
  });
});
