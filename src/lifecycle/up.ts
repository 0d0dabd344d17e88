import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { ProfileName } from '../../charts/model.ts';
import { connect } from '../cluster/connect.ts';
import { ownCluster } from '../config/own-cluster.ts';
import { findProject } from '../config/select-projects.ts';
import { ensureCluster } from '../kind-cluster/cluster.ts';
import { forgetRegistry, joinRegistry, runRegistry } from '../kind-cluster/registry.ts';
import { foreground } from '../platform/process/foreground.ts';
import { run } from '../platform/process/run.ts';
import { toolPath, toolsOnPath } from '../platform/process/tool-path.ts';
import type { ToolName } from '../platform/tools/tools.ts';
import { loadLastGood } from '../synth/last-good.ts';
import { findSession, mustBeFree } from '../tilt/find-session.ts';
import { tiltPort } from '../tilt/port.ts';

export interface UpOptions {
  /** A profile for development. */
  readonly profile: ProfileName;
  /** @default $KUBECONFIG, or ~/.kube/config */
  readonly kubeconfig?: string;
  /** Whether a local registry is wanted. @default true */
  readonly registry?: boolean;
  readonly report: (line: string) => void;
}

/** The functions that `up` is given. */
export interface UpHooks {
  /** Fetches those of the programs that are missing, after asking. */
  obtainTools(names: readonly ToolName[]): Promise<unknown>;
  /** Starts projects without Tilt; all, if no name is given. */
  startProjects(names: readonly string[], cluster: { readonly context: string }): Promise<unknown>;
}

/**
 * Brings the development environment up: the cluster, the registry, then Tilt in the foreground until it is ended, or
 * without Tilt the projects. A session that runs already is joined. A cluster that is not kind's has to run already.
 *
 * @param names projects; all, if empty
 * @returns Tilt's exit code
 */
export async function up(
  root: string,
  names: readonly string[],
  options: UpOptions,
  { obtainTools, startProjects }: UpHooks,
): Promise<number> {
  const { report, kubeconfig, profile } = options;
  const loaded = loadLastGood(root, { profile, development: true, environmentFilesOf: [] });
  const { environment } = loaded;
  const projects = names.map((name) => findProject(environment, name).name);
  await run('docker', ['version', '--format', '{{.Server.Version}}']);
  const own = ownCluster(root);
  const tools: readonly ToolName[] = own.kind === undefined ? [] : ['kind'];
  await obtainTools([...tools, ...(hasTiltfile(root) ? (['tilt'] as const) : [])]);
  const cluster = own.kind === undefined ? await answering(options) : await readyCluster(root, options);
  const tilt = await tiltFor(root);
  if (tilt.path) {
    const session = await findSession({ root, context: cluster.context, profile, profiles: environment.profiles });
    if (session) {
      report(`a Tilt session runs already, which this joins: ${session.address}`);
      await startProjects(projects, cluster);
      return 0;
    }
    const port = tiltPort(process.env, loaded.profile.portOffset);
    await mustBeFree(port);
    const given = ['--profile', profile, ...projects];
    const args = ['up', '--context', cluster.context, '--port', String(port), '--', ...given];
    return foreground(tilt.path, args, { cwd: root, env: await tiltEnvironment(kubeconfig) });
  }
  report(`${tilt.lack}: starting without live reload`);
  await startProjects(projects, cluster);
  return 0;
}

/** The kind cluster, ready, and its registry. */
async function readyCluster(root: string, { kubeconfig, registry: wanted, report }: UpOptions) {
  // Before the cluster, which takes a minute: its port may be taken.
  const container = wanted === false ? undefined : await runRegistry({ report });
  const cluster = await ensureCluster(root, { kubeconfig, report });
  const registry = await joinRegistry(container, cluster, { kubeconfig, report });
  if (!registry) await forgetRegistry(cluster, { kubeconfig, report });
  report(`the cluster ${cluster.name} is ready${registry ? `, with the registry ${registry.host}` : ''}`);
  return cluster;
}

/** The cluster that repoctl.yaml names. @throws ClusterError if it does not answer */
async function answering({ kubeconfig, report }: UpOptions) {
  const cluster = await connect({ kubeconfig });
  report(`context ${cluster.context} (${cluster.server}), Kubernetes ${await cluster.version()}`);
  return cluster;
}

const hasTiltfile = (root: string): boolean => existsSync(join(root, 'Tiltfile'));

/** Tilt, if it can be used in a repository; else what is lacking. */
export async function tiltFor(root: string): Promise<{ readonly path?: string; readonly lack?: string }> {
  if (!hasTiltfile(root)) return { lack: 'there is no Tiltfile' };
  const path = await toolPath('tilt');
  return path ? { path } : { lack: 'Tilt is not installed' };
}

/** The environment variables that Tilt gets besides those of this process. */
export const tiltEnvironment = async (kubeconfig: string | undefined): Promise<Record<string, string>> => ({
  PATH: await toolsOnPath(['kind', 'tilt']),
  ...(kubeconfig && { KUBECONFIG: kubeconfig }),
});
