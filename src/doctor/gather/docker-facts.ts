import { statfs } from 'node:fs/promises';
import { execa } from 'execa';
import type { Variables } from '../../platform/tools/tool-cache.ts';
import type { Container, DockerFacts } from '../machine-facts.ts';

/** What `docker info` says, as far as it is used. */
interface Info {
  readonly ServerVersion?: string;
  readonly ServerErrors?: readonly string[];
  readonly MemTotal?: number;
  readonly NCPU?: number;
  readonly CgroupVersion?: string;
  readonly Architecture?: string;
  readonly DockerRootDir?: string;
}

/** How long Docker may take to answer, in milliseconds. */
const patience = 10_000;

/** Asks Docker about itself. */
export async function gatherDocker(env: Variables): Promise<DockerFacts> {
  const docker = (...parameters: string[]) =>
    execa('docker', parameters, { env, extendEnv: false, reject: false, timeout: patience, stdin: 'ignore' });
  const [asked, listed, usage] = await Promise.all([
    docker('info', '--format', '{{json .}}'),
    docker('ps', '--no-trunc', '--format', '{{json .}}'),
    docker('system', 'df', '--format', '{{json .}}'),
  ]);
  if (asked.code === 'ENOENT') return { state: 'missing' };
  const info = parsed<Info>(asked.stdout) ?? {};
  if (!info.ServerVersion) {
    const late = asked.timedOut ? `docker info took longer than ${patience / 1000} s` : undefined;
    const problem =
      late ?? info.ServerErrors?.[0] ?? firstLine(asked.stderr) ?? `docker info: exit code ${asked.exitCode}`;
    return { state: 'unreachable', problem };
  }
  const containers = lines(listed.stdout).map(containerOf);
  const node = containers.find(({ cluster }) => cluster !== undefined)?.name;
  return {
    state: 'running',
    version: info.ServerVersion,
    memory: info.MemTotal ?? 0,
    cpus: info.NCPU ?? 0,
    cgroup: info.CgroupVersion ?? '',
    architecture: info.Architecture ?? '',
    free: (await freeBelow(info.DockerRootDir)) ?? (node ? await freeInside(node) : undefined),
    reclaimable: reclaimableOf(lines(usage.stdout)),
    containers,
  };

  /** The room as a node sees it, where the engine runs in a virtual machine. In bytes. */
  async function freeInside(container: string): Promise<number | undefined> {
    const { stdout } = await docker('exec', container, 'df', '-Pk', '/var');
    const kilobytes = Number(stdout?.split('\n')[1]?.trim().split(/\s+/)[3]);
    return Number.isFinite(kilobytes) ? kilobytes * 1024 : undefined;
  }
}

/** The room in the folder of the engine, if that is on this machine. In bytes. */
async function freeBelow(folder: string | undefined): Promise<number | undefined> {
  if (!folder || process.platform !== 'linux') return undefined;
  try {
    const { bavail, bsize } = await statfs(folder);
    return bavail * bsize;
  } catch {
    return undefined;
  }
}

/** A container in a line of `docker ps`. */
export function containerOf({ Names = '', Image = '', Labels = '', Ports = '' }: Record<string, string>): Container {
  const cluster = /(?:^|,)io\.x-k8s\.kind\.cluster=([^,]*)/.exec(Labels)?.[1];
  return { name: Names, image: Image, cluster, ports: publishedPorts(Ports) };
}

/** The ports of the machine in `127.0.0.1:5001->5000/tcp, 0.0.0.0:8080-8081->80-81/tcp, [::]:53->53/udp`; only TCP's. */
export function publishedPorts(text: string): number[] {
  const ports = new Set<number>();
  for (const [, from = '', to = from] of text.matchAll(/:(\d+)(?:-(\d+))?->[\d-]+\/tcp/g))
    for (let port = Number(from); port <= Number(to); port++) ports.add(port);
  return [...ports];
}

/** What could be freed, e.g. `4.975GB of images, 1.476GB of build cache`. */
function reclaimableOf(rows: readonly Record<string, string>[]): string | undefined {
  const texts = rows
    .filter(({ Type = '' }) => ['Images', 'Build Cache'].includes(Type))
    .map(({ Type = '', Reclaimable = '' }) => [Reclaimable.split(' ')[0] ?? '', Type.toLowerCase()] as const)
    .filter(([size]) => size !== '' && size !== '0B')
    .map(([size, type]) => `${size} of ${type}`);
  return texts.length > 0 ? texts.join(' and ') : undefined;
}

/** The objects in a text that has one a line. */
const lines = (text: string | undefined): Record<string, string>[] =>
  (text ?? '')
    .split('\n')
    .map((line) => parsed<Record<string, string>>(line))
    .filter((each) => each !== undefined);

function parsed<T>(text: string | undefined): T | undefined {
  try {
    return JSON.parse(text ?? '') as T;
  } catch {
    return undefined;
  }
}

const firstLine = (text: string | undefined): string | undefined =>
  text
    ?.split('\n')
    .find((line) => line.trim() !== '')
    ?.trim();
