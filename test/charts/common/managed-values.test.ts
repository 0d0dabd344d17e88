import { describe, expect, test } from '@jest/globals';
import { type ValueRule, valueProblem } from '../../../charts/common/managed-values.ts';

const r2 = `https://${'0123456789abcdef'.repeat(2)}.r2.cloudflarestorage.com`;

describe('what a value of a managed service has to be', () => {
  test.each<[ValueRule, string]>([
    [
      'postgresql-tls',
      'postgresql://me:pw@ep-1.eu-central-1.aws.neon.tech/shop?sslmode=require&channel_binding=require',
    ],
    ['postgresql-tls', 'postgres://me:pw@db.rds.amazonaws.com:5432/shop?sslmode=verify-full&sslrootcert=/etc/ca.pem'],
    ['redis-tls', 'rediss://default:pw@eu1-1.upstash.io:6379'],
    ['host', 'fe1c-eu-west-1.db.astra.datastax.com'],
    ['astra-bundle', 'UEsDBBQAAAAIAA=='],
    ['redis-tls', 'rediss://:pw@master.shop.euw1.cache.amazonaws.com:6379/0'],
    ['s3-endpoint', 'https://s3.eu-west-1.amazonaws.com'],
    ['s3-endpoint', `${r2}/`],
    ['s3-endpoint', 'https://objects.example.com:9000'],
    ['s3-region', 'auto'],
    ['address', 'immudb.example.com:3322'],
  ])('%s: %s', (rule, value) => {
    expect(valueProblem(rule, 'KEY', { KEY: value })).toBeUndefined();
  });

  test.each<[ValueRule, string, string]>([
    [
      'postgresql-tls',
      'postgresql://me:geheim@db/shop',
      'has no sslmode, so that the connection may go without TLS; expected sslmode=require, verify-ca or verify-full',
    ],
    [
      'postgresql-tls',
      'postgresql://me:geheim@db/shop?sslmode=prefer',
      'has sslmode=prefer, so that the connection may go without TLS; expected sslmode=require, verify-ca or verify-full',
    ],
    [
      'postgresql-tls',
      'mysql://me:geheim@db/shop?sslmode=require',
      'is no URL of a database; expected postgresql://USER:PASSWORD@HOST/DATABASE?sslmode=require',
    ],
    [
      'redis-tls',
      'redis://me:geheim@cache:6379',
      'begins with redis://, which is a connection without TLS; expected rediss://',
    ],
    [
      'host',
      'https://fe1c.db.astra.datastax.com',
      'is no host; expected one such as ID-eu-west-1.db.astra.datastax.com, without a scheme and a port',
    ],
    [
      'astra-bundle',
      './secure-connect-shop.zip',
      'is no secure connect bundle; expected what base64 -w0 secure-connect-NAME.zip prints',
    ],
    ['redis-tls', 'cache:6379', 'is no URL of a Redis; expected rediss://USER:PASSWORD@HOST:PORT'],
    [
      's3-endpoint',
      'http://minio:9000',
      'begins with http://, which is a connection without TLS; expected https://HOST',
    ],
    ['s3-endpoint', 's3.eu-west-1.amazonaws.com', 'is no URL; expected https://HOST, without a bucket'],
    ['s3-endpoint', `${r2}/cards`, `has the path /cards; expected ${r2}, without a bucket`],
    [
      's3-endpoint',
      'https://cards.s3.eu-west-1.amazonaws.com',
      'has the bucket cards in its host; expected https://s3.eu-west-1.amazonaws.com',
    ],
    ['s3-endpoint', r2.replace('//', '//cards.'), `has the bucket cards in its host; expected ${r2}`],
    ['s3-region', 'EU West', 'is no region; expected one such as eu-west-1, or auto for Cloudflare R2'],
    ['address', 'https://immudb:3322', 'is no address; expected HOST:PORT, such as immudb.example.com:3322'],
  ])('%s: not %s', (rule, value, problem) => {
    expect(valueProblem(rule, 'KEY', { KEY: value })).toBe(problem);
    // It may hold a password.
    expect(problem).not.toContain('geheim');
  });

  test.each([
    [
      'https://s3.eu-west-1.amazonaws.com',
      'us-east-1',
      'is us-east-1, but the endpoint is in eu-west-1; expected eu-west-1',
    ],
    [r2, 'eu-west-1', 'is eu-west-1, but Cloudflare R2 has one region; expected auto'],
    ['https://s3.eu-west-1.amazonaws.com', 'eu-west-1', undefined],
    ['https://objects.example.com', 'anywhere', undefined],
  ])('the region of %s: %s', (endpoint, region, problem) => {
    const values = { ASSETS_AWS_ENDPOINT_URL_S3: endpoint, ASSETS_AWS_REGION: region };
    expect(valueProblem('s3-region', 'ASSETS_AWS_REGION', values)).toBe(problem);
  });

  test('a rule that a later version knows refuses nothing', () => {
    expect(valueProblem('of-tomorrow', 'KEY', { KEY: 'x' })).toBeUndefined();
  });
});

test.each([
  ['token', 'AstraCS:abc', undefined],
  ['shop', 'secret', undefined],
  ['token', 'secret', 'is no token, as SHOP_CASSANDRA_USERNAME=token asks for; expected AstraCS:…'],
  [
    'shop',
    'AstraCS:abc',
    'is a token of Astra, whose user is always called token; expected SHOP_CASSANDRA_USERNAME=token',
  ],
])('a token of Astra belongs to the user token: %s %s', (user, password, problem) => {
  const values = { SHOP_CASSANDRA_USERNAME: user, SHOP_CASSANDRA_PASSWORD: password };
  expect(valueProblem('astra-token', 'SHOP_CASSANDRA_PASSWORD', values)).toBe(problem);
});
