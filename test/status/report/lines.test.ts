import { describe, expect, test } from '@jest/globals';
import { assemble } from '../../../src/status/report/assemble.ts';
import { type LineOptions, reportLines } from '../../../src/status/report/lines.ts';
import { wrapped } from '../../../src/status/report/wrap.ts';
import type { Snapshot } from '../../../src/status/snapshot/snapshot.ts';
import type { Plan } from '../../../src/synth/plan.ts';
import { crashedPodOf, deployment, namespace, plan, planned, podOf, snapshot, waitingPodOf } from './objects.ts';

const plain = { paint: (_: string, text: string) => text };
const given = plan(
  planned('dev', { redis: [], minio: [] }),
  planned('shop', { api: ['dev/dev-redis'], worker: ['dev/dev-redis'], site: [] }),
  planned('web', { site: [] }),
);
const lines = (parts: Partial<Snapshot>, options: Partial<LineOptions> = {}) =>
  reportLines(assemble(given, snapshot(parts), 'kind-dev'), { ...plain, ...options });

const well = {
  namespaces: [namespace('dev'), namespace('shop')],
  workloads: [
    deployment('dev', 'redis', 1),
    deployment('dev', 'minio', 1),
    deployment('shop', 'api', 1),
    deployment('shop', 'worker', 1),
    deployment('shop', 'site', 1),
  ],
  pods: [
    podOf('dev', 'redis'),
    podOf('dev', 'minio'),
    podOf('shop', 'api'),
    podOf('shop', 'worker'),
    podOf('shop', 'site'),
  ],
};
const redisDown = {
  ...well,
  workloads: well.workloads.map((each) =>
    ['dev-redis', 'shop-api', 'shop-worker'].includes(each.metadata.name)
      ? deployment(each.metadata.namespace ?? '', each.metadata.labels?.['app.kubernetes.io/name'] ?? '', 0)
      : each,
  ),
  pods: [
    crashedPodOf('dev', 'redis'),
    podOf('dev', 'minio'),
    waitingPodOf('shop', 'api', 'redis'),
    waitingPodOf('shop', 'worker', 'redis'),
    podOf('shop', 'site'),
  ],
};

