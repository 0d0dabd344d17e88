import { FailureError, UsageError } from '../../platform/errors.ts';
import { attempt, failure, run } from '../../platform/process/run.ts';
import { kindPath } from '../../platform/process/tool-path.ts';
import { kubernetesNodes, listContainers, runOn } from '../nodes.ts';
import { findRegistry, wireNodes } from '../registry.ts';
import { certificates } from '../registry-files.ts';
import { fullReference, hasImage, type NodeImages, readNodeImages, referenceIn } from './references.ts';

export interface DeliverOptions {
  readonly report: (line: string) => void;
  /** Whether the local registry is used, if there is one. @default true */
  readonly registry?: boolean;
  /** Ends it. */
  readonly signal?: AbortSignal;
}

/** How an image came onto the nodes. */
export type Delivery = 'there' | 'registry' | 'loaded';

/**
 * Gets images of Docker's onto the nodes of a kind cluster, where they are not yet: through the local registry, so that
 * only layers that changed travel, or by `kind load docker-image` if there is none.
 *
 * @param cluster name of the cluster
 * @returns how each came there, by its reference
 * @throws UsageError if Docker has no such image, or there is no such cluster
 * @throws FailureError if it can't be brought there
 */
export async function deliverImages(
  cluster: string,
  references: readonly string[],
  { report, registry: wanted = true, signal }: DeliverOptions,
): Promise<ReadonlyMap<string, Delivery>> {
  const ids = new Map(await Promise.all(references.map(async (each) => [each, await imageId(each)] as const)));
  const nodes = await runningNodes(cluster);
  const lacking = async (wanted: Iterable<string>) => {
    const there = await Promise.all(nodes.map((node) => nodeImages(node, signal)));
    return [...wanted].filter((each) => !there.every((images) => hasImage(images, each, ids.get(each) ?? '')));
  };
  const deliveries = new Map<string, Delivery>(references.map((each) => [each, 'there']));
  let left = await lacking(ids.keys());
  for (const each of references) if (!left.includes(each)) report(`${each}: on the node already`);
  if (left.length === 0) return deliveries;
  const registry = wanted ? await findRegistry() : undefined;
  if (registry) {
    await wireNodes(nodes, registry.host);
    for (const each of left)
      if (await throughRegistry(each, nodes, registry.host, { report, signal })) deliveries.set(each, 'registry');
    left = left.filter((each) => deliveries.get(each) !== 'registry');
  }
  if (left.length > 0) {
    report(`loading ${left.join(', ')}`);
    await run(await kindPath(), ['load', 'docker-image', '--name', cluster, ...left], { signal });
    for (const each of left) deliveries.set(each, 'loaded');
  }
  const missing = await lacking([...deliveries].filter(([, how]) => how !== 'there').map(([each]) => each));
  if (missing.length === 0) return deliveries;
  throw new FailureError(
    `${missing.join(', ')} did not arrive on the nodes of ${cluster}`,
    `kind load docker-image --name ${cluster} ${missing.join(' ')}`,
  );
}

async function imageId(reference: string): Promise<string> {
  const inspected = await attempt('docker', ['image', 'inspect', '--format', '{{.Id}}', reference]);
  if (inspected.exitCode === 0) return inspected.stdout;
  if (/no such image/i.test(inspected.stderr))
    throw new UsageError(`Docker has no image ${reference}`, `docker pull ${reference}, or build it`);
  throw failure(inspected);
}

async function runningNodes(cluster: string): Promise<string[]> {
  const nodes = kubernetesNodes(await listContainers(cluster));
  if (nodes.length === 0) throw new UsageError(`there is no kind cluster ${cluster}`, 'repoctl up creates it');
  return nodes.map(({ name }) => name);
}

const ctr = ['ctr', '--namespace', 'k8s.io', 'images'] as const;

const nodeImages = async (node: string, signal?: AbortSignal): Promise<NodeImages> =>
  readNodeImages(await runOn(node, [...ctr, 'ls'], { signal }));

/** Pushes an image to the registry and pulls it on the nodes. @returns whether that worked */
async function throughRegistry(
  reference: string,
  nodes: readonly string[],
  host: string,
  { report, signal }: DeliverOptions,
): Promise<boolean> {
  // A digest can't be given to an image; it comes with what is pulled.
  if (reference.includes('@')) return false;
  const pushed = referenceIn(host, reference);
  const started = performance.now();
  report(`${reference}: to the node, through the local registry`);
  try {
    await run('docker', ['tag', reference, pushed], { signal });
    await run('docker', ['push', '--quiet', pushed], { signal });
    await Promise.all(nodes.map((node) => pull(node, pushed, fullReference(reference), signal)));
  } catch (error) {
    signal?.throwIfAborted();
    report(`${reference}: not through the registry: ${(error as Error).message.split('\n').slice(0, 2).join(' ')}`);
    return false;
  } finally {
    await attempt('docker', ['image', 'rm', '--no-prune', pushed], { apart: true });
  }
  report(`${reference}: on the node (${((performance.now() - started) / 1000).toFixed(1)} s)`);
  return true;
}

/** Pulls from the registry under the name that the manifests use. */
async function pull(node: string, pushed: string, name: string, signal: AbortSignal | undefined): Promise<void> {
  const snapshotter = await snapshotterOf(node);
  await runOn(node, [...ctr, 'pull', '--hosts-dir', certificates, '--snapshotter', snapshotter, pushed], { signal });
  await runOn(node, [...ctr, 'tag', '--force', pushed, name], { signal });
  await runOn(node, [...ctr, 'rm', pushed], { signal });
}

/** Where Kubernetes looks for unpacked images; `ctr` would unpack them elsewhere on some machines. */
async function snapshotterOf(node: string): Promise<string> {
  const dump = await runOn(node, ['containerd', 'config', 'dump']);
  return /^\s*snapshotter = ["'](\w[\w-]*)["']/m.exec(dump)?.[1] ?? 'overlayfs';
}
