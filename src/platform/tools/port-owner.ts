import { readdir, readFile, readlink } from 'node:fs/promises';
import { connect } from 'node:net';
import { basename } from 'node:path';
import { execa } from 'execa';

/** A process that listens on a port. */
export interface PortOwner {
  /** Name of its program; `undefined` if only its user may know. */
  readonly program?: string;
  readonly pid?: number;
}

/**
 * Who listens on TCP ports of this machine.
 *
 * @returns an entry for each port that somebody listens on
 */
export const portOwners = (ports: readonly number[]): Promise<ReadonlyMap<number, PortOwner>> =>
  process.platform === 'linux' ? fromProc(ports) : fromLsof(ports);

/** Who listens on a TCP port: `node (pid 123)`, or `another user's process`; `undefined` if nobody does. */
export async function portOwner(port: number): Promise<string | undefined> {
  const owner = (await portOwners([port])).get(port);
  return owner && ownerText(owner);
}

/** The command line of a process, its words with blanks between; empty if it can't be read. */
export async function commandLine(pid: number): Promise<string> {
  if (process.platform === 'linux')
    return (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).replaceAll('\0', ' ').trim();
  const { stdout } = await execa('ps', ['-o', 'args=', '-p', String(pid)], { reject: false, timeout: 10_000 });
  return stdout?.trim() ?? '';
}

/** `node (pid 123)` */
export const ownerText = ({ program, pid }: PortOwner): string =>
  pid === undefined ? "another user's process" : `${program ?? 'a process'} (pid ${pid})`;

/** The sockets that listen, by port, in the text of `/proc/net/tcp`. */
export function listeningSockets(table: string): Map<number, string[]> {
  const sockets = new Map<number, string[]>();
  for (const line of table.split('\n').slice(1)) {
    const [, local = '', , state, , , , , , inode] = line.trim().split(/\s+/);
    // 0A is TCP_LISTEN.
    if (state !== '0A' || !inode) continue;
    const port = Number.parseInt(local.split(':')[1] ?? '', 16);
    sockets.set(port, [...(sockets.get(port) ?? []), inode]);
  }
  return sockets;
}

async function fromProc(ports: readonly number[]): Promise<ReadonlyMap<number, PortOwner>> {
  const tables = await Promise.all(
    ['tcp', 'tcp6'].map((name) => readFile(`/proc/net/${name}`, 'utf8').catch(() => '')),
  );
  const wanted = new Map<string, number>();
  for (const [port, inodes] of tables.flatMap((table) => [...listeningSockets(table)]))
    if (ports.includes(port)) for (const inode of inodes) wanted.set(`socket:[${inode}]`, port);
  const owners = new Map<number, PortOwner>([...wanted.values()].map((port) => [port, {}]));
  if (wanted.size === 0) return owners;
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    for (const port of await portsOf(pid, wanted)) {
      // A parent and its children may share the socket; the parent has it first.
      if (owners.get(port)?.pid !== undefined) continue;
      owners.set(port, { pid: Number(pid), program: await programOf(pid) });
    }
  }
  return owners;
}

/** What a process calls itself; its executable where that is only what Node.js, from 23 on, calls its first thread. */
async function programOf(pid: string): Promise<string | undefined> {
  const name = await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => undefined);
  if (name?.trim() !== 'MainThread') return name?.trim();
  const executable = await readlink(`/proc/${pid}/exe`).catch(() => undefined);
  return executable && basename(executable).replace(/ \(deleted\)$/, '');
}

/** The ports whose sockets a process holds; none where its descriptors may not be seen. */
async function portsOf(pid: string, sockets: ReadonlyMap<string, number>): Promise<number[]> {
  const folder = `/proc/${pid}/fd`;
  const descriptors = await readdir(folder).catch(() => []);
  const targets = await Promise.all(descriptors.map((name) => readlink(`${folder}/${name}`).catch(() => '')));
  return targets.flatMap((target) => sockets.get(target) ?? []);
}

async function fromLsof(ports: readonly number[]): Promise<ReadonlyMap<number, PortOwner>> {
  if (ports.length === 0) return new Map();
  const options = { reject: false, timeout: 10_000, stdin: 'ignore' } as const;
  const { stdout } = await execa('lsof', ['-nP', `-iTCP:${ports.join(',')}`, '-sTCP:LISTEN', '-Fpcn'], options);
  const owners = listedByLsof(stdout ?? '');
  // Other users' processes are not listed, but can be heard.
  const silent = ports.filter((port) => !owners.has(port));
  const answers = await Promise.all(silent.map(isListening));
  for (const [index, port] of silent.entries()) if (answers[index]) owners.set(port, {});
  return owners;
}

/** Whether somebody takes connections at a port of this machine. */
export const isListening = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1', timeout: 1000 });
    const end = (listening: boolean) => {
      socket.destroy();
      resolve(listening);
    };
    socket.once('connect', () => end(true));
    socket.once('timeout', () => end(false));
    socket.once('error', () => end(false));
  });

/** The owners in the output of `lsof -Fpcn`: a line `p` with the process, `c` with its program, `n` for each socket. */
export function listedByLsof(output: string): Map<number, PortOwner> {
  const owners = new Map<number, PortOwner>();
  let pid: number | undefined;
  let program: string | undefined;
  for (const line of output.split('\n')) {
    const value = line.slice(1);
    if (line[0] === 'p') [pid, program] = [Number(value), undefined];
    if (line[0] === 'c') program = value;
    const port = line[0] === 'n' ? Number(/:(\d+)$/.exec(value)?.[1]) : Number.NaN;
    if (!Number.isNaN(port) && !owners.has(port)) owners.set(port, { pid, program });
  }
  return owners;
}
