import { describe, expect, test } from '@jest/globals';
import { type Connection, environment, managed } from '../../../charts/common/connection.ts';

const connection: Connection = {
  promises: ['REDIS_URL', 'REDIS_DATABASE'],
  variables: [
    { name: 'REDIS_PASSWORD', secret: 'shop-redis', key: 'REDIS_PASSWORD' },
    { name: 'REDIS_URL', value: 'redis://:$(REDIS_PASSWORD)@dev-redis.dev.svc:6379/1' },
    { name: 'REDIS_DATABASE', value: '1' },
  ],
  secret: {
    name: 'shop-redis',
    keys: [{ key: 'REDIS_PASSWORD', variable: 'REDIS_PASSWORD', owner: 'dev', generated: true }],
  },
  ready: { image: 'redis:7.4.5', script: 'redis-cli ping' },
  rules: { REDIS_URL: 'redis-tls' },
};

describe('the connection to a managed service', () => {
  const elsewhere = managed(connection, 'shop');

  test('takes each promised variable from the Secret, and nothing else', () => {
    expect(elsewhere.variables).toEqual([
      { name: 'REDIS_URL', secret: 'shop-redis', key: 'REDIS_URL' },
      { name: 'REDIS_DATABASE', secret: 'shop-redis', key: 'REDIS_DATABASE' },
    ]);
  });

  test("its Secret has the same name, and is made from the project's own .env: nobody can make the values up", () => {
    expect(elsewhere.secret).toEqual({
      name: 'shop-redis',
      keys: [
        { key: 'REDIS_URL', variable: 'REDIS_URL', owner: 'shop', generated: false, rule: 'redis-tls' },
        { key: 'REDIS_DATABASE', variable: 'REDIS_DATABASE', owner: 'shop', generated: false },
      ],
    });
  });

  test('promises the same', () => {
    expect(elsewhere.promises).toBe(connection.promises);
  });
});

describe('the environment of a container', () => {
  test('is in the order of the variables, since one may refer to those before it', () => {
    expect(environment(connection.variables)).toEqual([
      { name: 'REDIS_PASSWORD', valueFrom: { secretKeyRef: { name: 'shop-redis', key: 'REDIS_PASSWORD' } } },
      { name: 'REDIS_URL', value: 'redis://:$(REDIS_PASSWORD)@dev-redis.dev.svc:6379/1' },
      { name: 'REDIS_DATABASE', value: '1' },
    ]);
  });
});
