import { describe, expect, test } from '@jest/globals';
import { freshJob } from '../../../src/lifecycle/passwords/minio.ts';
import { scramVerifier } from '../../../src/lifecycle/passwords/postgres.ts';
import { type Controller, hasInEnvironment } from '../../../src/lifecycle/passwords/users.ts';

test('a verifier is the one of the example in RFC 7677, as PostgreSQL writes it', () => {
  const salt = Buffer.from('W22ZaJ0SNY7soEsUEjb6gQ==', 'base64');
  expect(scramVerifier('pencil', salt, 4096)).toBe(
    'SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=',
  );
});

test('a job that runs again has nothing in it that the cluster had made', () => {
  const job = {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: {
      name: 'dev-minio-buckets-1',
      namespace: 'dev',
      uid: '1',
      resourceVersion: '7',
      labels: { 'app.kubernetes.io/name': 'minio-buckets', 'batch.kubernetes.io/job-name': 'it' },
    },
    spec: {
      backoffLimit: 6,
      selector: { matchLabels: { 'batch.kubernetes.io/controller-uid': '1' } },
      template: {
        metadata: { labels: { 'app.kubernetes.io/name': 'minio-buckets', 'controller-uid': '1', 'job-name': 'it' } },
        spec: { containers: [] },
      },
    },
    status: { conditions: [{ type: 'Complete', status: 'True' }] },
  };
  expect(JSON.parse(JSON.stringify(freshJob(job)))).toEqual({
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: 'dev-minio-buckets-1', namespace: 'dev', labels: { 'app.kubernetes.io/name': 'minio-buckets' } },
    spec: {
      backoffLimit: 6,
      template: { metadata: { labels: { 'app.kubernetes.io/name': 'minio-buckets' } }, spec: { containers: [] } },
    },
  });
});

describe('what has a value in its environment', () => {
  const controller = (container: object): Controller => ({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'shop-api', namespace: 'shop' },
    spec: { template: { spec: { containers: [container] } } },
  });
  const variable = { name: 'P', valueFrom: { secretKeyRef: { name: 'shop-postgres', key: 'POSTGRES_PASSWORD' } } };
  const changed = { namespace: 'shop', secret: 'shop-postgres', key: 'POSTGRES_PASSWORD' };

  test.each([
    ['a variable from its key', { env: [variable] }, changed, true],
    ['all of its Secret', { envFrom: [{ secretRef: { name: 'shop-postgres' } }] }, changed, true],
    ['another key of the Secret', { env: [variable] }, { ...changed, key: 'OTHER' }, false],
    ['a Secret of that name in another namespace', { env: [variable] }, { ...changed, namespace: 'blog' }, false],
    ['no Secret', { env: [{ name: 'P' }] }, changed, false],
  ])('%s', (_, container, key, expected) => {
    expect(hasInEnvironment(controller(container), [key])).toBe(expected);
  });
});
