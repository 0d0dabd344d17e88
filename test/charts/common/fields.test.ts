import { describe, expect, test } from '@jest/globals';
import {
  absolutePath,
  amount,
  dnsLabel,
  hostPort,
  httpPath,
  image,
  imageReference,
  port,
  quantityText,
  resources,
  userId,
} from '../../../charts/common/fields.ts';
import { environmentVariables } from '../../../charts/common/variable-source.ts';

const digest = `sha256:${'0a'.repeat(32)}`;

describe.each([
  {
    name: 'a name',
    schema: dnsLabel,
    allowed: ['a', 'shop', 'svc-turfoo-2', 'a'.repeat(40)],
    refused: ['', 'Shop', '2shop', '-shop', 'shop-', 'shop_1', 'shop.1', 'a'.repeat(41), 'shop\n'],
  },
  {
    name: 'a quantity',
    schema: quantityText,
    allowed: ['1', '0.5', '100m', '64Mi', '1.5Gi', '2T', '10k'],
    refused: ['', '-1', '1 Gi', '1gi', '1GB', 'Mi', '1e3', '.5', '1Gi\n'],
  },
  {
    name: 'an image',
    schema: imageReference,
    allowed: [
      'redis:7.4.5',
      'getmeili/meilisearch:v1.15',
      'ghcr.io/owner/name:1',
      'registry.example.com:5000/team/app:1.2.3-rc.1',
      `redis@${digest}`,
      `redis:7.4.5@${digest}`,
    ],
    refused: [
      'redis',
      'redis:latest',
      'localhost:5000/redis',
      'Redis:7',
      'redis:7 ',
      'redis@sha256:12',
      ':7',
      'redis:',
      '/redis:7',
    ],
  },
  { name: 'a port', schema: port, allowed: [1, 80, 65535], refused: [0, 65536, -1, 1.5, '80'] },
  {
    name: 'a port on the machine',
    schema: hostPort,
    allowed: [1024, 15432, 65535],
    refused: [0, 80, 1023, 65536, 1.5, '8080'],
  },
  { name: 'a user', schema: userId, allowed: [0, 1, 1000, 2147483647], refused: [-1, 2147483648, 'root', 1.5] },
  {
    name: 'a path in a container',
    schema: absolutePath,
    allowed: ['/', '/data'],
    refused: ['data', '', '/a b', '/a:b'],
  },
  { name: 'a route', schema: httpPath, allowed: ['/', '/health?full=1'], refused: ['health', '', '/a b'] },
])('$name', ({ schema, allowed, refused }) => {
  test.each(allowed.map((value) => [value]))('allows %j', (value) => {
    expect(schema.safeParse(value).data).toBe(value);
  });

  test.each(refused.map((value) => [value]))('refuses %j', (value) => {
    expect(schema.safeParse(value).success).toBe(false);
  });
});

describe('amounts', () => {
  test.each([
    ['100m', 0.1],
    ['1', 1],
    ['0.5', 0.5],
    ['2k', 2000],
    ['1Ki', 1024],
    ['64Mi', 67108864],
    ['1.5Gi', 1610612736],
    ['1T', 1e12],
  ])('%s is %d', (text, number) => {
    expect(amount(text)).toBeCloseTo(number);
  });

  test('what is no quantity is no number', () => {
    expect(amount('much')).toBeNaN();
  });
});

describe('resources', () => {
  const schema = resources(['50m', '64Mi'], ['1', '256Mi']);

  test('are complete without a word', () => {
    expect(schema.parse(undefined)).toEqual({
      requests: { cpu: '50m', memory: '64Mi' },
      limits: { cpu: '1', memory: '256Mi' },
    });
  });

  test('each value that is left out keeps its default, and cores may be numbers', () => {
    expect(schema.parse({ limits: { cpu: 0.5 } })).toEqual({
      requests: { cpu: '50m', memory: '64Mi' },
      limits: { cpu: '0.5', memory: '256Mi' },
    });
  });

  test.each([
    ['cpu', { requests: { cpu: 2 } }, 'cpu request 2 is above the limit 1'],
    ['memory', { limits: { memory: '32Mi' } }, 'memory request 64Mi is above the limit 32Mi'],
  ])('refuse a request of %s above its limit, which Kubernetes would refuse too', (name, given, message) => {
    expect(schema.safeParse(given).error?.issues).toMatchObject([{ path: ['requests', name], message }]);
  });

  test('equal to the limit is allowed', () => {
    expect(schema.safeParse({ requests: { memory: '0.25Gi' } }).success).toBe(true);
  });
});

describe('environment variables', () => {
  test('may be given as numbers and truth values, and are texts', () => {
    expect(environmentVariables.parse({ A: 'x', B: 1, C: true })).toEqual({ A: 'x', B: '1', C: 'true' });
  });

  test.each(['1A', 'A-B', 'A B', ''])('refuse the name %j', (name) => {
    expect(environmentVariables.safeParse({ [name]: 'x' }).success).toBe(false);
  });
});

test('the image of a kind is the pinned one unless another is named', () => {
  expect(image('redis:7.4.5').parse(undefined)).toBe('redis:7.4.5');
  expect(image('redis:7.4.5').parse('redis:7.2.0')).toBe('redis:7.2.0');
});
