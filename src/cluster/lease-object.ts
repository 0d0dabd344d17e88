import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { kill, pid } from 'node:process';
import { z } from 'zod';
import { type TypeMeta, typeMeta } from '../../charts/common/api-versions.ts';
import { labelKeys } from '../../charts/common/labels.ts';

/** The Lease in a namespace that says which command is changing what is in it: `kubectl get leases -n turfoo`. */
export const leaseName = 'repoctl';

/** How long a holder that gives no sign is taken for alive. */
const seconds = 15;

/** Who holds a lease; the command as it was typed. Process numbers below 1 mean several. */
const holderSchema = z.object({ host: z.string(), pid: z.int().positive(), command: z.string() });
type Holder = z.infer<typeof holderSchema>;

/** @see https://kubernetes.io/docs/concepts/architecture/leases/ */
export interface LeaseObject extends TypeMeta<'Lease'> {
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly labels?: Record<string, string>;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly resourceVersion?: string;
  };
  readonly spec: {
    readonly holderIdentity?: string;
    readonly leaseDurationSeconds?: number;
    readonly acquireTime?: string;
    readonly renewTime?: string;
    readonly leaseTransitions?: number;
  };
  readonly [field: string]: unknown;
}

/** Holds the holder, as JSON. */
export const holderAnnotation = 'repoctl.dev/holder';

/** A lease of another command, and since when it has looked like this. */
export interface Sight {
  readonly lease: LeaseObject;
  /** By this machine's clock, of which alone it is known that it runs as it does; in milliseconds. */
  readonly since: number;
}

/** What is seen now, with since when it has been the same. */
export function sightOf(lease: LeaseObject, before: Sight | undefined, now: number): Sight {
  const same = before?.lease.metadata.resourceVersion === lease.metadata.resourceVersion;
  return same && before ? before : { lease, since: now };
}

/** Whether a lease may be taken: it is nobody's, its holder is gone, or has given no sign for its time. */
export function isFree({ lease, since }: Sight, now: number): boolean {
  const { holderIdentity, leaseDurationSeconds = seconds } = lease.spec;
  if (!holderIdentity) return true;
  const holder = holderOf(lease);
  return (holder !== undefined && isGone(holder)) || now - since > leaseDurationSeconds * 1000;
}

/** Of another machine's processes nothing can be told. */
function isGone({ host, pid }: Holder): boolean {
  if (host !== hostname()) return false;
  try {
    // Signal 0 only asks.
    return !kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'EPERM';
  }
}

/** One of this process. */
export function newLease(namespace: string): LeaseObject {
  const holder: Holder = { host: hostname(), pid, command: ['repoctl', ...process.argv.slice(2)].join(' ') };
  const now = microTime();
  return {
    ...typeMeta('Lease'),
    metadata: {
      name: leaseName,
      namespace,
      labels: { [labelKeys.managedBy]: 'repoctl' },
      annotations: { [holderAnnotation]: JSON.stringify(holder) },
    },
    spec: {
      holderIdentity: `${holder.host}_${pid}_${randomUUID().slice(0, 8)}`,
      leaseDurationSeconds: seconds,
      acquireTime: now,
      renewTime: now,
      leaseTransitions: 0,
    },
  };
}

/** Ours with a sign of life. */
export const renewed = (own: LeaseObject): LeaseObject => ({ ...own, spec: { ...own.spec, renewTime: microTime() } });

/** Ours in the place of another's, if nobody has touched that since. */
export function takenOver({ metadata, spec }: LeaseObject, own: LeaseObject): LeaseObject {
  const { resourceVersion } = metadata;
  const leaseTransitions = (spec.leaseTransitions ?? 0) + 1;
  return {
    ...own,
    metadata: { ...own.metadata, resourceVersion },
    spec: { ...own.spec, leaseTransitions },
  };
}

function holderOf({ metadata }: LeaseObject): Holder | undefined {
  try {
    return holderSchema.safeParse(JSON.parse(metadata.annotations?.[holderAnnotation] ?? '')).data;
  } catch {
    return undefined;
  }
}

/** `repoctl infra project stop turfoo (process 4711 on desk, since 2026-01-31T09:00:00Z)` */
export function holderText(lease: LeaseObject): string {
  const holder = holderOf(lease);
  const since = lease.spec.acquireTime?.replace(/\.\d+Z$/, 'Z') ?? 'an unknown time';
  if (!holder) return `${lease.spec.holderIdentity} (since ${since})`;
  const { command, pid, host } = holder;
  return `${command} (process ${pid} on ${host === hostname() ? 'this machine' : host}, since ${since})`;
}

/** The time as the API's MicroTime. */
const microTime = (): string => new Date().toISOString().replace('Z', '000Z');
