import { describe, expect, test } from '@jest/globals';
import { databaseClusterHealth } from '../../../src/status/rules/database-cluster.ts';
import type { DatabaseCluster } from '../../../src/status/rules/objects.ts';

const now = new Date('2026-11-27T12:00:00Z');
const cluster = (status: DatabaseCluster['status'], created = '2026-11-27T11:59:00Z'): DatabaseCluster => ({
  kind: 'Cluster',
  metadata: { name: 'shop-postgres', namespace: 'shop', creationTimestamp: created },
  spec: { instances: 3 },
  status,
});
const judged = (status: DatabaseCluster['status'], created?: string) => {
  const { status: found, reason, cause, advice } = databaseClusterHealth(cluster(status, created), { now, pods: [] });
  return { status: found, reason, cause, advice };
};
const healthy = { phase: 'Cluster in healthy state', readyInstances: 3, currentPrimary: 'shop-postgres-1' };

describe('a Cluster of CloudNativePG', () => {
  test('is healthy with all its instances', () => {
    expect(judged(healthy)).toMatchObject({ status: 'healthy', reason: 'Ready' });
  });

  test('is on its way while an instance is missing, and says which one is written to', () => {
    expect(judged({ ...healthy, phase: 'Creating a new replica', readyInstances: 1 })).toMatchObject({
      status: 'progressing',
      reason: 'RollingOut',
      cause: 'Creating a new replica; 1 of 3 instances are ready, the primary is shop-postgres-1',
    });
    expect(judged({ ...healthy, readyInstances: 2 }, '2026-11-27T10:00:00Z')).toMatchObject({ status: 'degraded' });
  });

  test('fails over', () => {
    expect(judged({ ...healthy, phase: 'Failing over', readyInstances: 2 })).toMatchObject({
      status: 'progressing',
      reason: 'FailingOver',
    });
  });

  test.each([
    ['Cluster is unrecoverable and needs manual intervention', 'Unrecoverable'],
    ['Cluster cannot proceed to reconciliation due to an unknown plugin being required', 'UnknownPlugin'],
    ['Unable to create required cluster objects', 'CannotCreate'],
  ])('is degraded in the phase "%s"', (phase, reason) => {
    expect(judged({ phase, phaseReason: 'no such plugin' })).toEqual({
      status: 'degraded',
      reason,
      cause: `${phase}: no such plugin`,
      advice: 'kubectl -n shop describe cluster.postgresql.cnpg.io/shop-postgres',
    });
  });

  test('is degraded while its log is not archived: it could not be recovered', () => {
    const conditions = [{ type: 'ContinuousArchiving', status: 'False', message: 'access denied' }];
    expect(judged({ ...healthy, conditions } as DatabaseCluster['status'])).toMatchObject({
      status: 'degraded',
      reason: 'ArchivingFailed',
      cause: expect.stringContaining('access denied'),
    });
  });

  test('that no operator has looked at says so', () => {
    expect(judged(undefined)).toMatchObject({ status: 'progressing', reason: 'NotObserved' });
    expect(judged(undefined, '2026-11-27T11:00:00Z')).toMatchObject({
      status: 'degraded',
      cause: 'the CloudNativePG operator has not seen it yet: is it running?',
    });
  });
});
