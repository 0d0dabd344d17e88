import { spawn, spawnSync } from 'node:child_process';

export interface Outcome {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly cwd?: string;
  readonly input?: string;
  readonly env?: Record<string, string>;
  /** How long it may take, in milliseconds. @default for ever */
  readonly timeout?: number;
}

/** Runs a program to its end. */
export function attempt(command: string, args: readonly string[], options: RunOptions = {}): Outcome {
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    ...options,
    env: { ...process.env, ...options.env },
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  });
  if (error) throw error;
  return { status: status ?? 1, stdout, stderr };
}

/** Runs a program that has to succeed; returns what it printed. */
export function run(command: string, args: readonly string[], options: RunOptions = {}): Outcome {
  const outcome = attempt(command, args, options);
  if (outcome.status !== 0) {
    throw new Error(`${command} ${args.join(' ')} ended with ${outcome.status}:\n${outcome.stdout}\n${outcome.stderr}`);
  }
  return outcome;
}

/** Starts a program; its exit code once it has ended. */
export function start(command: string, args: readonly string[]): Promise<number | null> {
  const child = spawn(command, args, { stdio: 'ignore' });
  return new Promise((resolve, reject) => child.once('error', reject).once('close', resolve));
}

/** Asks again every second until there is an answer, and fails with what it said last. */
export async function eventually<T>(what: string, seconds: number, ask: () => Promise<T> | T): Promise<T> {
  const end = Date.now() + seconds * 1000;
  let last: unknown;
  do {
    try {
      return await ask();
    } catch (error) {
      last = error;
    }
    await new Promise((resolve) => setTimeout(resolve, 1000));
  } while (Date.now() < end);
  throw new Error(`${what}: not within ${seconds} s; the last answer: ${last instanceof Error ? last.message : last}`);
}

/** `kubectl proxy` on a port of its own choice; `stop` ends it. */
export function kubectlProxy(context: string): Promise<{ url: string; stop(): void }> {
  const child = spawn('kubectl', ['--context', context, 'proxy', '--port=0'], { stdio: ['ignore', 'pipe', 'inherit'] });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => reject(new Error(`kubectl proxy ended with ${code}`)));
    child.stdout.on('data', (data: Buffer) => {
      const address = /127\.0\.0\.1:\d+/.exec(String(data))?.[0];
      if (address) resolve({ url: `http://${address}`, stop: () => child.kill() });
    });
  });
}
