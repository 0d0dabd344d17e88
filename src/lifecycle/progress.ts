import type { Health, Status } from '../health/verdict.ts';
import { type Colour, painter } from '../terminal/paint.ts';
import type { Item } from './judge.ts';

/** Shows how far things are. */
export interface Progress {
  show(items: readonly Item[]): void;
  /** Leaves the last picture where it is; what is printed next comes below it. */
  end(): void;
}

const colours: Readonly<Record<Status, Colour>> = {
  healthy: 'green',
  stopped: 'grey',
  progressing: 'yellow',
  missing: 'yellow',
  degraded: 'red',
  failed: 'red',
  unknown: 'magenta',
};

/** `progressing  ContainerCreating: pulling image "postgres:16"` without the status. */
export const reasonText = ({ reason, cause }: Health): string => (cause ? `${reason}: ${cause}` : reason);

/** On a terminal a block of lines that is painted over; a line for each change elsewhere. */
export const progressOn = (stream: NodeJS.WriteStream): Progress =>
  stream.isTTY && process.env.TERM !== 'dumb' ? blockOn(stream) : linesOn(stream);

function linesOn(stream: NodeJS.WriteStream): Progress {
  const shown = new Map<string, string>();
  return {
    show(items) {
      for (const { object, health } of items) {
        const text = lineText(health);
        if (shown.get(object) !== text) stream.write(`${object}: ${text}\n`);
        shown.set(object, text);
      }
    },
    end() {},
  };
}

/** What a log keeps of something's health: no steps on the way, but what it waits for. */
function lineText(health: Health): string {
  if (health.status === 'healthy') return 'healthy';
  if (health.status !== 'progressing') return `${health.status}: ${reasonText(health)}`;
  return health.waitingFor === undefined ? 'starting' : `waiting for ${health.waitingFor}`;
}

function blockOn(stream: NodeJS.WriteStream): Progress {
  const paint = painter(stream);
  let height = 0;
  return {
    show(items) {
      const width = Math.max(...items.map(({ object }) => object.length));
      const lines = items.map(({ object, health }) => {
        const status = paint(colours[health.status], health.status.padEnd(11));
        const reason = health.status === 'healthy' ? '' : reasonText(health);
        const room = Math.max((stream.columns ?? 80) - width - 16, 10);
        return `  ${object.padEnd(width)}  ${status} ${reason.length > room ? `${reason.slice(0, room - 1)}…` : reason}`;
      });
      const clear = lines.map((line) => `\u001B[2K${line}\n`).join('');
      stream.write(`${height > 0 ? `\u001B[${height}A` : ''}${clear}\u001B[J`);
      height = lines.length;
    },
    end() {
      height = 0;
    },
  };
}
