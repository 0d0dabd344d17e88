import { expect, test } from '@jest/globals';
import type { Container } from '../../../src/status/rules/objects.ts';
import { podHealth } from '../../../src/status/rules/pod.ts';
import { ago, around, crashedPod, meta, pod } from './fixtures/objects.ts';

const after = ['web/web-site', 'web/shop-site', 'shop/shop-site', 'shop/shop-api'];

test.each([
  ['as the script is told', 'wait-site', ['sh', '-c', 'script', 'web/web-site'], 'web/web-site'],
  ["a service's short name", 'wait-api', ['sh', '-c', 'script', 'api'], 'shop/shop-api'],
  ["another project's workload, by the container's name", 'wait-shop--site', undefined, 'shop/shop-site'],
  ['what nothing is called', 'wait-redis', ['sh', '-c', 'script', 'redis'], 'redis'],
  ['nothing: it is called otherwise', 'migrate', ['sh', '-c', 'script', 'redis'], undefined],
])('%s', (_what, name, command, expected) => {
  const init: Container = { name, command };
  const given = pod({
    phase: 'Pending',
    init: [init],
    initStatuses: [{ name, state: { running: { startedAt: ago(5) } } }],
    status: { ready: false, state: { waiting: { reason: 'PodInitializing' } } },
  });
  expect(podHealth(given, around({ after })).waitingFor).toBe(expected);
});

test.each([
  [
    { 'repoctl.dev/tier': 'global', 'app.kubernetes.io/name': 'redis' },
    'repoctl infra project logs global redis --previous --context c',
  ],
  [{}, 'kubectl --context c -n monorepo logs x-1 -c api --previous'],
])('logs of what is labelled %j', (labels, advice) => {
  const given = crashedPod({}, 1, { meta: meta('x-1', { namespace: 'monorepo', labels }) });
  expect(podHealth(given, around({ context: 'c' })).advice).toBe(advice);
});
