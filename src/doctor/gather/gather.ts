import { secretRemarks } from '../../config/secret-remarks.ts';
import type { Variables } from '../../platform/tools/cache.ts';
import { findTool } from '../../platform/tools/find.ts';
import { portOwners } from '../../platform/tools/port-owner.ts';
import type { Facts } from '../facts.ts';
import { ownPorts } from '../wanted-ports.ts';
import { gatherConfiguration } from './configuration.ts';
import { gatherContext } from './context.ts';
import { gatherDocker } from './docker.ts';
import { gatherSystem } from './system.ts';

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
