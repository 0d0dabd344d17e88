import type { Writable } from 'node:stream';
import { UsageError } from '../platform/errors.ts';
import { printText } from '../platform/terminal/print.ts';

/** Where lines go. They are written as fast as the reader takes them. */
export class Output {
  #gone = false;
  #failure: UsageError | undefined;

  /** @param onGone called when nobody reads any more (`| head`), or nothing more can be written */
  constructor(
    private readonly stream: Writable,
    onGone: () => void,
  ) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      this.#gone = true;
      if (error.code !== 'EPIPE') this.#failure ??= new UsageError(`can't write the logs: ${error.message}`);
      onGone();
    });
  }

  /** Why nothing more can be written, if it isn't that nobody reads. */
  get failure(): UsageError | undefined {
    return this.#failure;
  }

  /** Whether nothing more can be written. */
  get gone(): boolean {
    return this.#gone;
  }

  async print(text: string): Promise<void> {
    if (this.#gone || text === '') return;
    await printText(text, this.stream);
  }
}
