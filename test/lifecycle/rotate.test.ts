import { describe, expect, test } from '@jest/globals';
import { rotatable } from '../../src/lifecycle/rotate.ts';
import { planNamespace } from '../../src/synth/plan-namespace.ts';
import { globalTier, planned } from '../../src/synth/plan-queries.ts';
import { declareEnvironment, declareProject } from '../charts/declared.ts';

describe('the passwords that can be made anew', () => {
  const project = declareProject({
    name: 'shop',
    uses: { redis: { database: 1 }, minio: { buckets: ['raw'] } },
    services: { postgres: {}, audit: { kind: 'immudb' } },
    secrets: ['STRIPE_API_KEY'],
  });
  const environment = declareEnvironment([project]);
  const profile = environment.profiles.local;
  const namespaces = [undefined, project].map((each) => planNamespace(environment, profile as never, each));
  const plan = { environment: environment.name, profile: 'local', namespaces } as never;
  const names = (namespace: never) =>
    rotatable(plan, namespace).map(({ service, keys }) => `${service}: ${keys.map(({ variable }) => variable)}`);

  test('of a project are those in its .env: its own servers’, and its key for the object store', () => {
    expect(names(planned(plan, 'shop') as never).sort()).toEqual([
      'audit: AUDIT_IMMUDB_ADMIN_PASSWORD',
      'minio: MINIO_SECRET_KEY',
      'postgres: POSTGRES_PASSWORD',
    ]);
  });

  test('of the global tier are those that all share; the name of a user is none', () => {
    expect(names(globalTier(plan) as never).sort()).toEqual(['minio: MINIO_ROOT_PASSWORD', 'redis: REDIS_PASSWORD']);
  });
});
