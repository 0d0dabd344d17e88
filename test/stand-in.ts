import { createServer, type Socket } from 'node:net';

/** How a program ends, and what it prints. */
export interface Answer {
  /** @default 0 */
  readonly status?: number;
  readonly stdout?: string;
  readonly stderr?: string;
}

/** A program that a test answers for: a few lines of bash, which start in a tenth of the time that Node takes. */
export class StandIn {
  /** Where it asks. */
  port = 0;
  readonly #server = createServer((socket) => this.#serve(socket));
  readonly #answer: (args: readonly string[], cwd: string) => Answer | Promise<Answer>;

  /** @param answer what it does with its arguments, in its folder */
  constructor(answer: (args: readonly string[], cwd: string) => Answer | Promise<Answer>) {
    this.#answer = answer;
  }

  /** @returns the text of the program */
  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    this.port = (this.#server.address() as { port: number }).port;
    return `#!/bin/bash
exec 3<>/dev/tcp/127.0.0.1/${this.port}
printf '%s\\0' "$#" "$PWD" "$@" >&3
for name in status stdout stderr; do IFS= read -r -d '' "$name" <&3; done
printf %s "$stdout"
printf %s "$stderr" >&2
exit "$status"
`;
  }

  async stop(): Promise<void> {
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #serve(socket: Socket): void {
    // Whoever only looks whether somebody listens goes away.
    socket.on('error', () => socket.destroy());
    let text = '';
    socket.on('data', async (chunk) => {
      text += String(chunk);
      const [count, cwd = '', ...args] = text.split('\0').slice(0, -1);
      if (count === undefined || args.length < Number(count)) return;
      const { status = 0, stdout = '', stderr = '' } = await this.#answer(args, cwd);
      socket.end(`${status}\0${stdout}\0${stderr}\0`);
    });
  }
}
