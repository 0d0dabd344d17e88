import { readFile } from 'node:fs/promises';
import { TimeoutError } from '../platform/errors.ts';
import { attempt, failure, type Outcome } from '../platform/process/run.ts';
import { toolPath } from '../platform/process/tool-path.ts';
import { isListening, portOwners } from '../platform/tools/port-owner.ts';

/** How long Tilt may take to answer, in seconds: on a busy machine it takes one or two. */
const answerSeconds = 20;

/** What its command line says when its own wait timed out. */
const gaveUp = /timeout|timed out|deadline exceeded/i;

/** A Tilt that runs, asked by its own command line. */
export class TiltClient {
  constructor(
    readonly program: string,
    readonly port: number,
  ) {}

  /** Where its page is. */
  get address(): string {
    return `http://localhost:${this.port}/`;
  }

  /**
   * An object, or a list of them; `undefined` if there is none, or no Tilt.
   *
   * @throws TimeoutError if it does not answer
   */
  async get<Type>(...what: string[]): Promise<Type | undefined> {
    const { exitCode, stdout } = await this.#ask(['get', ...what, '--output', 'json']);
    return exitCode === 0 ? (JSON.parse(stdout) as Type) : undefined;
  }

  /**
   * Tells it to do something; returns before that is done.
   *
   * @throws FailureError if it refuses; TimeoutError if it does not answer
   */
  async tell(verb: string, ...names: string[]): Promise<void> {
    if (names.length === 0) return;
    const outcome = await this.#ask([verb, ...names]);
    if (outcome.exitCode !== 0) throw failure(outcome);
  }

  async #ask(args: readonly string[]): Promise<Outcome> {
    const limit = AbortSignal.timeout(answerSeconds * 1000);
    try {
      const outcome = await attempt(this.program, [...args, '--port', String(this.port)], { signal: limit });
      if (outcome.exitCode !== 0 && gaveUp.test(outcome.stderr)) throw await this.#silent();
      return outcome;
    } catch (error) {
      if (limit.aborted) throw await this.#silent();
      throw error;
    }
  }

  async #silent(): Promise<TimeoutError> {
    const pid = (await portOwners([this.port])).get(this.port)?.pid;
    const [who, stopped] = pid === undefined ? ['it', false] : [`process ${pid}`, await isStopped(pid)];
    return new TimeoutError(
      `the Tilt session at ${this.address} does not answer: ${who} ${stopped ? 'is stopped (Ctrl-Z, SIGSTOP)' : 'hangs'}`,
      pid === undefined
        ? 'Stop it in its terminal, and try again'
        : stopped
          ? `kill -CONT ${pid} continues it; kill -KILL ${pid} ends it, and what it started stays`
          : `kill ${pid} ends it, and what it started stays`,
    );
  }
}

/** Whether a process is stopped rather than busy; `false` where only its user may know. */
async function isStopped(pid: number): Promise<boolean> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  return /\) [Tt] /.test(text);
}

/** The Tilt that listens on a port; `undefined` if there is none. */
export async function tiltAt(port: number): Promise<TiltClient | undefined> {
  if (!(await isListening(port))) return undefined;
  const program = await toolPath('tilt');
  return program ? new TiltClient(program, port) : undefined;
}
