import { platform } from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';

interface Launcher {
  readonly fits: (env: NodeJS.ProcessEnv) => boolean;
  /** The program that opens a window in which a command line runs. */
  readonly command: (line: string) => readonly [string, ...string[]];
}

/** Tried in this order. */
const launchers: readonly Launcher[] = [
  { fits: (env) => Boolean(env.TMUX), command: (line) => ['tmux', 'new-window', line] },
  {
    fits: () => platform === 'darwin',
    command: (line) => ['osascript', '-e', `tell application "Terminal" to do script ${JSON.stringify(line)}`],
  },
  {
    fits: (env) => Boolean(env.DISPLAY ?? env.WAYLAND_DISPLAY),
    command: (line) => ['x-terminal-emulator', '-e', 'sh', '-c', line],
  },
];

/**
 * Opens a window of the terminal in which a command line runs.
 *
 * @returns whether there was a way to
 */
export async function openWindow(line: string, env: NodeJS.ProcessEnv = process.env): Promise<boolean> {
  const launcher = launchers.find(({ fits }) => fits(env));
  if (!launcher) return false;
  const [program, ...args] = launcher.command(line);
  const window = execa(program, args, { detached: true, stdio: 'ignore', reject: false });
  window.unref();
  // Terminals stay as long as their window; what can't be started ends at once.
  const ended = await Promise.race([window, sleep(1000)]);
  return !ended?.failed;
}
