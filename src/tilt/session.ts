import { parseAllDocuments } from 'yaml';
import type { ManifestObject } from '../../charts/common/manifest-object.ts';
import { FailureError, TimeoutError } from '../platform/errors.ts';
import { poll } from '../platform/poll.ts';
import { pause } from '../platform/process/interrupt.ts';
import type { PlannedNamespace } from '../synth/plan.ts';
import type { TiltClient } from './client.ts';

/** A Tilt session that keeps a repository's environment as the Tiltfile has it: what is changed goes through it. */
export interface Session {
  /** Where its page is. */
  readonly address: string;
  /**
   * Runs the Tiltfile again, and waits until it has: what is new is known then.
   *
   * @throws FailureError with what is wrong with the Tiltfile
   */
  reload(patience: Patience): Promise<void>;
  /**
   * Lets Tilt run all of some namespaces, and waits until it has deployed them. What failed is tried again, and so is
   * what it believes to be there and isn't.
   *
   * @param isThere whether an object that Tilt has applied is in the cluster, and runs as it should
   */
  enable(
    namespaces: readonly Named[],
    isThere: (object: ManifestObject) => Promise<boolean>,
    patience: Patience,
  ): Promise<void>;
  /** Lets Tilt take out of the cluster what it has put into a namespace; claims and Secrets stay. */
  disable(namespace: Named): Promise<void>;
  /** Lets Tilt build and deploy some resources again, and waits until it has; one that is disabled is enabled. */
  trigger(resources: readonly string[], patience: Patience): Promise<void>;
}

/** How long to wait, in seconds, and what breaks it off. */
interface Patience {
  readonly timeout: number;
  readonly signal?: AbortSignal;
}

type Named = Pick<PlannedNamespace, 'name' | 'tier'>;

/** Tilt's own resource of the Tiltfile. */
export const tiltfileName = '(Tiltfile)';

/** Tilt's own object of the Tiltfile. */
export interface Tiltfile {
  readonly spec: { readonly path: string };
  readonly status?: {
    readonly waiting?: object;
    readonly running?: object;
    readonly terminated?: { readonly startedAt?: string; readonly error?: string };
  };
}

/** What Tilt applies for a resource; both have its name. */
interface KubernetesApply {
  readonly metadata: { readonly name: string };
  readonly status?: { readonly resultYAML?: string };
}

/** What can be asked of a Tilt. */
export function sessionOf(tilt: TiltClient): Session {
  const all = () => listOf<UiResource>(tilt, 'uiresources');
  const inNamespaces = async (namespaces: readonly Named[]) => {
    const labels = namespaces.map(({ name, tier }) => (tier === 'global' ? 'global' : name));
    const found = (await all()).filter((each) => !isButton(each));
    return found.filter(({ metadata }) => labels.some((label) => metadata.labels?.[label] !== undefined));
  };

  /** Waits until resources are up to date, and until the triggered ones have run again. */
  const settle = async (
    resources: readonly UiResource[],
    told: readonly UiResource[],
    { timeout, signal }: Patience,
  ): Promise<void> => {
    const names = resources.map(({ metadata }) => metadata.name);
    const before = new Map(told.map((each) => [each.metadata.name, lastUpdate(each)]));
    const hasBegun = (each: UiResource) =>
      !before.has(each.metadata.name) || lastUpdate(each) !== before.get(each.metadata.name);
    // What it has just been told, or has just read, shows in its answers a moment later.
    await pause(1_000, signal);
    await poll(
      async (waiting) => {
        const now = await all();
        const lost = names.filter((name) => !now.some(({ metadata }) => metadata.name === name));
        if (lost.length > 0)
          throw new FailureError(`Tilt no longer has ${lost.join(', ')}`, 'The Tiltfile was reloaded meanwhile');
        const concerned = now.filter(({ metadata }) => names.includes(metadata.name));
        const failed = concerned.filter((each) => hasFailed(each) && hasBegun(each));
        if (failed[0])
          throw new FailureError(`Tilt can't deploy ${listed(failed)}`, `tilt logs ${failed[0].metadata.name}`);
        const left = concerned.filter((each) => isBusy(each) || isDisabled(each) || !hasBegun(each));
        return left.length === 0 || waiting(listed(left));
      },
      (left) =>
        new TimeoutError(
          `Tilt is not done with ${left} after ${timeout} s`,
          `${tilt.address} shows what it is waiting for`,
        ),
      { timeout: timeout * 1000, interval: 1_000, signal },
    );
  };

  return {
    address: tilt.address,
    reload: async ({ timeout, signal }) => {
      const status = async () => {
        const tiltfile = await tilt.get<Tiltfile>('tiltfile', tiltfileName);
        if (!tiltfile) throw ended(tilt);
        return tiltfile.status ?? {};
      };
      const before = (await status()).terminated?.startedAt;
      await tilt.tell('trigger', tiltfileName);
      const error = await poll(
        async () => {
          const { waiting, running, terminated } = await status();
          const isDone = !waiting && !running && terminated && terminated.startedAt !== before;
          return isDone ? (terminated.error ?? '') : undefined;
        },
        () => new TimeoutError(`Tilt has not read the Tiltfile after ${timeout} s`, tilt.address),
        { timeout: timeout * 1000, signal },
      );
      if (error !== '')
        throw new FailureError(
          `the Tiltfile is wrong: ${reasonOf(error)}`,
          'Tilt runs it again when you have fixed that',
        );
    },
    enable: async (namespaces, isThere, patience) => {
      const resources = await inNamespaces(namespaces);
      const disabled = resources.filter(isDisabled);
      const idle = resources.filter((each) => !isDisabled(each) && !isBusy(each));
      const lacking = await namesOfLacking(tilt, idle, isThere);
      const again = idle.filter((each) => hasFailed(each) || lacking.has(each.metadata.name));
      await tilt.tell('enable', ...disabled.map(({ metadata }) => metadata.name));
      for (const { metadata } of again) await tilt.tell('trigger', metadata.name);
      await settle(resources, [...disabled, ...again], patience);
    },
    disable: async (namespace) => {
      const enabled = (await inNamespaces([namespace])).filter((each) => !isDisabled(each));
      await tilt.tell('disable', ...enabled.map(({ metadata }) => metadata.name));
    },
    trigger: async (names, patience) => {
      const found = (await all()).filter(({ metadata }) => names.includes(metadata.name));
      const unknown = names.filter((name) => !found.some(({ metadata }) => metadata.name === name));
      if (unknown.length > 0)
        throw new FailureError(`Tilt has no resource ${unknown.join(', ')}`, `see ${tilt.address}`);
      await tilt.tell('enable', ...found.filter(isDisabled).map(({ metadata }) => metadata.name));
      for (const each of found.filter((each) => !isDisabled(each))) await tilt.tell('trigger', each.metadata.name);
      await settle(found, found, patience);
    },
  };
}

