import { join } from 'node:path';
import type { Environment, Profile, ProfileName } from '../../charts/model.ts';
import { UsageError } from '../platform/errors.ts';
import { ownerText, portOwners } from '../platform/tools/port-owner.ts';
import { type TiltClient, tiltAt } from './client.ts';
import { tiltPort } from './port.ts';
import { type Session, sessionOf, type Tiltfile, tiltfileName } from './session.ts';

/** The repository, cluster and profile that a session is looked for. */
export interface Sought {
  /** Folder of the Tiltfile. */
  readonly root: string;
  readonly context: string;
  readonly profile: ProfileName;
  /** Every profile, by name. */
  readonly profiles: Environment['profiles'];
}

/** A session that was found. */
export interface FoundSession extends Session {
  /** The profile that it runs. */
  readonly profile: ProfileName;
}

/**
 * The session that runs for a repository and a cluster, if there is one: that of the profile, or of another one whose
 * namespaces are the same. One whose namespaces are others runs beside.
 *
 * @throws TimeoutError if a Tilt is there and does not answer
 */
export async function findSession({ root, context, profile, profiles }: Sought): Promise<FoundSession | undefined> {
  const sharing = Object.values(profiles).filter((each) => sharesNamespaces(each, profiles[profile]));
  const own = join(root, 'Tiltfile');
  // Its own first.
  const offsets = [profiles[profile], ...sharing].flatMap((each) => each?.portOffset ?? []);
  for (const port of new Set(offsets.map((offset) => tiltPort(process.env, offset)))) {
    const tilt = await tiltAt(port);
    if (!tilt || (await tiltfileOf(tilt)) !== own || (await contextOf(tilt)) !== context) continue;
    const running = (await profileOf(tilt)) ?? profile;
    if (sharing.some(({ name }) => name === running)) return { ...sessionOf(tilt), profile: running };
  }
  return undefined;
}

const sharesNamespaces = (one: Profile, other: Profile | undefined): boolean =>
  one.development && one.namespacePrefix === other?.namespacePrefix && one.namespaceSuffix === other.namespaceSuffix;

/**
 * Checks that Tilt's port is free before a session: Tilt itself says only that its port is taken.
 *
 * @throws UsageError with who has the port, and for which folder
 */
export async function mustBeFree(port: number): Promise<void> {
  const owner = (await portOwners([port])).get(port);
  if (!owner) return;
  const tilt = await tiltAt(port);
  const path = tilt && (await tiltfileOf(tilt));
  const profile = tilt && (await profileOf(tilt));
  const where = path && `${path} on ${(await contextOf(tilt)) ?? 'no cluster'}`;
  const session = where && `, a session of ${where}${profile ? `, profile ${profile}` : ''}`;
  throw new UsageError(
    `port ${port}, which Tilt needs, is used by ${ownerText(owner)}${session ?? ''}`,
    'Stop that program, or use other ports: REPOCTL_PORT_OFFSET=1000 repoctl up, or portOffset of the profile',
  );
}

/**
 * Checks that a session is for the profile that was asked for.
 *
 * @throws UsageError for another profile than the session's
 */
export function refuseOtherProfile(session: FoundSession, given: ProfileName): void {
  if (session.profile !== given)
    throw new UsageError(
      `a Tilt session with the profile ${session.profile} is running for the same namespaces; expected ${session.profile}, got ${given}`,
      'Stop it with Ctrl-C in its terminal',
    );
}

const tiltfileOf = async (tilt: TiltClient): Promise<string | undefined> =>
  (await tilt.get<Tiltfile>('tiltfile', tiltfileName))?.spec.path;

const contextOf = async (tilt: TiltClient): Promise<string | undefined> => {
  type Cluster = { status?: { connection?: { kubernetes?: { context?: string } } } };
  return (await tilt.get<Cluster>('cluster', 'default'))?.status?.connection?.kubernetes?.context;
};

/**
 * The profile whose Secrets a session puts into the cluster, since its arguments, its environment and tilt_config.json
 * can each name it; `undefined` before its Tiltfile was right for the first time.
 */
async function profileOf(tilt: TiltClient): Promise<ProfileName | undefined> {
  type Commands = { readonly items: readonly { readonly spec: { readonly args: readonly string[] } }[] };
  const commands = (await tilt.get<Commands>('cmds'))?.items ?? [];
  for (const { args } of commands.map(({ spec }) => spec)) {
    const at = args.indexOf('--profile');
    if (args.includes('secrets') && at > 0) return args[at + 1];
  }
  return undefined;
}
