import { describe, expect, test } from '@jest/globals';
import { health } from '../../../src/status/rules/health.ts';
import type { EndpointSlice, Pod } from '../../../src/status/rules/objects.ts';
import { ago, around, condition, meta, pod } from './fixtures/objects.ts';

const readyFor = (seconds: number, name = 'shop-api-1'): Pod =>
  pod({ meta: { name }, conditions: [condition('Ready', 'True', { lastTransitionTime: ago(seconds) })] });
const unready = pod({ status: { ready: false } });

/** A slice that leads to pods, ready or not. */
const slice = (endpoints: Readonly<Record<string, boolean>>, ports: EndpointSlice['ports'] = [{}]): EndpointSlice => ({
  metadata: meta('shop-api-x7k2p'),
  endpoints: Object.entries(endpoints).map(([name, ready]) => ({
    conditions: { ready },
    targetRef: { kind: 'Pod', name },
  })),
  ports,
});

const judge = (pods: readonly Pod[], ...slices: EndpointSlice[]) =>
  health({ kind: 'Service', metadata: meta('shop-api'), slices }, around({ pods }));

describe('a Service', () => {
  test.each([
    ['leads to its pod', [readyFor(60)], [slice({ 'shop-api-1': true })]],
    ['leads to one of two', [readyFor(60), readyFor(60, 'shop-api-2')], [slice({ 'shop-api-1': true })]],
    ['has more slices than one', [readyFor(60)], [slice({}, null), slice({ 'shop-api-1': true })]],
    ['has a pod that was not ready until a moment ago', [readyFor(2)], [slice({})]],
    ['has no pod that is ready: it is the pod that is to blame', [unready], [slice({ 'shop-api-1': false })]],
    ['has no pods', [], [slice({})]],
    [
      'is headless and has no ports',
      [readyFor(60)],
      [
        {
          ...slice({ 'shop-api-1': true }, null),
          metadata: { ...meta('shop-api-x7k2p'), labels: { 'service.kubernetes.io/headless': '' } },
        },
      ],
    ],
  ])('that %s is well', (_, pods, slices) => {
    expect(judge(pods, ...slices)).toMatchObject({ status: 'healthy' });
  });

  test.each([
    [
      'that leads to no pod though one is ready',
      slice({}),
      'degraded NoReadyEndpoint',
      "the Service shop-api leads to no pod, although shop-api-1 is ready: its selector does not match the pod's labels",
    ],
    [
      'without any endpoints',
      { metadata: meta('x'), endpoints: null, ports: null },
      'degraded NoReadyEndpoint',
      "the Service shop-api leads to no pod, although shop-api-1 is ready: its selector does not match the pod's labels",
    ],
    [
      'that leads to other pods',
      slice({ 'shop-db-0': true }),
      'degraded WrongSelector',
      'the Service shop-api leads to shop-db-0 instead of shop-api-1: its selector matches other pods',
    ],
    [
      'that wants a port which the pod has not',
      slice({ 'shop-api-1': true }, null),
      'degraded PortMissing',
      'the Service shop-api leads to no port: shop-api-1 has no port of the name that it expects',
    ],
    [
      'that was not told of a pod',
      slice({ 'shop-api-1': false }),
      'progressing EndpointNotReady',
      'the Service shop-api does not list shop-api-1 yet, although it is ready',
    ],
  ])('%s is not', (_, given, expected, cause) => {
    const { status, reason, ...rest } = judge([readyFor(60)], given);
    expect([`${status} ${reason}`, rest.cause]).toEqual([expected, cause]);
    expect(rest.advice).toBe(
      status === 'degraded' ? 'repoctl infra project start shop' : 'kubectl -n shop describe service shop-api',
    );
  });
});
