import { type ChildProcess, spawn } from 'node:child_process';
import { attempt, eventually, type Outcome } from './run.ts';

interface UiResource {
  readonly metadata: { readonly name: string };
  readonly status: {
    readonly updateStatus?: string;
    readonly runtimeStatus?: string;
    /** The latest first; Tilt keeps two. */
    readonly buildHistory?: readonly { readonly finishTime?: string }[];
  };
}

/** `tilt up` of a repository: one session at a time, begun and ended as often as a test likes. */
export class TiltProcess {
  #child?: ChildProcess;
  #log = '';

  /** @param env names the port (`TILT_PORT`), and what else Tilt and its Tiltfile are to know */
  constructor(
    readonly root: string,
    readonly env: Readonly<Record<string, string>>,
  ) {}

  /** Runs a command of Tilt's, which finds the session by its port. */
  tilt = (...args: string[]): Outcome => attempt('tilt', args, { cwd: this.root, env: this.env });

  /** What the session has written, its end. */
  get log(): string {
    return this.#log;
  }

  /**
   * Starts `tilt up`, and goes on at once.
   *
   * @param args its own: options, and names of projects
   */
  begin(...args: string[]): void {
    const child = spawn('tilt', ['up', '--stream', ...args], {
      cwd: this.root,
      env: { ...process.env, ...this.env },
    });
    this.#log = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk) => {
        this.#log = (this.#log + String(chunk)).slice(-20_000);
      });
    this.#child = child;
  }

  /** Starts `tilt up`, and waits until all that it enables runs; one that does not get there is killed. */
  async up(seconds: number, ...args: string[]): Promise<void> {
    this.begin(...args);
    const ended = new Promise<never>((_, reject) =>
      this.#child?.once('close', (code) => reject(new Error(`tilt up ended with ${code}:\n${this.#log}`))),
    );
    ended.catch(() => undefined);
    try {
      await Promise.race([this.settled(seconds), ended]);
    } catch (error) {
      // It would hold the port of the next, which would be taken for it.
      await this.end('SIGKILL');
      throw error;
    }
  }

  /** Waits until Tilt has deployed everything and it runs. */
  async settled(seconds: number): Promise<void> {
    await this.eventually('everything up to date', seconds, () => {
      const resources = this.resources();
      const waiting = resources.filter(
        ({ status }) =>
          /^(pending|in_progress|error)$/.test(status.updateStatus ?? '') ||
          /^(pending|error)$/.test(status.runtimeStatus ?? ''),
      );
      if (resources.length === 0 || waiting.length > 0)
        throw new Error(waiting.map(({ metadata }) => metadata.name).join(', ') || 'nothing yet');
    });
  }

  /** Asks again every second until there is an answer, and fails with what the session has written, too. */
  async eventually<T>(what: string, seconds: number, ask: () => Promise<T> | T): Promise<T> {
    try {
      return await eventually(what, seconds, ask);
    } catch (error) {
      throw new Error(`${error instanceof Error ? error.message : error}\nthe session:\n${this.#log}`);
    }
  }

  resources(): UiResource[] {
    const { stdout } = this.tilt('get', 'uiresources', '--output', 'json');
    return (JSON.parse(stdout || '{}') as { items?: UiResource[] }).items ?? [];
  }

  /** When Tilt has built or updated each resource for the last time. */
  builds(): Record<string, string | undefined> {
    return Object.fromEntries(
      this.resources().map(({ metadata, status }) => [metadata.name, status.buildHistory?.[0]?.finishTime]),
    );
  }

  /** Sends a signal to Tilt, and to nothing that it has started. */
  signal(signal: NodeJS.Signals): void {
    this.#child?.kill(signal);
  }

  /** Ends the session as Ctrl-C does, or by another signal; there may be none. */
  async end(signal: NodeJS.Signals = 'SIGINT'): Promise<void> {
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const exited = new Promise((resolve) => child.once('exit', resolve));
    child.kill(signal);
    await exited;
    // What it has started may hold these open.
    child.stdout?.destroy();
    child.stderr?.destroy();
  }
}
