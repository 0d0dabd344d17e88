import { createHash, randomBytes } from 'node:crypto';
import { createReadStream, createWriteStream, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable, Writable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { writeChecked } from '../../src/backup/checked-file.ts';
import { RefusedError } from '../../src/cluster/api-errors.ts';
import type { Cluster } from '../../src/cluster/client.ts';
import { ExecError, exec } from '../../src/cluster/exec.ts';
import { ClusterError, FailureError } from '../../src/platform/errors.ts';
import { failure, temporaryFolder } from '../backup/written.ts';
import { PodServer } from './pod-server.ts';

const folder = temporaryFolder();
let server: PodServer;
let cluster: Cluster;
beforeEach(async () => {
  server = new PodServer();
  cluster = await server.start();
});
afterEach(() => server.stop());

const where = { namespace: 'turfoo', pod: 'turfoo-postgres-0', container: 'postgres' };
const sum = (data: Buffer) => createHash('sha256').update(data).digest('hex');

describe('exec', () => {
  test('names the namespace, the pod and the container, and gives what is printed', async () => {
    expect(await exec(cluster, where, ['echo', 'a  b'])).toEqual({ stdout: 'a  b\n', stderr: '' });
    expect(server.opened).toEqual([
      '/api/v1/namespaces/turfoo/pods/turfoo-postgres-0/exec?container=postgres&stdout=true&stderr=true&command=echo&command=a++b',
    ]);
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

  test('fails with what its input fails with', async () => {
    const input = createReadStream(join(folder, 'missing'));
    expect(await failure(exec(cluster, where, ['cat'], { input }))).toMatchObject({ code: 'ENOENT' });
  });

  test('may leave its input unread', async () => {
    const input = Readable.from([randomBytes(2_000_000)]);
    expect(await exec(cluster, where, ['echo', 'enough'], { input })).toEqual({ stdout: 'enough\n', stderr: '' });
  });

  test('says an end of its input to the program', async () => {
    const input = Readable.from([Buffer.from('one '), Buffer.from('two')]);
    expect((await exec(cluster, where, ['sh', '-c', 'cat; echo .'], { input })).stdout).toBe('one two.\n');
  });

  test('sends and takes no more than can be taken', async () => {
    let most = 0;
    let [given, taken] = [0, 0];
    const total = 400;
    const input = new Readable({
      read() {
        given += 1;
        this.push(given > total ? null : Buffer.alloc(65_536));
      },
    });
    const output = new Writable({
      write(chunk: Buffer, _encoding, done) {
        taken += chunk.length;
        most = Math.max(most, given * 65_536 - taken);
        setTimeout(done, 0);
      },
    });
    await exec(cluster, where, ['cat'], { input, output });
    expect(taken).toBe(total * 65_536);
    // What the system has under way, for two connections and two pipes.
    expect(most).toBeLessThan(total * 65_536 * 0.7);
  });

  test('fails where the connection breaks, and its output is no whole one', async () => {
    let whole = false;
    const output = new Writable({
      write(_chunk, _encoding, done) {
        server.cut();
        done();
      },
      final(done) {
        whole = true;
        done();
      },
    });
    const error = await failure(exec(cluster, where, ['sh', '-c', 'echo half; sleep 60'], { output }));
    expect(error).toBeInstanceOf(ExecError);
    expect(error.message).toBe('sh in turfoo/turfoo-postgres-0 was cut short: the connection broke');
    expect(whole).toBe(false);
  });

  test('fails with the reason where it is refused, and where nothing answers', async () => {
    server.behaviour.refuse = { status: 403, message: 'pods "turfoo-postgres-0" is forbidden' };
    const refused = await failure(exec(cluster, where, ['true']));
    expect(refused).toBeInstanceOf(RefusedError);
    expect(refused.message).toMatch(
      /^can't run true in turfoo\/turfoo-postgres-0 on http:\S+ \(context kind-test\): pods "turfoo-postgres-0" is forbidden$/,
    );
    await server.stop();
    const away = await failure(exec(cluster, where, ['true']));
    expect(away).toBeInstanceOf(ClusterError);
    expect(away.message).toMatch(/^can't reach http:\S+ \(context kind-test\): ECONNREFUSED$/);
  });

  test('fails where there is no such program', async () => {
    const error = await failure(exec(cluster, where, ['no-such-program']));
    expect(error).toMatchObject({ code: undefined, exitCode: 1 });
    expect(error.message).toContain('no-such-program in turfoo/turfoo-postgres-0 was cut short: spawn');
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
