import { createHash, randomBytes } from 'node:crypto';
import { chmodSync, createReadStream, createWriteStream, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { writeChecked } from '../../src/backup/checked-file.ts';
import { parseTransactions } from '../../src/backup/immudb.ts';
import { sentSum } from '../../src/backup/sent-sum.ts';
import { ExecError, exec, portForward } from '../../src/cluster/kubectl.ts';
import { FailureError } from '../../src/platform/errors.ts';
import { failure, temporaryFolder } from './written.ts';

// Stands in for kubectl, as far as a program can without a cluster: it runs what comes after `--` on this machine.
const standIn = `#!/bin/sh
case "$*" in
  *version*) echo '{"clientVersion":{"gitVersion":"v1.34.4"}}'; echo 'Client Version: v1.34.4'; exit ;;
  *service/none*) echo 'Error from server (NotFound): services "none" not found' >&2; exit 1 ;;
  *port-forward*) echo 'Forwarding from 127.0.0.1:40123 -> 9000'; exec sleep 60 ;;
esac
echo "$*" > "$KUBECTL_ARGUMENTS"
while [ "$1" != -- ]; do shift; done
shift
exec "$@"
`;

const folder = temporaryFolder();
const path = process.env.PATH;
const seen = join(folder, 'arguments');
beforeAll(() => {
  writeFileSync(join(folder, 'kubectl'), standIn);
  chmodSync(join(folder, 'kubectl'), 0o755);
  process.env.PATH = `${folder}${delimiter}${path}`;
  process.env.KUBECTL_ARGUMENTS = seen;
});
afterAll(() => {
  process.env.PATH = path;
});

const cluster = { kubectlArguments: ['--context', 'kind-x'] };
const where = { namespace: 'turfoo', pod: 'turfoo-postgres-0', container: 'postgres' };
const sum = (data: Buffer) => createHash('sha256').update(data).digest('hex');

describe('exec', () => {
  test('names the context, the namespace, the pod and the container, and gives what is printed', async () => {
    expect(await exec(cluster, where, ['echo', 'a  b'])).toEqual({ stdout: 'a  b\n', stderr: '' });
    expect(readFileSync(seen, 'utf8')).toBe(
      '--context kind-x exec --namespace turfoo turfoo-postgres-0 --container postgres -- echo a  b\n',
    );
  });

  test('carries binary data in and out unchanged', async () => {
    const data = randomBytes(3_000_000);
    const source = join(folder, 'source');
    writeFileSync(source, data);
    const written = await writeChecked(folder, 'copy', (output) =>
      exec(cluster, where, ['cat'], { input: createReadStream(source), output }),
    );
    expect(written).toMatchObject({ path: 'copy', bytes: data.length, sha256: sum(data) });
    expect(sum(readFileSync(join(folder, 'copy')))).toBe(sum(data));
  });

  test('fails with the exit code and what was said', async () => {
    const error = await failure(exec(cluster, where, ['sh', '-c', 'echo "no such database" >&2; exit 3']));
    expect(error).toBeInstanceOf(ExecError);
    expect(error).toMatchObject({ code: 3, stderr: 'no such database\n', exitCode: 1 });
    expect(error.message).toBe('sh in turfoo/turfoo-postgres-0 ended with exit code 3: no such database');
  });

  test('fails so too when the program does not read its input', async () => {
    const input = Readable.from([randomBytes(2_000_000)]);
    expect(await failure(exec(cluster, where, ['sh', '-c', 'exit 4'], { input }))).toMatchObject({ code: 4 });
  });

  test('fails with the reason when the disk is full, not with what that did to the program', async () => {
    const output = createWriteStream('/dev/full');
    const error = await failure(exec(cluster, where, ['sh', '-c', 'head -c 3000000 /dev/zero'], { output }));
    expect((error as NodeJS.ErrnoException).code).toBe('ENOSPC');
  });

  test('ends with its signal', async () => {
    const controller = new AbortController();
    const running = exec(cluster, where, ['sleep', '60'], { signal: controller.signal });
    const ended = failure(running);
    controller.abort(new FailureError('interrupted'));
    expect((await ended).message).toBe('interrupted');
  });
});

describe('a file that is filled by a program', () => {
  test('fails with the program, not with the end of the stream', async () => {
    const filled = writeChecked(folder, 'half', (output) =>
      exec(cluster, where, ['sh', '-c', 'echo half; echo broken >&2; exit 5'], { output }),
    );
    expect(await failure(filled)).toMatchObject({ code: 5, stderr: 'broken\n' });
  });
});

describe('portForward', () => {
  test('gives the port that kubectl has chosen, and closes', async () => {
    const forwarding = await portForward(cluster, 'monorepo', 'service/monorepo-minio', 9000);
    expect(forwarding.port).toBe(40123);
    await forwarding.close();
    await forwarding.closed;
  });

  test('fails with what kubectl says', async () => {
    const error = await failure(portForward(cluster, 'monorepo', 'service/none', 9000));
    expect(error).toBeInstanceOf(FailureError);
    expect(error.message).toContain('services "none" not found');
  });
});

test('the sum that a pod says it has sent is found among its other words', () => {
  const sha256 = 'ab'.repeat(32);
  expect(sentSum(`pg_dump: warning: x\n${sha256}  -\n`, 'pg_dump')).toBe(sha256);
  expect(() => sentSum('pg_dump: warning: x\n', 'pg_dump')).toThrow('pg_dump does not say what it has sent');
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
