import { type Colour, type Paint, painter } from '../platform/terminal/paint.ts';
import { printLines } from '../platform/terminal/print.ts';
import { paintOver } from '../platform/terminal/screen.ts';
import type { ServiceReport } from '../status/report/report.ts';
import type { Health, Status } from '../status/rules/verdict.ts';
import type { Lines } from './last-lines.ts';

/** What is told of something. */
export type Shown = Pick<ServiceReport, 'object' | 'health'>;

/** Shows how far things are. */
export interface Progress {
  /** @param lines what those wrote last that have been running for long without getting ready */
  show(items: readonly Shown[], lines?: Lines): void;
  /** Leaves the last block where it is; what is printed next comes below it. */
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
    show(items, lines) {
      for (const { object, health } of items) {
        const log = logLines(lines?.get(object));
        const text = lineText(health);
        // The cause counts seconds, which is no change.
        const state = [text.startsWith(health.status) ? `${health.status} ${health.reason}` : text, ...log].join('\n');
        if (shown.get(object) !== state) printLines([`${object}: ${text}`, ...log], stream);
        shown.set(object, state);
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

/** What a container wrote last, below what is said of it. */
export const logLines = (lines: readonly string[] = []): string[] =>
  lines.length === 0 ? [] : ['  it runs, but is not ready; the end of its log:', ...lines.map((line) => `    ${line}`)];

function blockOn(stream: NodeJS.WriteStream): Progress {
  const paint = painter(stream);
  let height = 0;
  return {
    show(items, said) {
      const { columns = 80, rows = 24 } = stream;
      const lines = blockLines(items, { columns, rows, paint, said });
      paintOver(lines, height, stream);
      height = lines.length;
    },
    end() {
      height = 0;
    },
  };
}

interface Room {
  readonly columns: number;
  readonly rows: number;
  readonly paint: Paint;
  readonly said?: Lines;
}

/** The block's lines: no more than can be painted over, of which the healthy ones go first. */
export function blockLines(items: readonly Shown[], { columns, rows, paint, said }: Room): string[] {
  const width = Math.max(...items.map(({ object }) => object.length));
  const cut = (text: string, room: number) => (text.length > room ? `${text.slice(0, room - 1)}…` : text);
  const line = ({ object, health }: Shown): string => {
    const status = paint(colours[health.status], health.status.padEnd(11));
    const reason = health.status === 'healthy' ? '' : reasonText(health);
    return `  ${object.padEnd(width)}  ${status} ${cut(reason, Math.max(columns - width - 17, 10))}`.trimEnd();
  };
  const withLog = (item: Shown): string[] => [
    line(item),
    ...logLines(said?.get(item.object)).map((each) => paint('grey', cut(`  ${each}`, columns - 1))),
  ];
  const all = items.flatMap(withLog);
  const most = rows - 1;
  if (all.length <= most) return all;
  const others = items.filter(({ health }) => health.status !== 'healthy');
  const rest = (shown: number) => paint('grey', `  and ${items.length - shown} more`);
  const whole = others.flatMap(withLog);
  if (whole.length < most) return [...whole, rest(others.length)];
  const shown = others.slice(0, Math.max(most - 1, 1));
  return [...shown.map(line), rest(shown.length)];
}
