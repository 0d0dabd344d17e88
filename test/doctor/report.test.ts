import { describe, expect, test } from '@jest/globals';
import { isHealthy, rowDocument, rowLines } from '../../src/doctor/diagnose.ts';
import { containerOf, publishedPorts } from '../../src/doctor/gather/docker-facts.ts';
import type { Row } from '../../src/doctor/machine-check.ts';

const table: Row[] = [
  { level: 'ok', subject: 'node', found: '20.19.0' },
  { level: 'warn', subject: 'inotify', found: 'low', fix: 'sudo sysctl' },
  { level: 'fail', subject: 'docker', found: 'not running', fix: 'open -a Docker' },
];

test('the table has a row for each, in columns, without blanks at the ends', () => {
  expect(rowLines(table, (_, text) => text)).toEqual([
    'ok    node     20.19.0',
    'warn  inotify  low          sudo sysctl',
    'fail  docker   not running  open -a Docker',
  ]);
});

test('colours tell the levels apart', () => {
  const colours: string[] = [];
  rowLines(table, (colour, text) => {
    colours.push(`${text} ${colour}`);
    return text;
  });
  expect(colours).toEqual(['ok green', 'warn yellow', 'fail red']);
});

test('a failure is unhealthy, a warning is not', () => {
  expect(isHealthy(table)).toBe(false);
  expect(isHealthy(table.slice(0, 2))).toBe(true);
  expect(rowDocument(table)).toEqual({ healthy: false, checks: table });
});

describe('docker ps', () => {
  test.each([
    ['127.0.0.1:5001->5000/tcp', [5001]],
    ['0.0.0.0:8080-8082->80-82/tcp, [::]:8080-8082->80-82/tcp', [8080, 8081, 8082]],
    [':::9000->9000/tcp', [9000]],
    ['0.0.0.0:53->53/udp', []],
    ['5432/tcp', []],
    ['', []],
  ])('%j publishes %j', (text, ports) => {
    expect(publishedPorts(text)).toEqual(ports);
  });

  test('says which cluster a node belongs to', () => {
    const line = { Names: 'm-control-plane', Image: 'kindest/node:v1', Ports: '127.0.0.1:38545->6443/tcp' };
    const labels = 'a=b,io.x-k8s.kind.cluster=monorepo,io.x-k8s.kind.role=control-plane';
    expect(containerOf({ ...line, Labels: labels })).toEqual({
      name: 'm-control-plane',
      image: 'kindest/node:v1',
      cluster: 'monorepo',
      ports: [38545],
    });
    expect(containerOf(line).cluster).toBeUndefined();
  });
});
