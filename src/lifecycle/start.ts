import type { ManifestObject } from '../../charts/common/manifest-object.ts';
import type { ProfileName } from '../../charts/model.ts';
import type { Cluster } from '../cluster/client.ts';
import { connectToChange } from '../cluster/connect.ts';
import type { ClusterOptions } from '../cluster/kubeconfig.ts';
import { withLeases } from '../cluster/lease.ts';
import { ensureNamespaces, mustBeOwn } from '../cluster/namespaces.ts';
import { buildImages } from '../kind-cluster/images/build.ts';
import { deliverImages } from '../kind-cluster/images/deliver.ts';
import { eachOf } from '../platform/each-of.ts';
import { FailureError, UsageError } from '../platform/errors.ts';
import { mustBeRight } from '../synth/last-good.ts';
import type { PlannedImage, PlannedNamespace } from '../synth/plan.ts';
import {
  globalTier,
  leaseOrder,
  planned,
  projects,
  type Synthesized,
  synthesized,
  withAwaited,
} from '../synth/plan-queries.ts';
import type { PreparedSecrets } from '../synth/secrets/prepare.ts';
import { refuseOtherProfile } from '../tilt/find-session.ts';
import { type ApplyOptions, applyNamespace, applyObjects, noteDataVersions } from './apply.ts';
import { secretsToApply } from './apply-secrets.ts';
import { awaitHealth, healthyAmong } from './await-health.ts';
import { type Node, type RunningPod, shortages, shortageText } from './capacity.ts';
import { examine, mustBeClear } from './examine.ts';
import { readManifest, withImages } from './manifests.ts';
import { settleSecrets } from './passwords/settle.ts';
import { progressOn } from './progress.ts';
import { podsAwaitingRetry, retryNow } from './retry-now.ts';
import { sessionFor, startByTilt } from './start-by-tilt.ts';
import { markStopped } from './stopped.ts';

export interface StartOptions extends ClusterOptions, ApplyOptions {
  readonly profile?: ProfileName;
  /** How long to wait for health, in seconds. */
  readonly timeout: number;
  /** Build images without the cache of earlier builds. */
  readonly cache?: boolean;
  /** Bring images onto the nodes through the local registry, if there is one. @default true */
  readonly registry?: boolean;
  /** Start although the node lacks cpu or memory. */
  readonly force?: boolean;
  /** Namespaces that are taken over although they are not this environment's. */
  readonly adopt?: readonly string[];
}

/** What was started. */
export interface Started {
  readonly namespaces: readonly PlannedNamespace[];
  readonly context: string;
  /** Whether Tilt started it, which also opens its ports. */
  readonly byTilt: boolean;
}

/** Starts the global tier alone. */
export async function startGlobal(options: StartOptions): Promise<Started> {
  const made = await synthesized(options.profile);
  return startAlone(await connectToChange(options), made, [globalTier(made.plan)], options);
}

/** Starts projects with what they need: the global tier first, then the projects that they wait for and themselves. */
export async function startProjects(names: readonly string[], options: StartOptions): Promise<Started> {
  const made = await synthesized(options.profile);
  const named = names.length > 0 ? names.map((name) => planned(made.plan, name)) : projects(made.plan);
  // Without a name, every valid project is started; what is wrong with the others is said at the end.
  const awaited = withAwaited(made.plan, named);
  if (names.length > 0) mustBeRight(made.mistakes, awaited);
  const isRight = ({ directory }: PlannedNamespace) => !made.mistakes.some((each) => each.directory === directory);
  const started = await startOn(await connectToChange(options), made, named.filter(isRight), options);
  mustBeRight(made.mistakes, awaited);
  return started;
}

/** Starts projects with what they need, in a cluster to which there is a connection already. */
export const startOn = (
  cluster: Cluster,
  made: Synthesized,
  named: readonly PlannedNamespace[],
  options: StartOptions,
): Promise<Started> => startAlone(cluster, made, [globalTier(made.plan), ...withAwaited(made.plan, named)], options);

