import { type AddressInfo, createServer } from 'node:net';
import { expect, test } from '@jest/globals';
import { execa } from 'execa';
import {
  isListening,
  listedByLsof,
  listeningSockets,
  ownerText,
  portOwner,
  portOwners,
} from '../../../src/platform/tools/port-owner.ts';

/** Listens on a free port while something is done. */
async function listening<T>(host: string, work: (port: number) => Promise<T>): Promise<T> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  try {
    return await work((server.address() as AddressInfo).port);
  } finally {
    server.close();
  }
}

test.each(['127.0.0.1', '::1', '::'])('the owner of a port at %s is found', async (host) => {
  await listening(host, async (port) => {
    expect(await portOwner(port)).toMatch(new RegExp(`^\\S.* \\(pid ${process.pid}\\)$`));
  });
});

test('a port that is free again has no owner', async () => {
  const port = await listening('127.0.0.1', async (port) => port);
  expect(await portOwner(port)).toBeUndefined();
  expect(await isListening(port)).toBe(false);
});

test('the owner is another process, by its name, and a port with a connection only is nobody’s', async () => {
  const program = 'const s = require("net").createServer().listen(0, "127.0.0.1", () => console.log(s.address().port))';
  const child = execa(process.execPath, ['--eval', program], { reject: false });
  try {
    const port = await new Promise<number>((resolve) => child.stdout.once('data', (text) => resolve(Number(text))));
    await listening('127.0.0.1', async (other) => {
      const owners = await portOwners([port, other]);
      expect(owners.get(port)).toMatchObject({ pid: child.pid, program: expect.stringMatching(/node/i) });
      expect(owners.get(other)?.pid).toBe(process.pid);
      expect(owners.size).toBe(2);
      expect(await isListening(port)).toBe(true);
    });
  } finally {
    child.kill();
    await child;
  }
});

test('of /proc/net/tcp only the sockets that listen are taken', () => {
  const table = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:1538 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 111 1 0 100 0 0 10 0
   1: 0100007F:1538 0100007F:ACF3 01 00000000:00000000 00:00000000 00000000     0        0 222 1 0 100 0 0 10 0
   2: 00000000:1538 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 333 1 0 100 0 0 10 0
   3: 00000000000000000000000001000000:286E 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000 0 0 444 1 0
`;
  expect([...listeningSockets(table)]).toEqual([
    [5432, ['111', '333']],
    [10350, ['444']],
  ]);
});

test('what lsof lists is read', () => {
  const output = 'p501\ncpostgres\nf5\nn127.0.0.1:5432\nf6\nn[::1]:5432\np77\nctilt\nf9\nn*:10350\n';
  expect([...listedByLsof(output)]).toEqual([
    [5432, { pid: 501, program: 'postgres' }],
    [10350, { pid: 77, program: 'tilt' }],
  ]);
  expect(listedByLsof('').size).toBe(0);
});

test('an owner is shown as far as it is known', () => {
  expect(ownerText({ pid: 123, program: 'node' })).toBe('node (pid 123)');
  expect(ownerText({})).toBe("another user's process");
});