describe('a report in lines', () => {
  test('folds what is well and what was never started', () => {
    expect(lines(well)).toEqual([
      'dev   healthy      2 services',
      'shop  healthy      3 services',
      'web   not started  repoctl infra project start web',
    ]);
  });

  test('of a real cluster gives the command that deploys, and never one for development', () => {
    const labels = { 'repoctl.dev/profile': 'prod', 'repoctl.dev/preset': 'production' };
    const asReal = (each: ReturnType<typeof planned>) => ({ ...each, labels: { ...each.labels, ...labels } });
    const real = plan(...[planned('dev', { redis: [] }), planned('shop', { api: [] })].map(asReal));
    const left = namespace('old', { labels: { ...namespace('old').metadata.labels, ...labels } });
    const parts = { namespaces: [left], workloads: [deployment('old', 'api', 1)], pods: [podOf('old', 'api')] };
    expect(reportLines(assemble(real, snapshot(parts), 'prod-eu'), plain)).toEqual([
      'old   healthy      1 service',
      '    not in the configuration; once nothing needs it:',
      '      kubectl --context prod-eu delete namespace old',
      'dev   not started  repoctl deploy --profile prod --context prod-eu',
      'shop  not started  repoctl deploy shop --profile prod --context prod-eu',
    ]);
  });

  test('says a root cause once, counts what waits for it, and gives one command', () => {
    expect(lines(redisDown)).toEqual([
      'dev           degraded                           1 of 2 services healthy',
      '  dev-redis   degraded     0/1  7 restarts  2 h  for 80 s',
      '    CrashLoopBackOff: container api exited with 1: no space left (7 restarts, the last 20 s ago)',
      '      repoctl infra project logs global redis --previous --context kind-dev',
      '    2 services wait for it: shop/shop-api, shop/shop-worker',
      '  dev-minio   healthy      1/1              2 h',
      'shop          progressing                        1 of 3 services healthy',
      '  2 services  progressing',
      '    2 services wait for dev/dev-redis (api, worker)',
      '  shop-site   healthy      1/1              2 h',
      'web           not started                        repoctl infra project start web',
    ]);
  });

  test('names whose pods are no longer restricted, with the reason', () => {
    const workloads = given.namespaces[2]?.workloads.map((each) => ({
      ...each,
      security: { level: 'baseline' as const, reason: 'writes below /etc' },
    }));
    const web = { ...given.namespaces[2], workloads } as Plan['namespaces'][number];
    const excepted = { ...given, namespaces: [...given.namespaces.slice(0, 2), web] };
    const more = snapshot({
      ...well,
      namespaces: [...well.namespaces, namespace('web')],
      workloads: [...well.workloads, deployment('web', 'site', 1)],
      pods: [...well.pods, podOf('web', 'site')],
    });
    expect(reportLines(assemble(excepted, more, 'kind-dev'), plain).slice(2)).toEqual([
      'web   healthy  1 service',
      '    site has Pod Security baseline: writes below /etc',
    ]);
  });

  test('unfolds all if it is to be wide', () => {
    const wide = lines(redisDown, { wide: true }).join('\n');
    expect(wide).toMatch(/^ {2}dev-minio +healthy +1\/1 +2 h$/m);
    expect(wide).toMatch(/^ {2}shop-api +progressing +0\/1/m);
    expect(wide.match(/which is in CrashLoopBackOff/g)).toHaveLength(2);
  });

  test('says what is wrong in the same way once', () => {
    const missing = lines({
      ...well,
      workloads: well.workloads.filter(({ metadata }) => metadata.namespace === 'dev' || metadata.name === 'shop-site'),
    });
    expect(missing.filter((line) => line.includes('not deployed'))).toHaveLength(1);
    expect(missing.join('\n')).toMatch(/^ {2}2 services +missing +api, worker$/m);
  });

  test('names foreign objects only if it is to be wide, and else counts them', () => {
    const workloads = [
      ...well.workloads,
      { ...deployment('shop', 'x', 1), metadata: { name: 'nginx', namespace: 'shop' } },
    ];
    expect(lines({ ...well, workloads })).toContain('shop  healthy      3 services, 1 foreign object');
    expect(lines({ ...well, workloads }, { wide: true }).join('\n')).toMatch(
      /^ {2}deployment\/nginx +foreign +1\/1 ready$/m,
    );
  });

  test('says what could not be seen, once for each place', () => {
    const refusal = { code: 403, verb: 'list', message: 'no' };
    const refusals = [
      { ...refusal, resource: 'nodes' },
      { ...refusal, resource: 'pods', namespace: 'web' },
      { ...refusal, resource: 'deployments.apps', namespace: 'web' },
    ];
    const all = lines({ ...well, refusals });
    expect(all.slice(-5)).toEqual([
      'The report is incomplete. Could not read:',
      '  all namespaces: nodes (not allowed)',
      '      kubectl --context kind-dev auth can-i --list',
      '  web: pods, deployments.apps (not allowed)',
      '      kubectl --context kind-dev -n web auth can-i --list',
    ]);
    expect(all.join('\n')).toMatch(/^ {2}1 service +unknown +site: may not be seen$/m);
  });

  test('keeps all but commands within 80 columns', () => {
    const columns = 80;
    const long = lines(redisDown, { columns }).filter((line) => line.length > columns && !line.startsWith('      '));
    expect(long).toEqual([]);
  });
});

test.each([
  ['a b', 80, ['- a b']],
  [`${'a'.repeat(30)} ${'b'.repeat(30)}`, 50, [`- ${'a'.repeat(30)}`, `  ${'b'.repeat(30)}`]],
  ['x'.repeat(90), 50, [`- ${'x'.repeat(90)}`]],
])('%s is wrapped at %s', (text, columns, expected) => {
  expect(wrapped(text, columns, '- ', '  ')).toEqual(expected);
});