/** While no other command changes the same projects. Others may start on the same global tier. */
async function startAlone(
  cluster: Cluster,
  made: Synthesized,
  namespaces: readonly PlannedNamespace[],
  options: StartOptions,
): Promise<Started> {
  const manifests = manifestsOf(made, namespaces);
  const claimant = { environment: made.plan.environment, adopt: options.adopt };
  await mustBeOwn(
    cluster,
    namespaces.map(({ name }) => name),
    claimant,
  );
  await checkCapacity(cluster, manifests, options);
  // A Lease lies in its namespace.
  await makeNamespaces(cluster, made, namespaces, options);
  const [global, ...rest] = namespaces as [PlannedNamespace, ...PlannedNamespace[]];
  const alone = rest.length === 0 ? [global] : rest;
  return withLeases(cluster, { ...options, ...claimant, namespaces: leaseOrder(made.plan, alone) }, () =>
    start(cluster, made, namespaces, options),
  );
}

/** Makes the namespaces that something is to be started in, where they are not there. */
export const makeNamespaces = (
  cluster: Cluster,
  made: Synthesized,
  namespaces: readonly PlannedNamespace[],
  { adopt }: Pick<StartOptions, 'adopt'>,
): Promise<void> =>
  ensureNamespaces(
    cluster,
    [...manifestsOf(made, namespaces).values()].flat().filter(({ kind }) => kind === 'Namespace'),
    { environment: made.plan.environment, adopt },
  );

const manifestsOf = ({ out }: Synthesized, namespaces: readonly PlannedNamespace[]) =>
  new Map(namespaces.map((namespace) => [namespace, readManifest(out, namespace.manifest)]));

/**
 * Starts namespaces, of which the first one is the global tier.
 *
 * Only for who holds the leases of the others, or of the global tier if it is the only one.
 */
export async function start(
  cluster: Cluster,
  made: Synthesized,
  namespaces: readonly PlannedNamespace[],
  options: StartOptions,
): Promise<Started> {
  const { root, plan } = made;
  const { report } = options;
  const progress = progressOn(process.stderr);
  const waiting = { plan, timeoutSeconds: options.timeout, progress };
  const settle = (applied: PreparedSecrets) =>
    settleSecrets(cluster, applied, { report, signal: options.signal, healthy: healthyAmong(cluster, waiting) });
  const session = await sessionFor(made, cluster);
  if (session) refuseOtherProfile(session, plan.profile);
  await eachOf(namespaces, ({ name }) => markStopped(cluster, name, false));
  const manifests = manifestsOf(made, namespaces);
  const secrets = await secretsOf(cluster, root, namespaces, options);
  const secretsIn = (name: string) =>
    secrets.namespaces.find(({ namespace }) => namespace.metadata?.name === name)?.secrets ?? [];
  const applied = (namespace: PlannedNamespace): ManifestObject[] => [
    ...secretsIn(namespace.name),
    ...inside(manifests.get(namespace)).filter(({ kind }) => !session || kind === 'PersistentVolumeClaim'),
  ];
  mustBeClear(
    await Promise.all(namespaces.map((namespace) => examine(cluster, namespace, applied(namespace), options))),
  );
  const failing = await podsAwaitingRetry(
    cluster,
    namespaces.map(({ name }) => name),
  );
  if (session) {
    await eachOf(namespaces, (namespace) => applyObjects(cluster, namespace, applied(namespace), options));
    await startByTilt(cluster, session, namespaces, options);
    await retryNow(cluster, failing, report);
    await settle(secrets);
    await awaitHealth(cluster, namespaces, waiting);
    return { namespaces, context: cluster.context, byTilt: true };
  }
  await eachOf(namespaces, (namespace) => applyObjects(cluster, namespace, secretsIn(namespace.name), options));
  const [global, ...rest] = namespaces as [PlannedNamespace, ...PlannedNamespace[]];
  // What the global tier runs is not built here, so that it starts while the images are.
  const applyGlobal = () => applyAll(cluster, global, manifests.get(global) ?? [], options);
  // No longer than that: a stop of the global tier also needs the leases of all projects.
  if (rest.length === 0) await applyGlobal();
  else await withLeases(cluster, { ...options, environment: plan.environment, namespaces: [global.name] }, applyGlobal);
  const retry = (those: readonly PlannedNamespace[]) =>
    retryNow(
      cluster,
      failing.filter(({ metadata }) => those.some(({ name }) => name === metadata.namespace)),
      report,
    );
  const images = namespaces.flatMap((namespace) => namespace.images);
  const ids = await provideImages(cluster, root, images, options);
  await retry([global]);
  report(`waiting for ${global.name}`);
  await awaitHealth(cluster, [global], waiting);
  for (const namespace of rest) {
    const objects = (manifests.get(namespace) ?? []).map((object) => withImages(object, ids));
    await applyAll(cluster, namespace, objects, options);
  }
  await retry(rest);
  // Servers that were stopped take a new password only now that they run.
  await settle(secrets);
  if (rest.length > 0) {
    report(`waiting for ${rest.map(({ name }) => name).join(', ')}`);
    await awaitHealth(cluster, rest, waiting);
  }
  await eachOf(namespaces, (namespace) => noteDataVersions(cluster, namespace));
  return { namespaces, context: cluster.context, byTilt: false };
}

