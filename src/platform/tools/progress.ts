/** Shows how far downloads are. */
export interface Progress {
  /** @param what e.g. `kind 0.32.0` */
  start(what: string, host: string): void;
  step(what: string, received: number, total: number | undefined): void;
  /** @param line what is to stay */
  end(line?: string): void;
}

/** What it needs of `process.stderr`. */
export interface ProgressStream {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

/** Shows downloads on a stream: as a line that changes on a terminal, else as a line at each beginning and end. */
export function progressOn(stream: ProgressStream): Progress {
  let shown = '';
  const show = (line: string) => {
    if (!stream.isTTY || line === shown) return;
    shown = line;
    stream.write(`\r\u001b[K${line}`);
  };
  return {
    start: (what, host) => {
      if (stream.isTTY) show(`${what} from ${host}`);
      else stream.write(`fetching ${what} from ${host}\n`);
    },
    step: (what, received, total) => show(`${what}  ${sizes(received, total)}`),
    end: (line) => {
      show('');
      if (line) stream.write(`${line}\n`);
    },
  };
}

const megabytes = (bytes: number) => (bytes / 1e6).toFixed(1);

/** `4.2 of 10.6 MB, 39 %` */
const sizes = (received: number, total: number | undefined): string =>
  total
    ? `${megabytes(received)} of ${megabytes(total)} MB, ${Math.floor((100 * received) / total)} %`
    : `${megabytes(received)} MB`;