/**
 * All objects of a kind.
 *
 * @throws FailureError if there is no Tilt any more: nothing of it is then in sight, which is not the same as nothing to do
 */
async function listOf<Type>(tilt: TiltClient, kind: string): Promise<readonly Type[]> {
  const list = await tilt.get<{ readonly items: readonly Type[] }>(kind);
  if (!list) throw ended(tilt);
  return list.items;
}

const ended = ({ address }: TiltClient): FailureError =>
  new FailureError(
    `the Tilt session at ${address} has ended meanwhile`,
    'What it started stays. Run the same command again to go on without it',
  );

/** Names of those of some resources of which something that Tilt has applied is not there. */
async function namesOfLacking(
  tilt: TiltClient,
  resources: readonly UiResource[],
  isThere: (object: ManifestObject) => Promise<boolean>,
): Promise<ReadonlySet<string>> {
  const applied = await listOf<KubernetesApply>(tilt, 'kubernetesapplys');
  const names = new Set(resources.map(({ metadata }) => metadata.name));
  const lacking = new Set<string>();
  for (const { metadata, status } of applied.filter(({ metadata }) => names.has(metadata.name))) {
    const objects = parseAllDocuments(status?.resultYAML ?? '').map((each) => each.toJS() as ManifestObject | null);
    const there = await Promise.all(objects.map((object) => object === null || isThere(object)));
    if (there.includes(false)) lacking.add(metadata.name);
  }
  return lacking;
}

/** What a Tiltfile fails with, without the trace that leads there. */
const reasonOf = (error: string): string => error.replace(/^[\s\S]*?\n?Error(?: in fail)?: /, '').trim();

/** One of Tilt's resources, as `tilt get uiresources` has it. */
interface UiResource {
  readonly metadata: { readonly name: string; readonly labels?: Readonly<Record<string, string>> };
  readonly status: {
    readonly disableStatus?: { readonly state?: string };
    readonly updateStatus?: string;
    readonly triggerMode?: number;
    /** The latest first. */
    readonly buildHistory?: readonly { readonly startTime?: string; readonly finishTime?: string }[];
  };
}

/** Trigger mode of what runs only when its button is pressed. */
const buttonOnly = 2;

const isButton = ({ status }: UiResource): boolean => status.triggerMode === buttonOnly;

const isDisabled = ({ status }: UiResource): boolean => status.disableStatus?.state === 'Disabled';

const hasFailed = ({ status }: UiResource): boolean => status.updateStatus === 'error';

/** Whether it waits for others, or is at work. */
const isBusy = ({ status }: UiResource): boolean => /^(pending|in_progress)$/.test(status.updateStatus ?? '');

/** What tells a resource's last update from the one before; `undefined` if there was none. */
const lastUpdate = ({ status }: UiResource): string | undefined => status.buildHistory?.[0]?.startTime;

const listed = (resources: readonly UiResource[]): string => resources.map(({ metadata }) => metadata.name).join(', ');
