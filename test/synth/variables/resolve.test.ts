import { spawnSync } from 'node:child_process';
import { describe, expect, test } from '@jest/globals';
import type { Endpoint } from '../../../src/synth/endpoints.ts';
import { exportLine, fromHost, masked, resolveVariables, secretValues } from '../../../src/synth/variables/resolve.ts';

const secrets = [
  { name: 'shop-postgres', keys: [{ key: 'PASSWORD', variable: 'POSTGRES_PASSWORD', file: 'shop/.env' }] },
];
const values = (password?: string) =>
  secretValues(
    secrets,
    new Map([['shop/.env', (password ? { POSTGRES_PASSWORD: password } : {}) as Record<string, string>]]),
  );

const database = [
  { name: 'POSTGRES_PASSWORD', secret: 'shop-postgres', key: 'PASSWORD' },
  { name: 'DATABASE_URL', value: 'postgresql://shop:$(POSTGRES_PASSWORD)@shop-postgres.shop.svc:5432/shop' },
];

const endpoint = (object: string, targetPort: number, hostPort: number): Endpoint => ({
  namespace: 'shop',
  object,
  port: 'p',
  targetPort,
  hostPort,
  address: '',
});

describe('resolveVariables', () => {
  test('takes values of Secrets from the .env, and puts earlier variables in', () => {
    expect(resolveVariables(database, values('s3cret'))).toMatchObject([
      { name: 'POSTGRES_PASSWORD', value: 's3cret' },
      { name: 'DATABASE_URL', value: 'postgresql://shop:s3cret@shop-postgres.shop.svc:5432/shop' },
    ]);
  });

  test('has no value where the .env has none, nor for what is made of it', () => {
    expect(resolveVariables(database, values()).map(({ value }) => value)).toEqual([undefined, undefined]);
  });

  test('leaves a reference to what comes later, or never, as Kubernetes does', () => {
    const [first] = resolveVariables(
      [
        { name: 'A', value: '$(B)' },
        { name: 'B', value: 'b' },
      ],
      values(),
    );
    expect(first?.value).toBe('$(B)');
  });

  test('masks each secret wherever it stands', () => {
    expect(resolveVariables(database, values('s3cret')).map(masked)).toEqual([
      '****',
      'postgresql://shop:****@shop-postgres.shop.svc:5432/shop',
    ]);
  });
});

describe('fromHost', () => {
  const resolve = (variables: Record<string, string>, ...endpoints: Endpoint[]) =>
    Object.fromEntries(
      fromHost(
        Object.entries(variables).map(([name, value]) => ({ name, value, secrets: [] })),
        endpoints,
      ).map(({ name, value }) => [name, value]),
    );

  test('replaces the address of a Service by its fixed port', () => {
    expect(resolve({ URL: 'redis://x@shop-redis.shop.svc:6379/1' }, endpoint('shop-redis', 6379, 16379))).toEqual({
      URL: 'redis://x@localhost:16379/1',
    });
  });

  test('replaces a host and a port that are variables of their own, and no other number', () => {
    const given = { SEARCH_HOST: 'shop-search.shop.svc', SEARCH_PORT: '9200', OTHER_PORT: '9200' };
    expect(resolve(given, endpoint('shop-search', 9200, 19200))).toEqual({
      SEARCH_HOST: 'localhost',
      SEARCH_PORT: '19200',
      OTHER_PORT: '9200',
    });
  });

  test('replaces further ports of a host, that of the longest name before them', () => {
    const given = {
      SHOP_HOST: 'x',
      SHOP_API_HOST: 'shop-api.shop.svc',
      SHOP_API_GRPC_PORT: '9090',
      API_GRPC_PORT: '9090',
    };
    expect(resolve(given, endpoint('shop-api', 9090, 19090))).toEqual({
      SHOP_HOST: 'x',
      SHOP_API_HOST: 'localhost',
      SHOP_API_GRPC_PORT: '19090',
      API_GRPC_PORT: '9090',
    });
  });

  test('leaves a Service without a fixed port as it is', () => {
    expect(resolve({ URL: 'http://shop-api.shop.svc:8000' })).toEqual({ URL: 'http://shop-api.shop.svc:8000' });
  });
});

describe('exportLine', () => {
  test.each(['plain', "it's", '$HOME `date` "x" \\', 'two\nlines'])('keeps %j as it is through a shell', (value) => {
    const { stdout } = spawnSync('sh', ['-c', `${exportLine('V', value)}; printf %s "$V"`], { encoding: 'utf8' });
    expect(stdout).toBe(value);
  });
});
