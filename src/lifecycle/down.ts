import type { ProfileName } from '../../charts/model.ts';
import type { Cluster } from '../cluster/client.ts';
import { connect, connectToChange } from '../cluster/connect.ts';
import { ownCluster } from '../config/own-cluster.ts';
import { type Claim, claimLines, deleteClaims, isOwn, listClaims } from '../kind-cluster/claims.ts';
import { findCluster, wakeCluster } from '../kind-cluster/cluster.ts';
import { deleteCluster } from '../kind-cluster/create.ts';
import { ClusterError, type CommandError, FailureError, TimeoutError, UsageError } from '../platform/errors.ts';
import { foreground } from '../platform/process/foreground.ts';
import { interruptible } from '../platform/process/interrupt.ts';
import { confirm } from '../platform/terminal/ask.ts';
import { counted } from '../platform/text.ts';
import { loadLastGood, mustBeDevelopmentProfile } from '../synth/last-good.ts';
import { findSession } from '../tilt/find-session.ts';
import { tiltEnvironment, tiltFor } from './up.ts';

export interface DownOptions {
  /** A profile for development. */
  readonly profile: ProfileName;
  /** Whether the data is deleted, too. @default false */
  readonly volumes?: boolean;
  /** Whether the cluster is deleted, with all that is in it. @default false */
  readonly cluster?: boolean;
  /** Whether questions are answered with yes. @default false */
  readonly yes?: boolean;
  /** @default $KUBECONFIG, or ~/.kube/config */
  readonly kubeconfig?: string;
  readonly report: (line: string) => void;
}

/** The functions that `down` is given. */
export interface DownHooks {
  /** Scales everything of repoctl's to zero that Tilt, if it was there, has not taken away; data stays. */
  stopAll(cluster: { readonly context: string }, byTilt: boolean): Promise<unknown>;
}

/**
 * Takes the development environment down. What would delete data lists it and asks first, before anything is stopped.
 *
 * @throws UsageError if there is nobody to ask, or a Tilt session runs
 * @throws FailureError if Tilt fails
 */
export async function down(root: string, options: DownOptions, { stopAll }: DownHooks): Promise<void> {
  const { volumes, report, kubeconfig, profile } = options;
  mustBeDevelopmentProfile(root, profile);
  const own = ownCluster(root);
  if (own.kind === undefined && options.cluster)
    throw new UsageError(
      `repoctl did not make the cluster of the context ${own.context} (${own.source}), so it won't delete it`,
      'repoctl down stops everything there; --volumes also deletes its data',
    );
  const found = own.kind === undefined ? undefined : await findCluster(root);
  if (own.kind !== undefined && !found) return report('no cluster; nothing to do');
  if (found && options.cluster) return downCluster(found, options);
  if (found && !found.running && !volumes)
    return report(`the cluster ${found.name} is stopped already; its data stays`);
  if (found) await wakeCluster(found.name, { kubeconfig, report });
  const { environment } = loadLastGood(root, { profile, development: true, environmentFilesOf: [] });
  // It would deploy again what is taken from it.
  if (await findSession({ root, context: own.context, profile, profiles: environment.profiles }))
    throw new UsageError(
      'a Tilt session runs for this folder',
      'Stop it with Ctrl-C in its terminal; then repoctl down',
    );
  const cluster = await connectToChange({ context: own.context, kubeconfig, report });
  const claims = volumes ? (await listClaims(cluster)).filter((claim) => isOwn(claim, environment.namespace)) : [];
  if (volumes && !(await agreed(claims, options))) return report('nothing was changed');
  const byTilt = await downByTilt(root, cluster, options);
  // Tilt leaves alone what tilt_config.json does not name.
  await stopAll(cluster, byTilt);
  if (claims.length > 0) await interruptible((signal) => deleteAndTell(cluster, claims, signal, report));
}

/** @returns whether there is a Tilt that did it */
async function downByTilt(root: string, cluster: Cluster, { kubeconfig, profile }: DownOptions): Promise<boolean> {
  const tilt = await tiltFor(root);
  if (!tilt.path) return false;
  const env = await tiltEnvironment(kubeconfig);
  const exitCode = await foreground(tilt.path, ['down', '--context', cluster.context, '--', '--profile', profile], {
    cwd: root,
    env,
  });
  if (exitCode !== 0) throw new FailureError(`tilt down failed (exit code ${exitCode})`, 'See its output above');
  return true;
}

async function agreed(claims: readonly Claim[], { yes, report }: DownOptions): Promise<boolean> {
  if (claims.length === 0) {
    report('there is no data to delete');
    return true;
  }
  report(`the data of ${counted(claims.length, 'claim')}:`);
  for (const line of claimLines(claims)) report(line);
  return confirm("Delete it? This can't be undone.", yes);
}

async function deleteAndTell(
  cluster: Cluster,
  claims: readonly Claim[],
  signal: AbortSignal,
  report: (line: string) => void,
): Promise<void> {
  await deleteClaims(cluster, claims, signal);
  report(`deleted ${counted(claims.length, 'claim')}`);
}

/** Deletes the whole cluster, even if it is so broken that what is in it can't be listed. */
async function downCluster(found: { readonly name: string; readonly context: string }, options: DownOptions) {
  const { kubeconfig, report, yes } = options;
  try {
    await wakeCluster(found.name, { kubeconfig, report, timeout: 60 });
    const claims = await listClaims(await connect({ context: found.context, kubeconfig }));
    report(
      `the cluster ${found.name} holds ${claims.length === 0 ? 'no data' : `the data of ${counted(claims.length, 'claim')}:`}`,
    );
    if (claims.length > 0) for (const line of claimLines(claims)) report(line);
  } catch (error) {
    if (!isUnreachable(error)) throw error;
    report(`can't tell what data the cluster ${found.name} holds: ${error.message}`);
  }
  if (!(await confirm(`Delete the cluster ${found.name} with all that is in it?`, yes)))
    return report('nothing was changed');
  await deleteCluster(found.name, kubeconfig);
  report(`deleted the cluster ${found.name}`);
}

const isUnreachable = (error: unknown): error is CommandError =>
  error instanceof ClusterError || error instanceof TimeoutError;
