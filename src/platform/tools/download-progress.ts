import { flat } from '../terminal/clean.ts';
import { command } from '../terminal/paint.ts';
import { printLine, printText, type Stream } from '../terminal/print.ts';

/** Shows how far downloads are. */
export interface DownloadProgress {
  /** @param what e.g. `kind 0.32.0` */
  start(what: string, host: string): void;
  step(what: string, received: number, total: number | undefined): void;
  /** @param line what is to stay */
  end(line?: string): void;
}

/** Shows downloads on a stream: as a line that changes on a terminal, else as a line at each beginning and end. */
export function downloadProgressOn(stream: Stream): DownloadProgress {
  let shown = '';
  const show = (line: string) => {
    if (!stream.isTTY || line === shown) return;
    shown = line;
    void printText(command('G') + command('K') + flat(line), stream);
  };
  return {
    start: (what, host) => {
      if (stream.isTTY) show(`${what} from ${host}`);
      else printLine(`fetching ${what} from ${host}`, stream);
    },
    step: (what, received, total) => show(`${what}  ${sizes(received, total)}`),
    end: (line) => {
      show('');
      if (line) printLine(line, stream);
    },
  };
}

const megabytes = (bytes: number) => (bytes / 1e6).toFixed(1);

/** `4.2 of 10.6 MB, 39 %` */
const sizes = (received: number, total: number | undefined): string =>
  total
    ? `${megabytes(received)} of ${megabytes(total)} MB, ${Math.floor((100 * received) / total)} %`
    : `${megabytes(received)} MB`;
