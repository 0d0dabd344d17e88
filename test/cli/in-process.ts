import { Readable, Writable } from 'node:stream';
import { run } from '../../src/cli/main.ts';
// Jest fails where a module is loaded a second time while it is loaded: commands begin with two imports at once.
import '../../src/config/load.ts';

/** How a command ended, and what it printed. */
export interface Ended {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

class Recorded extends Writable {
  text = '';

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString();
    done();
  }
}

/** Puts a value in the place of a property of `process`. @returns what puts it back */
function replaced(name: 'stdin' | 'stdout' | 'stderr', value: unknown): () => void {
  const before = Object.getOwnPropertyDescriptor(process, name);
  Object.defineProperty(process, name, { value, configurable: true });
  return () => before && Object.defineProperty(process, name, before);
}

/** Sets variables of the environment. */
function set(variables: Readonly<Record<string, string | undefined>>): void {
  for (const [name, value] of Object.entries(variables))
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
}

/**
 * Runs the command line in this process, from source: what it prints, its folder, its environment and its exit code are those
 * of a process of its own. One command at a time. That the bundled program does the same is seen in the tests that start it.
 *
 * @param env in what its environment differs from that of this process; `undefined` is a variable that it has not
 * @param input what it reads from stdin; by default stdin is that of this process
 */
export async function inProcess(
  cwd: string,
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>> = {},
  input?: string,
): Promise<Ended> {
  const [stdout, stderr] = [new Recorded(), new Recorded()];
  const before = Object.fromEntries(Object.keys(env).map((name) => [name, process.env[name]]));
  const [folder, exitCode] = [process.cwd(), process.exitCode];
  const restore = [replaced('stdout', stdout), replaced('stderr', stderr)];
  if (input !== undefined) restore.push(replaced('stdin', Readable.from([Buffer.from(input)])));
  try {
    process.chdir(cwd);
    set(env);
    process.exitCode = undefined;
    await run(args);
    return { status: Number(process.exitCode ?? 0), stdout: stdout.text, stderr: stderr.text };
  } finally {
    for (const each of restore) each();
    process.exitCode = exitCode;
    set(before);
    process.chdir(folder);
  }
}
