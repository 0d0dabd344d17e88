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

  describe('with an archive that has a base backup at 2 o’clock', () => {
    type Given = { status: string; reason: string; lastTransitionTime: string; message?: string };
    const archived = (condition: Given | undefined, backupSchedule = '0 2 * * *', created = '2026-11-01T00:00:00Z') => {
      const conditions = condition ? [{ type: 'LastBackupSucceeded', ...condition }] : [];
      const given = { ...cluster({ ...healthy, conditions }, created), backupSchedule };
      const { status: found, reason, cause, advice } = databaseClusterHealth(given, { now, pods: [] });
      return { status: found, reason, cause, advice };
    };
    const advice = 'kubectl -n shop get backups.postgresql.cnpg.io';
    const succeeded = { status: 'True', reason: 'LastBackupSucceeded' };

    test.each(['2026-11-27T02:01:00Z', '2026-11-26T02:01:00Z'])('is healthy with one of %s', (lastTransitionTime) => {
      expect(archived({ ...succeeded, lastTransitionTime })).toMatchObject({ status: 'healthy', reason: 'Ready' });
    });

    test('is degraded when two are missing', () => {
      expect(archived({ ...succeeded, lastTransitionTime: '2026-11-25T02:01:00Z' })).toEqual({
        status: 'degraded',
        reason: 'BackupOld',
        cause: 'the newest base backup is 2 d old, of 2026-11-25T02:01:00Z',
        advice,
      });
      expect(archived(undefined)).toMatchObject({
        reason: 'BackupOld',
        cause: 'there is no base backup yet; the Cluster is 26 d old',
      });
    });

    test('says that one goes on for days', () => {
      const lastTransitionTime = '2026-11-24T02:00:00Z';
      expect(archived({ status: 'False', reason: 'BackupStarted', lastTransitionTime })).toMatchObject({
        reason: 'BackupOld',
        cause: 'a base backup has been running for 3 d, and the one before is older',
      });
    });

    test('is degraded when the last one failed', () => {
      const lastTransitionTime = '2026-11-27T02:00:00Z';
      const failed = { status: 'False', reason: 'LastBackupFailed', lastTransitionTime, message: 'access\ndenied' };
      expect(archived(failed)).toEqual({
        status: 'degraded',
        reason: 'BackupFailed',
        cause: 'its last base backup failed: access denied',
        advice,
      });
    });

    test('is judged without its schedule where that is none, and while it is new', () => {
      const lastTransitionTime = '2026-01-01T02:00:00Z';
      expect(archived({ ...succeeded, lastTransitionTime }, 'now and then')).toMatchObject({ status: 'healthy' });
      expect(archived(undefined, undefined, '2026-11-27T01:00:00Z')).toMatchObject({ status: 'healthy' });
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
