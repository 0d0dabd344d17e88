import { expect, test } from '@jest/globals';
import { sentSum } from '../../src/backup/sent-file.ts';
import { parseTransactions } from '../../src/backup/stores/immudb.ts';

test('the sum that a pod says it has sent is found among its other words', () => {
  const sha256 = 'ab'.repeat(32);
  expect(sentSum(`pg_dump: warning: x\n${sha256}  -\n`, 'pg_dump')).toBe(sha256);
  expect(() => sentSum('pg_dump: warning: x\n', 'pg_dump')).toThrow('pg_dump did not send a SHA-256');
});

test("immudb's transactions are the last of any index, without those of its users", () => {
  const metrics = [
    '# TYPE immudb_last_committed_trx_id gauge',
    'immudb_last_committed_trx_id{db="defaultdb",index="index_00"} 30',
    'immudb_last_committed_trx_id{db="defaultdb",index="index_01"} 31',
    'immudb_last_committed_trx_id{db="audit"} 1.2e+06',
    'immudb_last_committed_trx_id{db="systemdb",index="index_00"} 1',
  ];
  expect([...parseTransactions(metrics.join('\n'))]).toEqual([
    ['defaultdb', 31],
    ['audit', 1_200_000],
  ]);
});