async function checkCapacity(
  cluster: Cluster,
  manifests: ReadonlyMap<PlannedNamespace, readonly ManifestObject[]>,
  { force, report }: StartOptions,
): Promise<void> {
  const [nodes, pods] = await Promise.all([cluster.list<Node>('Node'), cluster.list<RunningPod>('Pod')]);
  const names = [...manifests.keys()].map(({ name }) => name);
  const lacking = shortages(nodes, pods, names, [...manifests.values()].flat());
  if (lacking.length === 0) return;
  const text = `the cluster is too small:\n${lacking.map(shortageText).join('\n')}`;
  if (force) return report(text);
  const project = lacking[0]?.relief[0]?.project;
  const advice = project ? `repoctl infra project stop ${project}, or use --force` : 'Use --force to start anyway';
  throw new FailureError(text, advice);
}

/** What lies in a namespace: all but itself. */
const inside = (objects: readonly ManifestObject[] = []): ManifestObject[] =>
  objects.filter(({ kind }) => kind !== 'Namespace');

/** The Secrets of namespaces. */
function secretsOf(
  cluster: Cluster,
  root: string,
  namespaces: readonly PlannedNamespace[],
  { profile = 'local', report }: StartOptions,
): Promise<PreparedSecrets> {
  const names = new Set(namespaces.map(({ name }) => name));
  return secretsToApply(
    cluster,
    root,
    { profile, environmentFilesOf: namespaces.map(({ name, project = name }) => project) },
    ({ environment }) => environment.projects.filter(({ namespace }) => names.has(namespace)),
    report,
  );
}

/** Builds images and gets them onto the nodes. @returns their identities by reference */
async function provideImages(
  cluster: Cluster,
  root: string,
  images: readonly PlannedImage[],
  { cache = true, registry, report }: StartOptions,
): Promise<ReadonlyMap<string, string>> {
  if (images.length === 0) return new Map();
  const ids = await buildImages(root, images, { noCache: !cache, report });
  await deliverImages(kindCluster(cluster), [...ids.keys()], { registry, report });
  return ids;
}

/**
 * The name of the kind cluster that a context leads to.
 *
 * @throws UsageError if it is not a kind cluster: repoctl loads local images only into kind
 */
function kindCluster({ context }: Cluster): string {
  const [, name] = /^kind-(.+)$/.exec(context) ?? [];
  if (name) return name;
  throw new UsageError(
    `${context} is not a kind cluster; repoctl loads local images only into kind`,
    'repoctl up creates one; for other clusters see repoctl synth --profile production',
  );
}

async function applyAll(
  cluster: Cluster,
  namespace: PlannedNamespace,
  objects: readonly ManifestObject[],
  options: StartOptions,
): Promise<void> {
  const { report } = options;
  report(`applying ${namespace.name}`);
  for (const { kind, metadata } of await applyNamespace(cluster, namespace, objects, options))
    report(`removed ${kind.toLowerCase()} ${namespace.name}/${metadata?.name}, which the configuration no longer has`);
}
