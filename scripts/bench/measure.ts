import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What a run of a program took. */
export interface Measurement {
  readonly seconds: number;
  /** Of the processor, while it ran, itself and the system for it; NaN where there is no /proc. */
  readonly cpuSeconds: number;
  /** Most of its memory that was resident; NaN where there is no /proc. */
  readonly megabytes: number;
  /** How much it printed. */
  readonly bytes: number;
  /** The beginning of that. */
  readonly text: string;
}

/** The high-water mark of a process that runs, in MB. */
function peak(pid: number): number {
  try {
    return Number(/^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;
  } catch {
    return Number.NaN;
  }
}

/** What a process that runs has had of the processor, in seconds: Linux counts hundredths. */
function cpu(pid: number): number {
  try {
    const [, ...fields] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ');
    const [user, system] = fields.join(' ').split(' ').slice(11, 13).map(Number);
    return ((user ?? Number.NaN) + (system ?? Number.NaN)) / 100;
  } catch {
    return Number.NaN;
  }
}

/** Runs a program in an empty folder. Exit code 1 is an answer as well. */
export async function measure([command = '', ...args]: readonly string[]): Promise<Measurement> {
  const folder = mkdtempSync(join(tmpdir(), 'repoctl-bench-'));
  try {
    return await new Promise<Measurement>((resolve, reject) => {
      const started = performance.now();
      const child = spawn(command, args, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
      let megabytes = Number.NaN;
      let cpuSeconds = Number.NaN;
      const look = () => {
        const now = peak(child.pid ?? 0);
        if (Number.isNaN(now)) return;
        megabytes = now;
        cpuSeconds = cpu(child.pid ?? 0);
      };
      const timer = setInterval(look, 5);
      let bytes = 0;
      let text = '';
      let said = '';
      child.stdout.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
        if (text.length < 1000) text += chunk.toString();
      });
      child.stderr.on('data', (chunk: Buffer) => {
        said += chunk.toString();
      });
      child.on('error', reject);
      child.on('close', (code) => {
        clearInterval(timer);
        const seconds = (performance.now() - started) / 1000;
        if (code === 0 || code === 1) resolve({ seconds, cpuSeconds, megabytes, bytes, text });
        else reject(new Error(`${command} ${args.join(' ')} ended with exit code ${code}: ${said}`));
      });
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export const median = (measurements: readonly Measurement[]): Measurement =>
  [...measurements].sort((a, b) => a.seconds - b.seconds)[Math.floor(measurements.length / 2)] as Measurement;

export const figure = ({ seconds, cpuSeconds, megabytes }: Measurement): string =>
  Number.isNaN(megabytes)
    ? `${seconds.toFixed(2)} s`
    : `${seconds.toFixed(2)} s (${cpuSeconds.toFixed(1)} s CPU), ${megabytes.toFixed(0)} MB`;
