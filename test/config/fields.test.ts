import { describe, expect, test } from '@jest/globals';
import {
  absolutePath,
  amount,
  command,
  dnsLabel,
  hostPort,
  httpPath,
  imageReference,
  port,
  quantityText,
  resources,
  seconds,
  userId,
} from '../../charts/common/fields.ts';
import { environmentVariables } from '../../charts/common/variable-source.ts';

const accepts = (schema: { safeParse(value: unknown): { success: boolean } }, value: unknown) =>
  schema.safeParse(value).success;

describe('the amount of', () => {
  test.each([
    ['0', 0],
    ['2', 2],
    ['0.5', 0.5],
    ['100m', 0.1],
    ['1k', 1000],
    ['1M', 1e6],
    ['1G', 1e9],
    ['1T', 1e12],
    ['1Ki', 1024],
    ['1.5Ki', 1536],
    ['64Mi', 64 * 1024 ** 2],
    ['1Gi', 1024 ** 3],
    ['1Ti', 1024 ** 4],
  ])('%s is %d', (text, expected) => {
    expect(amount(text)).toBeCloseTo(expected, 9);
    expect(accepts(quantityText, text)).toBe(true);
  });

  test.each(['', '-1', '1 Gi', '1GB', '1gi', '1K', 'Gi', '1e3', '.5', '5.', '1Mi ', '0x10', 'NaN'])(
    '%j is none',
    (text) => {
      expect(amount(text)).toBeNaN();
      expect(accepts(quantityText, text)).toBe(false);
    },
  );

  test('a request is compared with the limit as a number, not as a text', () => {
    const schema = resources(['50m', '64Mi'], ['1', '512Mi']);
    expect(accepts(schema, { requests: { memory: '1024Mi' }, limits: { memory: '1Gi' } })).toBe(true);
    expect(accepts(schema, { requests: { cpu: '900m' }, limits: { cpu: 1 } })).toBe(true);
    expect(accepts(schema, { requests: { memory: '1025Mi' }, limits: { memory: '1Gi' } })).toBe(false);
    expect(accepts(schema, { requests: { cpu: '1001m' }, limits: { cpu: 1 } })).toBe(false);
  });

  test('each value that is left out keeps its default', () => {
    expect(resources(['50m', '64Mi'], ['1', '512Mi']).parse({ limits: { cpu: 2 } })).toEqual({
      requests: { cpu: '50m', memory: '64Mi' },
      limits: { cpu: '2', memory: '512Mi' },
    });
  });
});

describe('an image reference', () => {
  const digest = `@sha256:${'0123456789abcdef'.repeat(4)}`;

  test.each([
    'redis:7',
    'redis:7.4.5-alpine3.21',
    'library/redis:7',
    'ghcr.io/team/app:v1',
    'registry.example.com:5000/team/app:1_0',
    'localhost:5000/app:1',
    `redis${digest}`,
    `ghcr.io/team/app:1.0${digest}`,
    'my_app:1',
    'a/b/c/d:1',
    'redis:latest-alpine',
  ])('is %s', (text) => {
    expect(accepts(imageReference, text)).toBe(true);
  });

  test.each([
    ['without a tag', 'redis'],
    ['without a tag, from a registry with a port', 'localhost:5000/app'],
    ['of the tag latest', 'redis:latest'],
    ['of capital letters', 'Redis:7'],
    ['with a space', 'redis:7 '],
    ['with a scheme', 'https://ghcr.io/app:1'],
    ['of an empty tag', 'redis:'],
    ['of a short digest', 'redis@sha256:abc'],
    ['that begins with a slash', '/redis:7'],
    ['with two slashes', 'team//redis:7'],
    ['that is empty', ''],
    ['of a tag that is too long', `redis:${'1'.repeat(129)}`],
    ['of several lines', 'redis:7\nredis:8'],
  ])('is none %s', (_, text) => {
    expect(accepts(imageReference, text)).toBe(false);
  });
});

describe('the other fields', () => {
  test.each([
    [
      'a name',
      dnsLabel,
      ['a', 'svc-a', 'a1', 'a--b', 'a'.repeat(40)],
      ['', '1a', '-a', 'a-', 'A', 'a_b', 'a.b', 'ä', 'a\n', 'a'.repeat(41)],
    ],
    ['a port', port, [1, 65535], [0, 65536, 1.5, '80', -1]],
    ['a port of the machine', hostPort, [1024, 65535], [80, 1023, 65536]],
    ['a user', userId, [1, 1000, 2 ** 31 - 1], [-1, 2 ** 31, 'root']],
    ['a program', command, [['ls'], ['sh', '-c', 'a b']], [[], [''], 'ls', [1]]],
    ['an absolute path', absolutePath, ['/', '/data', '/a/b'], ['', 'data', './a', '/a b', '/a:b']],
    ['a route', httpPath, ['/', '/health?full=1', '/a:b'], ['', 'health', '/a b']],
    ['seconds', seconds, [0, 86400], [-1, 86401, 0.5]],
    [
      'variables',
      environmentVariables,
      [{}, { A_1: 'x', _b: 1, c: true }],
      [{ '1A': 'x' }, { 'A-B': 'x' }, { A: null }, { A: ['x'] }],
    ],
  ] as const)('%s', (_, schema, right, wrong) => {
    expect(right.filter((value) => !accepts(schema, value))).toEqual([]);
    expect(wrong.filter((value) => accepts(schema, value))).toEqual([]);
  });

  test('variables are texts, whatever they were written as', () => {
    expect(environmentVariables.parse({ A: 1.5, B: true, C: 'x' })).toEqual({ A: '1.5', B: 'true', C: 'x' });
  });
});
