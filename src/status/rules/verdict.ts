import { plain } from '../../platform/text.ts';
import type { Event, Job, Node, PersistentVolumeClaim, Pod, StorageClass } from './objects.ts';

/** From best to worst. What is unknown is never healthy, and hides nothing: it is the worst. */
export const statuses = ['healthy', 'stopped', 'progressing', 'missing', 'degraded', 'failed', 'unknown'] as const;

/** `stopped` is on purpose; `failed` has ended and is not tried again. */
export type Status = (typeof statuses)[number];

/** Whether something is healthy, why not, and what to type next. */
export interface Health {
  readonly status: Status;
  /** One word that stays the same between releases, Kubernetes' own where it has one: `CrashLoopBackOff`. */
  readonly reason: string;
  /** The true cause, in one line. */
  readonly cause?: string;
  /** A command that tells more, or that repairs it. */
  readonly advice?: string;
  /** Whether it can't become healthy by waiting. */
  readonly terminal: boolean;
  /**
   * What it waits for, or gave up waiting for: `namespace/object`; as the pod says it (`redis`) if the pod gives a short
   * name only and nothing in `after` is called so.
   */
  readonly waitingFor?: string;
  /** The pod that it is about, in the health of a workload. */
  readonly pod?: string;
  /** What is worth knowing of something healthy, in one line. */
  readonly warning?: string;
  /** Since when it is like this, ISO 8601, as far as Kubernetes remembers. */
  readonly since?: string;
}

/** What is known beside an object. What is not given is not looked at. */
export interface Surroundings {
  /** The API server's clock where it can be had. */
  readonly now: Date;
  /** Of any objects. Normal ones help, but no verdict needs them. */
  readonly events?: readonly Event[];
  /** For a workload: its pods, as its selector finds them, and not the pods of others. */
  readonly pods?: readonly Pod[];
  /** For a cron job: its jobs. */
  readonly jobs?: readonly Job[];
  readonly claims?: readonly PersistentVolumeClaim[];
  readonly nodes?: readonly Node[];
  readonly storageClasses?: readonly StorageClass[];
  /** What the workload is declared to start after: `namespace/object`, as in the plan. */
  readonly after?: readonly string[];
  /** Context of the kubeconfig, for the commands in advice. @default theirs */
  readonly context?: string;
  /** Name of the namespace's profile if that is one of real clusters. @default it is for development */
  readonly realProfile?: string;
  /** The last line that containers wrote, by `namespace/pod/container`. @default not read */
  readonly lastLines?: ReadonlyMap<string, string>;
}

/** The worst of some, the first of several equal ones; `undefined` of none. */
export function worst<T extends { readonly status: Status }>(of: readonly T[]): T | undefined {
  return of.reduce<T | undefined>(
    (found, each) => (found === undefined || severity(each) > severity(found) ? each : found),
    undefined,
  );
}

/** The place of a status in `statuses`: 0 of `healthy`, the highest of `unknown`. */
export const severity = ({ status }: { readonly status: Status }): number => statuses.indexOf(status);

/** Whether it needs somebody: neither healthy, nor stopped, nor on its way. */
export const isProblem = (health: { readonly status: Status }): boolean =>
  severity(health) > statuses.indexOf('progressing');

type Details = Partial<Omit<Health, 'status' | 'reason'>>;

/** Fields that may quote what others wrote. */
const quoting = ['cause', 'warning', 'advice', 'waitingFor'] as const;

/** A verdict. What it quotes is made text in one line: names and probes come from anybody who may write to the cluster. */
export function verdict(status: Status, reason: string, details: Details = {}): Health {
  const quoted: Partial<Record<(typeof quoting)[number], string>> = {};
  for (const field of quoting) if (details[field] !== undefined) quoted[field] = plain(details[field]);
  return { status, reason, terminal: false, ...details, ...quoted };
}
