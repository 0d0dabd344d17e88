import { describe, expect, test } from '@jest/globals';
import { globalObjects, projectObjects } from '../../charts/app.ts';
import { secretsField } from '../../charts/common/secret-store.ts';
import type { Profile } from '../../charts/model.ts';
import { requiredSecretLines } from '../../src/synth/required-secret-lines.ts';
import { declareEnvironment, declareProject } from './declared.ts';
import { all, identity, workloads } from './objects.ts';

const project = declareProject({
  uses: { redis: { database: 1 } },
  secrets: ['API_KEY'],
  services: { postgres: {} },
  workloads: {
    api: { kind: 'http', port: 80 },
    watch: {
      kind: 'worker',
      health: { tcp: 1 },
      serviceAccount: { rules: [{ resources: ['pods'], verbs: ['list'] }] },
    },
    old: { kind: 'worker', health: { tcp: 1 }, serviceAccount: 'there-already' },
  },
});
const environment = declareEnvironment([project], { redis: {} });
const { production, local } = environment.profiles;
const objects = (profile: Profile) => projectObjects(environment, profile, project).objects;

describe('ServiceAccounts', () => {
  const made = objects(production);

  test('are the own of each service and workload, but for one that is named', () => {
    const used = workloads(made).map(({ name, pod }) => [
      name,
      pod.serviceAccountName,
      pod.automountServiceAccountToken,
    ]);
    expect(used).toEqual([
      ['shop-postgres', 'shop-postgres', false],
      ['shop-api', 'shop-api', false],
      ['shop-watch', 'shop-watch', true],
      ['shop-old', 'there-already', false],
    ]);
    const accounts = made.filter(({ kind }) => kind === 'ServiceAccount');
    expect(accounts.map(({ metadata }) => metadata?.name).sort()).toEqual(['shop-api', 'shop-postgres', 'shop-watch']);
    expect(
      accounts.map((each) => (each as { automountServiceAccountToken?: boolean }).automountServiceAccountToken),
    ).toEqual([false, false, true]);
  });

  test('are those of the namespace in development', () => {
    expect(workloads(objects(local)).map(({ pod }) => pod.serviceAccountName)).toEqual([
      undefined,
      undefined,
      'shop-watch',
      'there-already',
    ]);
  });
});

describe('a store', () => {
  const store = secretsField.parse({ store: 'vault', prefix: 'team/' }) as NonNullable<Profile['secretStore']>;
  const stored = { ...production, secretStore: store };

  test('has an ExternalSecret for each Secret of a namespace, with each key', () => {
    const of = (each: ReturnType<typeof objects>) =>
      each
        .filter(({ kind }) => kind === 'ExternalSecret')
        .map(({ metadata, spec }) => {
          const { data } = spec as { data: { secretKey: string; remoteRef: { key: string; property: string } }[] };
          return [
            metadata?.name,
            ...data.map(({ secretKey, remoteRef }) => `${remoteRef.key}#${remoteRef.property}→${secretKey}`),
          ];
        });
    expect(of(objects(stored))).toEqual([
      ['shop-postgres', 'team/shop/shop-postgres#POSTGRES_PASSWORD→POSTGRES_PASSWORD'],
      ['shop-redis', 'team/shop/shop-redis#REDIS_PASSWORD→REDIS_PASSWORD'],
      ['shop-env', 'team/shop/shop-env#API_KEY→API_KEY'],
    ]);
    expect(of(globalObjects(environment, stored).objects)).toEqual([
      ['dev-redis', 'team/dev/dev-redis#REDIS_PASSWORD→REDIS_PASSWORD'],
    ]);
  });

  test('is not asked where somebody else makes the Secrets', () => {
    expect(
      objects(production)
        .map(identity)
        .filter((each) => each.startsWith('ExternalSecret')),
    ).toEqual([]);
  });

  test('each key that has to exist is listed', () => {
    expect(requiredSecretLines(environment, production)).toEqual([
      'secret: dev/dev-redis needs REDIS_PASSWORD',
      'secret: shop/shop-postgres needs POSTGRES_PASSWORD',
      'secret: shop/shop-redis needs REDIS_PASSWORD',
      'secret: shop/shop-env needs API_KEY',
    ]);
    expect(requiredSecretLines(environment, stored)[0]).toBe(
      'secret: dev/dev-redis needs REDIS_PASSWORD, from vault: team/dev/dev-redis',
    );
  });
});

test('Reloader is told of controllers that keep running, where the profile says so', () => {
  const annotated = (reloader: boolean) =>
    all(objects({ ...production, reloader }) as never, 'Deployment').map(({ metadata }) => metadata.annotations ?? {});
  expect(annotated(true)[0]).toMatchObject({ 'reloader.stakater.com/auto': 'true' });
  expect(annotated(false)[0]).not.toHaveProperty(['reloader.stakater.com/auto']);
});
