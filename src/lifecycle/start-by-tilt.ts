import type { ManifestObject } from '../../charts/common/manifest-object.ts';
import type { Cluster } from '../cluster/client.ts';
import type { PlannedNamespace } from '../synth/plan.ts';
import type { Synthesized } from '../synth/plan-queries.ts';
import { type FoundSession, findSession } from '../tilt/find-session.ts';
import type { Session } from '../tilt/session.ts';

interface Options {
  /** How long to wait, in seconds. */
  readonly timeout: number;
  readonly signal?: AbortSignal;
  readonly report: (line: string) => void;
}

/** The Tilt session that keeps what was synthesized as it is, if there is one. */
export const sessionFor = (
  { root, plan, profiles }: Pick<Synthesized, 'root' | 'plan' | 'profiles'>,
  { context }: Cluster,
): Promise<FoundSession | undefined> => findSession({ root, context, profile: plan.profile, profiles });

/**
 * Starts namespaces through a Tilt session, after their Secrets and claims: what is new in the configuration becomes known to it,
 * and what it believes to be in the cluster comes back if it isn't.
 */
export async function startByTilt(
  cluster: Cluster,
  session: Session,
  namespaces: readonly PlannedNamespace[],
  options: Options,
): Promise<void> {
  const { report } = options;
  report(`Tilt reads its Tiltfile again (${session.address})`);
  await session.reload(options);
  report(`Tilt starts ${namespaces.map(({ name }) => name).join(', ')}`);
  await session.enable(namespaces, (object) => runs(cluster, object), options);
}

interface Controller extends ManifestObject {
  readonly spec?: { readonly replicas?: number; readonly suspend?: boolean };
}

/** Whether an object is in the cluster, and nobody has stopped it since it was applied. */
async function runs(cluster: Cluster, applied: ManifestObject): Promise<boolean> {
  const { apiVersion, kind, metadata } = applied;
  const found = await cluster.get<Controller>({ apiVersion, kind, metadata });
  if (!found || 'deletionTimestamp' in (found.metadata ?? {})) return false;
  const wanted = (applied as Controller).spec;
  const isScaledDown = found.spec?.replicas === 0 && wanted?.replicas !== 0;
  const isSuspended = found.spec?.suspend === true && wanted?.suspend !== true;
  return !isScaledDown && !isSuspended;
}
