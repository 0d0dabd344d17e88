import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import { expect, test } from '@jest/globals';
import { lockFile, withLock } from '../../src/backup/lock.ts';
import { FailureError } from '../../src/errors.ts';
import { failure, temporaryFolder } from './written.ts';

const held = (path: string, holder: object | string) => {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, typeof holder === 'string' ? holder : JSON.stringify({ doing: 'backup', since: 'x', ...holder }));
};
/** Of a process that was there and is gone. */
const goneProcess = () => spawnSync(process.execPath, ['--version']).pid;

test('while one runs, another is refused and says which; after it, it is let in', async () => {
  const path = lockFile(temporaryFolder(), 'turfoo');
  await withLock(path, 'backup', async () => {
    const error = await failure(withLock(path, 'restore', async () => undefined));
    expect(error).toBeInstanceOf(FailureError);
    expect(error.message).toContain(`process ${process.pid} on ${hostname()}`);
    expect(error.advice).toContain(path);
  });
  expect(await withLock(path, 'restore', async () => 'done')).toBe('done');
  expect(readdirSync(dirname(path))).toEqual([]);
});

test('two projects do not wait for each other', async () => {
  const root = temporaryFolder();
  const inner = () => withLock(lockFile(root, 'shop'), 'backup', async () => 'done');
  expect(await withLock(lockFile(root, 'turfoo'), 'backup', inner)).toBe('done');
});

test('a failure gives the lock back', async () => {
  const path = lockFile(temporaryFolder(), 'turfoo');
  await failure(withLock(path, 'backup', () => Promise.reject(new Error('x'))));
  expect(existsSync(path)).toBe(false);
});

test.each([
  ['a process that is gone', () => ({ pid: goneProcess(), host: hostname() })],
  ['a file that says nothing', () => ''],
  ['a file that says something else', () => '{"pid":"x"}'],
])('the lock of %s is taken over', async (_name, holder) => {
  const path = lockFile(temporaryFolder(), 'turfoo');
  held(path, holder());
  expect(await withLock(path, 'backup', async () => 'done')).toBe('done');
  expect(readdirSync(dirname(path))).toEqual([]);
});

test('the lock of another machine is left alone', async () => {
  const path = lockFile(temporaryFolder(), 'turfoo');
  held(path, { pid: goneProcess(), host: 'elsewhere' });
  expect((await failure(withLock(path, 'backup', async () => undefined))).message).toContain('on elsewhere');
  expect(existsSync(path)).toBe(true);
});

test('of many at once that find the lock of a process that is gone, one at a time gets it', async () => {
  const path = lockFile(temporaryFolder(), 'turfoo');
  held(path, { pid: goneProcess(), host: hostname() });
  let inside = 0;
  let most = 0;
  const work = async () => {
    inside += 1;
    most = Math.max(most, inside);
    await new Promise((resolve) => setTimeout(resolve, 20));
    inside -= 1;
  };
  const results = await Promise.allSettled(Array.from({ length: 20 }, () => withLock(path, 'backup', work)));
  expect(most).toBe(1);
  expect(results.some(({ status }) => status === 'fulfilled')).toBe(true);
  expect(readdirSync(dirname(path))).toEqual([]);
});

test('a lock that can’t be written is a failure that says where', async () => {
  const folder = temporaryFolder();
  writeFileSync(`${folder}/backups`, 'a file');
  const error = await failure(withLock(lockFile(folder, 'turfoo'), 'backup', async () => undefined));
  expect(error).toBeInstanceOf(FailureError);
  expect(error.message).toContain(`can't write ${lockFile(folder, 'turfoo')}`);
});
