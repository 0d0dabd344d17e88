import { join } from 'node:path';
import type { ProfileName } from '../../charts/model.ts';
import { FailureError, TimeoutError, UsageError } from '../platform/errors.ts';
import { pause } from '../platform/process/interrupt.ts';
import { attempt, run } from '../platform/process/run.ts';
import { toolPath } from '../platform/process/tool-path.ts';
import { isListening } from '../platform/tools/port-owner.ts';
import type { PlannedNamespace } from '../synth/plan.ts';
import { tiltPort } from './port.ts';

/** A Tilt session that keeps a repository's environment as the Tiltfile has it: what is changed goes through it. */
export interface Session {
  /** Lets Tilt run all of some namespaces, and waits until it has deployed them. What failed is tried again. */
  enable(namespaces: readonly Named[], patience: Patience): Promise<void>;
  /** Lets Tilt take out of the cluster what it has put into a namespace; claims and Secrets stay. */
  disable(namespace: Named): Promise<void>;
  /** Lets Tilt build and deploy those of some resources again that are enabled, and waits until it has. */
  trigger(resources: readonly string[], patience: Patience): Promise<void>;
}

/** How long to wait, in seconds, and what breaks it off. */
interface Patience {
  readonly timeout: number;
  readonly signal?: AbortSignal;
}

type Named = Pick<PlannedNamespace, 'name' | 'tier'>;

interface UiResource {
  readonly metadata: { readonly name: string; readonly labels?: Readonly<Record<string, string>> };
  readonly status: {
    readonly disableStatus?: { readonly state?: string };
    readonly updateStatus?: string;
    readonly triggerMode?: number;
  };
}

/** Trigger mode of what runs only when its button is pressed. */
const buttonOnly = 2;

/**
 * The session that runs for a repository and a cluster, if there is one.
 *
 * @param root folder of the Tiltfile
 */
export async function findSession(root: string, context: string): Promise<Session | undefined> {
  const port = tiltPort();
  if (!(await isListening(port))) return undefined;
  const program = await toolPath('tilt');
  if (!program) return undefined;
  const at = ['--port', String(port)];
  const get = async <T>(...what: string[]): Promise<T | undefined> => {
    const { exitCode, stdout } = await attempt(program, ['get', ...what, '--output', 'json', ...at]);
    return exitCode === 0 ? (JSON.parse(stdout) as T) : undefined;
  };
  const [tiltfile, cluster] = await Promise.all([
    get<{ spec: { path: string } }>('tiltfile', '(Tiltfile)'),
    get<{ status: { connection?: { kubernetes?: { context?: string } } } }>('cluster', 'default'),
  ]);
  const ours = tiltfile?.spec.path === join(root, 'Tiltfile');
  if (!ours || cluster?.status.connection?.kubernetes?.context !== context) return undefined;

  const inNamespaces = async (namespaces: readonly Named[]) => {
    const found = await get<{ items: UiResource[] }>('uiresources');
    const labels = namespaces.map(({ name, tier }) => (tier === 'global' ? 'global' : name));
    return (found?.items ?? []).filter(({ metadata }) =>
      labels.some((label) => metadata.labels?.[label] !== undefined),
    );
  };
  const tell = async (verb: string, resources: readonly UiResource[]) => {
    if (resources.length > 0) await run(program, [verb, ...resources.map(({ metadata }) => metadata.name), ...at]);
  };
  const settle = async (names: readonly string[], { timeout, signal }: Patience) => {
    const until = performance.now() + timeout * 1000;
    for (;;) {
      // Tilt takes a moment to see that it has something to do.
      await pause(1_000, signal);
      const found = await get<{ items: UiResource[] }>('uiresources');
      const concerned = (found?.items ?? []).filter(({ metadata }) => names.includes(metadata.name));
      const busy = concerned.filter(({ status }) => /^(pending|in_progress)$/.test(status.updateStatus ?? ''));
      const failed = concerned.filter(({ status }) => status.updateStatus === 'error');
      if (failed[0])
        throw new FailureError(`Tilt can't deploy ${listed(failed)}`, `tilt logs ${failed[0].metadata.name}`);
      if (busy.length === 0) return;
      if (performance.now() > until)
        throw new TimeoutError(`Tilt is not done with ${listed(busy)} after ${timeout} s`, 'tilt get uiresources');
    }
  };
  return {
    enable: async (namespaces, patience) => {
      const resources = (await inNamespaces(namespaces)).filter(({ status }) => status.triggerMode !== buttonOnly);
      await tell('enable', resources.filter(isDisabled));
      for (const each of resources.filter(({ status }) => status.updateStatus === 'error'))
        await tell('trigger', [each]);
      await settle(
        resources.map(({ metadata }) => metadata.name),
        patience,
      );
    },
    disable: async (namespace) => {
      const resources = await inNamespaces([namespace]);
      await tell(
        'disable',
        resources.filter((each) => each.status.triggerMode !== buttonOnly && !isDisabled(each)),
      );
    },
    trigger: async (names, patience) => {
      const found = await get<{ items: UiResource[] }>('uiresources');
      const enabled = (found?.items ?? []).filter((each) => names.includes(each.metadata.name) && !isDisabled(each));
      for (const each of enabled) await tell('trigger', [each]);
      await settle(
        enabled.map(({ metadata }) => metadata.name),
        patience,
      );
    },
  };
}

/**
 * Refuses to do through a session what it is not for.
 *
 * @throws UsageError for another profile than the Tiltfile's
 */
export function refuseOtherProfile(profile: ProfileName = 'local'): void {
  if (profile !== 'local')
    throw new UsageError(
      `a Tilt session runs for this folder, with the profile local; given ${profile}`,
      'End it with Ctrl-C where it runs',
    );
}

const isDisabled = ({ status }: UiResource): boolean => status.disableStatus?.state === 'Disabled';

const listed = (resources: readonly UiResource[]): string => resources.map(({ metadata }) => metadata.name).join(', ');
