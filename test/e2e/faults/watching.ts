import { spawn } from 'node:child_process';
import { join } from 'node:path';
import type { StatusDocument } from '../../../src/status/report/schema.ts';
import { context } from '../environment.ts';
import { parseReport } from './reports.ts';

const program = join(import.meta.dirname, '..', '..', '..', 'bin', 'repoctl.mjs');

/** `repoctl status` that goes on: what it has said by now, and how it ends. */
export class Watching {
  readonly #child;
  readonly #ended: Promise<number | null>;
  stdout = '';
  stderr = '';

  constructor(root: string, ...args: string[]) {
    this.#child = spawn(process.execPath, [program, 'status', '--context', context, ...args], { cwd: root });
    this.#ended = new Promise((resolve) => this.#child.once('close', resolve));
    this.#child.stdout.on('data', (chunk) => {
      this.stdout += String(chunk);
    });
    this.#child.stderr.on('data', (chunk) => {
      this.stderr += String(chunk);
    });
  }

  /** The reports so far, each a line. @throws Error if one is not as the schema says */
  get reports(): StatusDocument[] {
    return this.stdout
      .split('\n')
      .slice(0, -1)
      .map((line) => parseReport(line));
  }

  /** Its exit code, when it ends by itself. */
  get ended(): Promise<number | null> {
    return this.#ended;
  }

  /** Presses Ctrl-C. */
  interrupt(): Promise<number | null> {
    this.#child.kill('SIGINT');
    return this.#ended;
  }
}
