import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Answer, StandIn } from '../stand-in.ts';

/** A resource as `tilt get uiresources` has it. */
interface Resource {
  readonly metadata: { readonly name: string; readonly labels: Readonly<Record<string, string>> };
  // biome-ignore lint/suspicious/noExplicitAny: what Tilt says of it
  readonly status: Record<string, any>;
}

export const resource = (name: string, label: string, status: Readonly<Record<string, unknown>> = {}): Resource => ({
  metadata: { name, labels: { [label]: label } },
  status: { disableStatus: { state: 'Enabled' }, updateStatus: 'ok', triggerMode: 0, ...status },
});

/** The status of a resource that is disabled. */
export const disabled = { disableStatus: { state: 'Disabled' }, updateStatus: 'none' };

export interface Answers {
  // biome-ignore lint/suspicious/noExplicitAny: an object of Tilt's
  readonly tiltfile: any;
  readonly cluster: object;
  readonly cmds: readonly object[];
  readonly uiresources: readonly Resource[];
  readonly kubernetesapplys: readonly object[];
  /** What is there once the Tiltfile was run again. */
  readonly afterReload: readonly Resource[];
  /** Whether what it is told to do is no longer among its resources then. */
  readonly forgets: boolean;
  /** How many questions it answers before it is gone. */
  readonly endsAfter: number;
  /** What a Tiltfile that is run again fails with. */
  readonly error?: string;
}

/** A Tilt that answers as one does, as far as a session asks it, writes down what it was told, and does it at once. */
export class FakeTilt {
  /** With the program, `tilt`; the Tiltfile is said to be there, too. */
  readonly folder = mkdtempSync(join(tmpdir(), 'repoctl-tilt-'));
  readonly program = join(this.folder, 'tilt');
  #told: string[] = [];
  #state: Answers = this.#with({});
  #asked = 0;
  readonly #standIn = new StandIn(([verb = '', ...names]) =>
    this.#answer(verb, names.slice(0, names.indexOf('--port'))),
  );

  async start(answers: Partial<Answers> = {}): Promise<this> {
    writeFileSync(this.program, await this.#standIn.start(), { mode: 0o755 });
    this.runs(answers);
    return this;
  }

  /** From now on it is another one, which answers like this. */
  runs(answers: Partial<Answers>): void {
    this.#state = structuredClone(this.#with(answers));
    this.#asked = 0;
    this.#told = [];
  }

  get port(): number {
    return this.#standIn.port;
  }

  /** What it was told to do. */
  get told(): readonly string[] {
    return this.#told;
  }

  /** Ends it, if it has not ended. */
  async stop(): Promise<void> {
    await this.#standIn.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  #with(answers: Partial<Answers>): Answers {
    return {
      tiltfile: { spec: { path: join(this.folder, 'Tiltfile') }, status: { terminated: { startedAt: '1' } } },
      cluster: { spec: {}, status: { connection: { kubernetes: { context: 'kind-shop' } } } },
      cmds: [
        { spec: { args: ['node', 'repoctl.mjs', 'secrets', 'apply', '--context', 'kind-shop', '--profile', 'local'] } },
      ],
      uiresources: [],
      kubernetesapplys: [],
      afterReload: [],
      forgets: false,
      endsAfter: Number.MAX_SAFE_INTEGER,
      ...answers,
    };
  }

  #answer(verb: string, names: readonly string[]): Answer {
    if (verb === 'version') return { stdout: 'v0.37.2' };
    if (verb !== 'get') {
      this.#told.push([verb, ...names].join(' '));
      this.#do(verb, names);
      return {};
    }
    if (this.#asked++ >= this.#state.endsAfter) return { status: 1, stderr: 'No tilt apiserver found' };
    const answer = this.#state[names[0] as keyof Answers];
    return { stdout: JSON.stringify(Array.isArray(answer) ? { items: answer } : answer) };
  }

  #do(verb: string, names: readonly string[]): void {
    const { forgets, tiltfile, error, afterReload } = this.#state;
    if (forgets) this.#state = { ...this.#state, uiresources: [] };
    if (names[0] === '(Tiltfile)') {
      tiltfile.status.terminated = { startedAt: '2', error };
      this.#state = { ...this.#state, uiresources: [...this.#state.uiresources, ...afterReload] };
    }
    for (const { metadata, status } of this.#state.uiresources) {
      if (!names.includes(metadata.name)) continue;
      status.disableStatus.state = verb === 'disable' ? 'Disabled' : 'Enabled';
      if (verb === 'enable') status.updateStatus = 'ok';
      if (!status.stuck) status.buildHistory = [{ startTime: `${status.buildHistory?.[0]?.startTime ?? ''}+` }];
    }
  }
}
