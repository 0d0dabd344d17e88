import { describe, expect, test } from '@jest/globals';
import type { PlannedNamespace, PlannedWorkload } from '../../src/synth/plan.ts';
import { earlyJobs, inOrder, stageIn } from '../../src/synth/stages.ts';

const namespace = (name: string, needs: string[] = [], tier: PlannedNamespace['tier'] = 'project') => ({
  name,
  needs,
  tier,
});
const names = (given: readonly { readonly name: string }[]) => given.map(({ name }) => name);

describe('namespaces are deployed', () => {
  test.each<[string, ReturnType<typeof namespace>[], string[]]>([
    ['with the global tier first', [namespace('a'), namespace('dev', [], 'global')], ['dev', 'a']],
    ['after those that they need', [namespace('a', ['c']), namespace('b'), namespace('c', ['b'])], ['b', 'c', 'a']],
    ['in any order where they need each other', [namespace('a', ['b']), namespace('b', ['a'])], ['b', 'a']],
    ['without those that need not be', [namespace('a', ['gone'])], ['a']],
  ])('%s', (_, given, expected) => expect(names(inOrder(given))).toEqual(expected));
});

const workload = (name: string, kind: string, after: string[] = []): PlannedWorkload => ({
  name,
  kind: kind.toLowerCase(),
  object: `shop-${name}`,
  controller: { kind, name: kind === 'Job' ? `shop-${name}-12345678` : `shop-${name}` },
  ports: [],
  after: after.map((each) => `shop/shop-${each}`),
});
const shop = {
  name: 'shop',
  services: [workload('postgres', 'StatefulSet')],
  workloads: [
    workload('migrate', 'Job', ['postgres']),
    workload('seed', 'Job', ['migrate']),
    workload('api', 'Deployment', ['migrate']),
    workload('warm-up', 'Job', ['api']),
    workload('after-warm-up', 'Job', ['migrate', 'warm-up']),
    workload('nightly', 'CronJob'),
  ],
} as unknown as PlannedNamespace;

test('jobs come before the workloads unless they wait for one', () => {
  expect(names(earlyJobs(shop))).toEqual(['migrate', 'seed']);
});

test('jobs that wait for each other hold up nothing else', () => {
  const circle = { ...shop, workloads: [workload('a', 'Job', ['b']), workload('b', 'Job', ['a'])] };
  expect(names(earlyJobs(circle))).toEqual(['a', 'b']);
});

test.each([
  ['ConfigMap', 'shop-postgres', 'config'],
  ['Service', 'shop-postgres', 'config'],
  ['StatefulSet', 'shop-postgres', 'services'],
  ['Job', 'shop-migrate-12345678', 'jobs'],
  ['Job', 'shop-warm-up-12345678', 'workloads'],
  ['CronJob', 'shop-nightly', 'workloads'],
  ['Deployment', 'shop-api', 'workloads'],
  ['Deployment', 'from-a-chart', 'workloads'],
  ['HorizontalPodAutoscaler', 'shop-api', 'config'],
])('%s %s is deployed with the %s', (kind, name, stage) => {
  expect(stageIn(shop)({ apiVersion: 'v1', kind, metadata: { name } })).toBe(stage);
});
