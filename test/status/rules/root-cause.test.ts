import { describe, expect, test } from '@jest/globals';
import { missingHealth, unknownHealth } from '../../../src/status/rules/absent.ts';
import { rootCause, withRootCause } from '../../../src/status/rules/root-cause.ts';
import { type Status, verdict, worst } from '../../../src/status/rules/verdict.ts';
import { around, labels } from './fixtures/objects.ts';

const waits = (waitingFor: string) => verdict('progressing', 'PodInitializing', { waitingFor, advice: 'its log' });
const redis = verdict('degraded', 'CrashLoopBackOff', { cause: 'exited with 1', advice: 'redis log', terminal: true });
const healths = new Map([
  ['monorepo/redis', redis],
  ['shop/migrate', waits('monorepo/redis')],
  ['shop/api', waits('shop/migrate')],
  ['shop/one', waits('shop/two')],
  ['shop/two', waits('shop/one')],
  ['shop/stray', waits('shop/nothing')],
  ['shop/late', waits('shop/well')],
  ['shop/well', verdict('healthy', 'Ready')],
]);

test.each([
  ['monorepo/redis', undefined],
  ['shop/migrate', 'monorepo/redis'],
  ['shop/api', 'monorepo/redis'],
  ['shop/one', 'shop/two'],
  ['shop/stray', undefined],
  ['shop/late', undefined],
])('%s is held up by %s', (of, root) => {
  expect(rootCause(of, healths)).toBe(root);
});

test('a verdict says what it comes down to, and what to do about that', () => {
  expect(withRootCause('shop/api', healths)).toEqual({
    status: 'progressing',
    reason: 'PodInitializing',
    cause: 'waiting for monorepo/redis, which is in CrashLoopBackOff: exited with 1',
    advice: 'redis log',
    terminal: true,
    waitingFor: 'monorepo/redis',
  });
  expect(withRootCause('monorepo/redis', healths)).toBe(redis);
});

test('what is unknown is worst, and of equals the first counts', () => {
  const order: Status[] = ['healthy', 'stopped', 'progressing', 'missing', 'degraded', 'failed', 'unknown'];
  for (const [index, status] of order.entries())
    expect(worst(order.slice(0, index + 1).map((each) => ({ status: each })))?.status).toBe(status);
  const [first, second] = [{ status: 'degraded' as const }, { status: 'degraded' as const }];
  expect(worst([first, second])).toBe(first);
  expect(worst([])).toBeUndefined();
});

describe('rows 1 to 3: what is not there', () => {
  const place = { namespace: 'shop', labels };
  test.each([
    [
      missingHealth(place, true, around()),
      'missing',
      'NotDeployed',
      'not deployed',
      'repoctl infra project start shop',
    ],
    [
      missingHealth(place, false, around()),
      'missing',
      'NamespaceMissing',
      'there is no namespace shop',
      'repoctl infra project start shop',
    ],
    [
      missingHealth({ namespace: 'monorepo', labels: { 'repoctl.dev/tier': 'global' } }, true, around()),
      'missing',
      'NotDeployed',
      'not deployed',
      'repoctl infra global start',
    ],
    [
      unknownHealth({ code: 403, verb: 'list', resource: 'pods', namespace: 'shop', message: 'no' }, around()),
      'unknown',
      'Forbidden',
      "can't list pods in shop: no",
      'kubectl -n shop auth can-i list pods',
    ],
    [
      unknownHealth({ code: 403, verb: 'list', resource: 'pods', message: 'no' }, around()),
      'unknown',
      'Forbidden',
      "can't list pods in all namespaces: no",
      'kubectl auth can-i list pods -A',
    ],
    [
      unknownHealth({ code: 500, verb: 'list', resource: 'pods', message: 'no' }, around()),
      'unknown',
      'ApiError',
      "can't list pods in all namespaces: the API server has an internal error (500: no)",
      "kubectl get --raw '/readyz?verbose'",
    ],
    [
      unknownHealth({ code: 504, verb: 'list', resource: 'pods', namespace: 'shop', message: 'no' }, around()),
      'unknown',
      'ApiError',
      "can't list pods in shop: the API server did not answer in time (504: no)",
      "kubectl get --raw '/readyz?verbose'",
    ],
    [
      unknownHealth({ verb: 'list', resource: 'pods', message: 'ECONNREFUSED' }, around({ context: 'kind-dev' })),
      'unknown',
      'Unreachable',
      "the API can't be reached: ECONNREFUSED",
      'kubectl --context kind-dev cluster-info',
    ],
  ])('%# %j', (health, status, reason, cause, advice) => {
    expect(health).toEqual({ status, reason, cause, advice, terminal: false });
  });
});
