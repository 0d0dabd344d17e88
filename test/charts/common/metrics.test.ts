import { describe, expect, test } from '@jest/globals';
import { type MetricsSettings, metricsField, metricsOf } from '../../../charts/common/metrics.ts';
import type { ContainerPort } from '../../../charts/common/ports.ts';

const tcp = (port: number): ContainerPort => ({ port, protocol: 'tcp' });
const main = 'http';

const ways: readonly (readonly [string, MetricsSettings, ReturnType<typeof metricsOf>])[] = [
  ['no word about it', { port: 80 }, undefined],
  [
    'a port of that name',
    { port: 80, ports: { metrics: tcp(9100) } },
    { path: '/metrics', port: 'metrics', number: 9100 },
  ],
  ['a route', { port: 80, metrics: { path: '/m' } }, { path: '/m', port: 'http', number: 80 }],
  [
    'a route beside a port of that name',
    { port: 80, ports: { metrics: tcp(9100) }, metrics: { path: '/m' } },
    { path: '/m', port: 'http', number: 80 },
  ],
  [
    'the name of a port',
    { port: 80, ports: { stats: tcp(9101) }, metrics: { path: '/metrics', port: 'stats' } },
    { path: '/metrics', port: 'stats', number: 9101 },
  ],
  [
    'the port of a sidecar',
    { port: 80, sidecars: { exporter: { ports: { metrics: tcp(9102) } } } },
    { path: '/metrics', port: 'metrics', number: 9102 },
  ],
  ['a port that is not there', { port: 80, metrics: { path: '/m', port: 'stats' } }, undefined],
  ['a port for UDP', { port: 80, ports: { metrics: { port: 9100, protocol: 'udp' } } }, undefined],
];

describe('where the metrics are', () => {
  test.each(ways)('%s', (_, settings, expected) => {
    expect(metricsOf(settings, main)).toEqual(expected);
  });

  test('without a main port a route is at the port named metrics', () => {
    const given = { ports: { api: tcp(80), metrics: tcp(9100) }, metrics: { path: '/m' } };
    expect(metricsOf(given)).toEqual({ path: '/m', port: 'metrics', number: 9100 });
    expect(metricsOf({ ...given, ports: { api: tcp(80) } })).toBeUndefined();
  });
});

test('the field takes a route, or a map of which each part has a default', () => {
  const parse = (given: unknown) => metricsField().parse(given);
  expect(parse('/stats')).toEqual({ path: '/stats' });
  expect(parse({})).toEqual({ path: '/metrics' });
  expect(parse({ port: 'stats' })).toEqual({ path: '/metrics', port: 'stats' });
  expect(() => parse('stats')).toThrow();
  expect(() => parse({ port: 9100 })).toThrow();
});
