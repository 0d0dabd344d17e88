import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { parse } from 'dotenv';
import { type KnownSecret, prepareSecrets } from '../../../src/synth/secrets/prepare.ts';
import { copyRepository } from '../repository.ts';

let root: string;
beforeEach(() => {
  root = copyRepository();
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const path = () => join(root, 'backends', 'svc-turfoo-ingest', 'infra', '.env');
const nothing: KnownSecret = async () => undefined;
const prepare = (known: KnownSecret, profile = 'local') => prepareSecrets(root, { profile }, known);

describe('the .env files', () => {
  test('are made from their .env.example once, for the owner’s eyes only, and never changed', async () => {
    expect((await prepare(nothing)).made).toEqual([
      { path: '.env', refilled: false },
      { path: 'backends/svc-turfoo-ingest/infra/.env', refilled: false },
    ]);
    const text = readFileSync(path(), 'utf8');
    expect(text).toMatch(/^POSTGRES_PASSWORD=[\w-]{32}$/m);
    expect(text).toMatch(/^DATABASE_URL=$/m);
    expect(statSync(path()).mode & 0o777).toBe(0o600);
    expect((await prepare(nothing)).made).toEqual([]);
    expect(readFileSync(path(), 'utf8')).toBe(text);
  });

  test('get back what the cluster has, when they were deleted: data that was made with a password needs it', async () => {
    const first = await prepare(nothing);
    const before = parse(readFileSync(path()));
    const known: KnownSecret = async (namespace, name) => {
      const secrets = first.namespaces.flatMap((each) => each.secrets);
      const found = secrets.find(({ metadata }) => metadata?.namespace === namespace && metadata.name === name);
      const entries = Object.entries(found?.data ?? {});
      return found && Object.fromEntries(entries.map(([key, value]) => [key, Buffer.from(value, 'base64').toString()]));
    };
    rmSync(path());
    const { made, namespaces } = await prepare(known);
    expect(made).toEqual([{ path: 'backends/svc-turfoo-ingest/infra/.env', refilled: true }]);
    expect(parse(readFileSync(path()))).toEqual(before);
    expect(namespaces).toEqual(first.namespaces);
  });

  test('are not made of what one Secret lacks: the rest of it is made up', async () => {
    await prepare(async (_, name) =>
      name === 'turfoo-postgres' ? { POSTGRES_PASSWORD: 'kept-as-it-was' } : undefined,
    );
    const values = parse(readFileSync(path()));
    expect(values.POSTGRES_PASSWORD).toBe('kept-as-it-was');
    expect(values.MINIO_SECRET_KEY).toMatch(/^[\w-]{32}$/);
  });

  test('need the addresses of managed services for the external profile, each at its line', async () => {
    await prepare(nothing);
    const file = String.raw`^backends/svc-turfoo-ingest/infra/\.env:\d+:1: `;
    const problems = await prepare(nothing, 'external').catch((error: Error) => error.message);
    for (const name of ['DATABASE_URL', 'REDIS_URL'])
      expect(problems).toMatch(new RegExp(`${file}${name} is empty`, 'm'));
  });

  test('are refused for the external profile where a URL would go without TLS, each at its line', async () => {
    await prepare(nothing);
    const values: Record<string, string> = {
      DATABASE_URL: 'postgresql://turfoo:geheim@db.example.com/turfoo',
      REDIS_URL: 'redis://:geheim@cache.example.com:6379/1',
      AWS_ENDPOINT_URL_S3: 'https://s3.eu-west-1.amazonaws.com',
      AWS_REGION: 'us-east-1',
    };
    const filled = readFileSync(path(), 'utf8').replaceAll(/^(\w+)=$/gm, (_, name) => `${name}=${values[name] ?? 'x'}`);
    writeFileSync(path(), filled);
    const problems = await prepare(nothing, 'external').catch((error: Error) => error.message);
    const place = (name: string) => {
      const line = filled.split('\n').findIndex((each) => each.startsWith(`${name}=`)) + 1;
      return `backends/svc-turfoo-ingest/infra/.env:${line}:1: ${name}`;
    };
    expect(problems).toContain(`${place('DATABASE_URL')} has no sslmode`);
    expect(problems).toContain(`${place('REDIS_URL')} begins with redis://`);
    expect(problems).toContain(`${place('AWS_REGION')} is us-east-1, but the endpoint is in eu-west-1`);
    expect(problems).not.toContain('geheim');
  });
});
