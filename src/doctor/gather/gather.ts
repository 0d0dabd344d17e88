import { readFile } from 'node:fs/promises';
import { secretRemarks } from '../../config/secret-remarks.ts';
import { findTool } from '../../platform/tools/find.ts';
import { portOwners } from '../../platform/tools/port-owner.ts';
import type { Variables } from '../../platform/tools/tool-cache.ts';
import type { Facts, SystemFacts } from '../machine-facts.ts';
import { ownPorts } from '../wanted-ports.ts';
import { gatherConfiguration } from './configuration-facts.ts';
import { gatherContext } from './context-facts.ts';
import { gatherDocker } from './docker-facts.ts';

export interface GatherOptions {
  /** Where the configuration is looked for: here and above. */
  readonly folder: string;
  /** @default $KUBECONFIG, or ~/.kube/config */
  readonly kubeconfig?: string;
  /** For PATH and the cache of tools. @default those of the process */
  readonly env?: Variables;
}

/** Finds out about this machine. Changes nothing. */
export async function gather({ folder, kubeconfig, env = process.env }: GatherOptions): Promise<Facts> {
  const { configuration, ports: configured, files } = gatherConfiguration(folder);
  const wanted = [...ownPorts(env), ...configured];
  const [system, docker, context, owners, remarks, ...tools] = await Promise.all([
    gatherSystem(),
    gatherDocker(env),
    gatherContext({ kubeconfig, folder }),
    portOwners(wanted.map(({ port }) => port)),
    configuration.root === undefined ? [] : secretRemarks(configuration.root, files),
    findTool('kind', env),
    findTool('tilt', env),
  ]);
  const ports = wanted.map((each) => ({ ...each, owner: owners.get(each.port) }));
  return { system, tools, docker, configuration, remarks, ports, context };
}

/** Asks Node and the kernel. */
export async function gatherSystem(): Promise<SystemFacts> {
  const [watches, instances] = await Promise.all(['watches', 'instances'].map(readLimit));
  return {
    platform: process.platform,
    architecture: process.arch,
    node: process.versions.node,
    inotify: watches !== undefined && instances !== undefined ? { watches, instances } : undefined,
  };
}

async function readLimit(name: string): Promise<number | undefined> {
  try {
    return Number(await readFile(`/proc/sys/fs/inotify/max_user_${name}`, 'utf8'));
  } catch {
    return undefined;
  }
}
