import { describe, expect, test } from '@jest/globals';
import {
  type Claim,
  type DataSet,
  dataChanges,
  type Held,
  versionAnnotation,
} from '../../src/lifecycle/data-changes.ts';

const claim = (name: string, storage: string, more: object = {}): Claim => ({
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: { name, ...more },
  spec: { storageClassName: 'standard', resources: { requests: { storage } } },
});
const set = (name: string, storage: string, image = 'postgres:16.4'): DataSet => ({
  apiVersion: 'apps/v1',
  kind: 'StatefulSet',
  metadata: { name, labels: { 'app.kubernetes.io/name': name.replace('shop-', '') } },
  spec: {
    template: { spec: { containers: [{ name: 'postgres', image }] } },
    volumeClaimTemplates: [claim('data', storage)],
  },
});
const held = (more: Partial<Held> = {}): Held => ({
  sets: [set('shop-postgres', '1Gi')],
  claims: [claim('data-shop-postgres-0', '1Gi')],
  classes: [{ apiVersion: 'storage.k8s.io/v1', kind: 'StorageClass', metadata: { name: 'standard' } }],
  ...more,
});
const expandable = [{ ...(held().classes[0] as object), allowVolumeExpansion: true } as Held['classes'][number]];
const changes = (wanted: DataSet | Claim, of: Held = held(), startEmpty = false) =>
  dataChanges({ project: 'shop' }, [wanted], of, startEmpty);

describe('a size', () => {
  test('that is the same changes nothing, however it is written', () => {
    expect(changes(set('shop-postgres', '1024Mi'))).toEqual({ enlargements: [], problems: [] });
  });

  test('that is larger is given where the storage class can', () => {
    const { enlargements, problems } = changes(set('shop-postgres', '2Gi'), held({ classes: expandable }));
    expect(enlargements).toEqual([{ claim: held().claims[0], size: '2Gi' }]);
    expect(problems).toEqual([]);
  });

  test.each([
    [
      'larger where the storage class can’t',
      '2Gi',
      held(),
      'its storage class standard can’t enlarge claims'.replace('’', "'"),
    ],
    ['smaller', '500Mi', held({ classes: expandable }), "a claim can't be made smaller"],
  ])('that is %s is refused, with the ways that lose nothing', (_, size, of, why) => {
    const { enlargements, problems } = changes(set('shop-postgres', size), of);
    expect(enlargements).toEqual([]);
    expect(problems).toEqual([
      {
        object: 'shop-postgres',
        message: expect.stringContaining(`the claim data-shop-postgres-0 has 1Gi, the configuration says ${size}`),
        advice: expect.stringMatching(/reset shop backs up the data.*restore shop --latest.*storage: 1Gi again/),
      },
    ]);
    expect(problems[0]?.message).toContain(why);
  });

  test('of a claim that outlived its StatefulSet counts, too', () => {
    expect(changes(set('shop-postgres', '2Gi'), held({ sets: [] })).problems).toHaveLength(1);
  });

  test('of a claim of the project’s own counts, too', () => {
    const of = held({ claims: [claim('files', '1Gi')] });
    expect(changes(claim('files', '500Mi'), of).problems).toMatchObject([{ object: 'files' }]);
  });

  test('without a claim may be any', () => {
    expect(changes(set('shop-postgres', '2Gi'), held({ claims: [] })).problems).toEqual([]);
  });

  test('of another service’s claim is not meant', () => {
    const of = held({ claims: [claim('data-shop-postgres-2-0', '5Gi')] });
    expect(changes(set('shop-postgres', '1Gi'), of).problems).toEqual([]);
  });
});

describe('a major version', () => {
  const outcome = (image: string, of: Held = held()) =>
    changes(set('shop-postgres', '1Gi', image), of).problems.map(({ message }) => message);

  test.each([
    ['another patch', 'postgres:16.9-alpine', false],
    ['another major', 'postgres:17', true],
    ['an older major', 'registry:5000/team/postgres:15.2', true],
    ['another image of the same major', 'timescale/timescaledb:2.14-pg16', false],
    ['another image of another major', 'timescale/timescaledb:2.14-pg17', true],
    ['one that can’t be told', 'postgres@sha256:0123', false],
  ])('%s', (_, image, refused) => expect(outcome(image)).toHaveLength(refused ? 1 : 0));

  test('is told by the claim where the program is gone', () => {
    const claims = [claim('data-shop-postgres-0', '1Gi', { annotations: { [versionAnnotation]: '16' } })];
    expect(outcome('postgres:17', held({ sets: [], claims }))).toEqual([
      "the data of shop-postgres is of PostgreSQL 16, the configuration says 17, which can't read it",
    ]);
    expect(outcome('postgres:16', held({ sets: [], claims }))).toEqual([]);
  });

  test('does not matter without data', () => {
    expect(outcome('postgres:17', held({ claims: [] }))).toEqual([]);
  });
});

describe('a service that was renamed', () => {
  test('does not begin empty beside its data', () => {
    expect(changes(set('shop-db', '1Gi')).problems).toMatchObject([
      {
        message:
          'shop-db is new and would begin empty; shop-postgres, with the data in the claim data-shop-postgres-0, has left the configuration',
        advice: expect.stringContaining('repoctl infra project start shop --start-empty'),
      },
    ]);
  });

  test('does if that is said', () => {
    expect(changes(set('shop-db', '1Gi'), held(), true).problems).toEqual([]);
  });

  test.each<[string, DataSet, Held]>([
    ['is none if the old one has no data', set('shop-db', '1Gi'), held({ claims: [] })],
    ['is none if it is another program', set('shop-db', '1Gi', 'immudb:1'), held()],
    [
      'is none if the new one has data already',
      set('shop-db', '1Gi'),
      held({ claims: [...held().claims, claim('data-shop-db-0', '1Gi')] }),
    ],
  ])('%s', (_, wanted, of) => expect(changes(wanted, of).problems).toEqual([]));
});

test('on a real cluster no command for development is recommended', () => {
  const of = { project: 'shop', profile: 'staging' };
  const advice = (wanted: DataSet, from: Held = held()) => dataChanges(of, [wanted], from).problems[0]?.advice;
  for (const told of [advice(set('shop-postgres', '2Gi')), advice(set('shop-postgres', '1Gi', 'postgres:17.1'))]) {
    expect(told).toContain('docs/deploy.md');
    expect(told).not.toContain('repoctl infra');
  }
  expect(advice(set('shop-database', '1Gi'))).toContain('repoctl deploy --profile staging --start-empty');
});
