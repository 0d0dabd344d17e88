import { isDeepStrictEqual } from 'node:util';
import { images } from '../../charts/common/images.ts';
import { RefusedError } from '../cluster/api-errors.ts';
import { connect } from '../cluster/connect.ts';
import { UsageError } from '../platform/errors.ts';
import { attempt, failure, run } from '../platform/process/run.ts';
import { portOwner } from '../platform/tools/port-owner.ts';
import type { ClusterNeeds, KindCluster } from './cluster.ts';
import { attemptOn, runOn } from './nodes.ts';
import {
  certificates,
  hostingConfigMap,
  hostsFile,
  innerPort,
  type RegistryContainer,
  readRegistry,
  readsCertificates,
  registryName,
  registryPort,
} from './registry-files.ts';

/** A registry that the nodes of a cluster can pull from. */
export interface Registry {
  /** What it is called on this machine and in image references: `localhost:5001`. */
  readonly host: string;
}

/** The network that kind puts its nodes into. */
const network = () => process.env.KIND_EXPERIMENTAL_DOCKER_NETWORK || 'kind';

/**
 * Makes the local registry known to a cluster, as kind documents it.
 *
 * @param container what `runRegistry` gave
 * @returns `undefined` without one
 * @see https://kind.sigs.k8s.io/docs/user/local-registry/
 */
export async function joinRegistry(
  container: RegistryContainer | undefined,
  cluster: KindCluster,
  needs: ClusterNeeds,
): Promise<Registry | undefined> {
  if (!container?.port) return undefined;
  const host = `localhost:${container.port}`;
  if (!container.networks.includes(network())) await joinNetwork();
  await wireNodes(cluster.nodes, host);
  if (await nodesRead(cluster.nodes)) {
    const api = await connect({ context: cluster.context, kubeconfig: needs.kubeconfig });
    await api.apply(hostingConfigMap(host)).catch((error: unknown) => {
      if (!(error instanceof RefusedError) || error.status !== 409) throw error;
      needs.report(`another program says which registry the cluster has; it stays so: ${error.message}`);
    });
  } else
    needs.report(
      `containerd of this node image does not look into ${certificates}: Tilt will load images without the registry (kind 0.27 or newer makes nodes that do)`,
    );
  return { host };
}

/** Removes the note of the local registry from a cluster that lost it, so that Tilt does not push there. */
export async function forgetRegistry(cluster: KindCluster, { kubeconfig }: ClusterNeeds): Promise<void> {
  const api = await connect({ context: cluster.context, kubeconfig });
  const ours = hostingConfigMap(`localhost:${registryPort}`);
  const found = await api.get<{ data?: object }>(ours);
  if (isDeepStrictEqual(found?.data, ours.data)) await api.remove(ours);
}

/** The local registry, if it runs and the nodes can reach it. */
export async function findRegistry(): Promise<Registry | undefined> {
  const container = await inspectContainer();
  const reachable = container?.running && container.networks.includes(network());
  return reachable && container.port ? { host: `localhost:${container.port}` } : undefined;
}

/** Tells containerd of each node the way to the registry. */
export async function wireNodes(nodes: readonly string[], host: string): Promise<void> {
  const folder = `${certificates}/${host}`;
  const write = `mkdir -p '${folder}' && cat > '${folder}/hosts.toml'`;
  await Promise.all(nodes.map((node) => runOn(node, ['sh', '-c', write], { input: hostsFile })));
}

async function nodesRead(nodes: readonly string[]): Promise<boolean> {
  const dumps = await Promise.all(nodes.map((node) => attemptOn(node, ['containerd', 'config', 'dump'])));
  return dumps.every(({ stdout }) => readsCertificates(stdout));
}

async function inspectContainer(): Promise<RegistryContainer | undefined> {
  const inspected = await attempt('docker', ['container', 'inspect', '--format', '{{json .}}', registryName]);
  return inspected.exitCode === 0 ? readRegistry(inspected.stdout) : undefined;
}

/**
 * Ensures that the local registry runs. It serves all kind clusters of the machine, and keeps its port if it was made
 * by something else.
 *
 * @returns `undefined` if its image can't be pulled: images are then loaded onto the nodes
 * @throws UsageError if its port is taken
 */
export async function runRegistry({ report }: Pick<ClusterNeeds, 'report'>): Promise<RegistryContainer | undefined> {
  const found = await inspectContainer();
  if (found?.running) return portOf(found, report);
  if (found) {
    if (!portOf(found, report)) return undefined;
    const started = await attempt('docker', ['container', 'start', registryName]);
    if (started.exitCode !== 0) throw (await portTaken(found.port ?? registryPort, started.stderr)) ?? failure(started);
    report('started the local registry');
  } else {
    if (!(await haveImage(report))) return undefined;
    await makeContainer(report);
  }
  return inspectContainer();
}

function portOf(container: RegistryContainer, report: (line: string) => void): RegistryContainer | undefined {
  if (container.port) return container;
  report(`the container ${registryName} has no port ${innerPort} on this machine; going on without a local registry`);
  return undefined;
}

async function haveImage(report: (line: string) => void): Promise<boolean> {
  const local = await attempt('docker', ['image', 'inspect', '--format', '{{.Id}}', images.registry]);
  if (local.exitCode === 0) return true;
  report(`pulling ${images.registry} for the local registry`);
  const pulled = await attempt('docker', ['pull', '--quiet', images.registry]);
  if (pulled.exitCode === 0) return true;
  const [why = 'docker pull failed'] = pulled.stderr.trim().split('\n').slice(-1);
  report(
    `no local registry, since ${images.registry} can't be pulled (${why}); images are loaded onto the nodes instead`,
  );
  return false;
}

async function makeContainer(report: (line: string) => void): Promise<void> {
  const taken = await portTaken(registryPort);
  if (taken) throw taken;
  const publish = ['--publish', `127.0.0.1:${registryPort}:${innerPort}`];
  const args = ['run', '--detach', '--restart', 'always', ...publish, '--name', registryName, images.registry];
  const made = await attempt('docker', args);
  if (made.exitCode === 0) report(`made the local registry, localhost:${registryPort}`);
  // Another `repoctl up` was faster.
  else if (/name .* is already in use/.test(made.stderr)) return;
  else {
    // Docker keeps the container whose port it can't have.
    await attempt('docker', ['container', 'rm', '--volumes', registryName]);
    throw (await portTaken(registryPort, made.stderr)) ?? failure(made);
  }
}

/** The error for a port that is taken, if it is. */
async function portTaken(port: number, stderr = ''): Promise<UsageError | undefined> {
  const owner = (await publisher(port)) ?? (await portOwner(port));
  if (!owner && !/port is already allocated|address already in use/.test(stderr)) return undefined;
  return new UsageError(
    `the local registry needs port ${port}, which ${owner ?? 'another program'} uses`,
    'Stop that program, or run without the registry: repoctl up --no-registry',
  );
}

/** The container that publishes a port: the process that listens is Docker's. */
async function publisher(port: number): Promise<string | undefined> {
  const names = await run('docker', ['ps', '--filter', `publish=${port}`, '--format', '{{.Names}}']);
  return names === '' ? undefined : `the container ${names.split('\n')[0]}`;
}

async function joinNetwork(): Promise<void> {
  const joined = await attempt('docker', ['network', 'connect', network(), registryName]);
  if (joined.exitCode !== 0 && !/already exists/.test(joined.stderr)) throw failure(joined);
}
