import { exitCodes } from '../../platform/errors.ts';
import { painter } from '../../platform/terminal/paint.ts';
import { printJson, printLines } from '../../platform/terminal/print.ts';
import { Screen } from '../../platform/terminal/screen.ts';
import { type Staleness, statusDocument } from '../report/document.ts';
import { reportLines } from '../report/lines.ts';
import { type Output, printReport } from '../report/print.ts';
import { keyOf, type Report, type ServiceReport } from '../report/report.ts';
import type { Subject } from '../report/subject.ts';
import { Changes } from './changes.ts';
import { Live } from './live.ts';
import { type Look, looks } from './looks.ts';

/** Shows one report after the other. */
interface View {
  show(look: Look): void;
  end(last: Look | undefined): Promise<void>;
}

/**
 * Shows a report that stays true until the signal ends it: on a terminal in its place, elsewhere a line for each change, as
 * data a line for each report that differs.
 *
 * @returns the exit code
 */
export async function watch(
  { cluster, view, judge }: Subject,
  output: Output | undefined,
  stdout: NodeJS.WriteStream,
  signal: AbortSignal,
): Promise<number> {
  const live = await Live.open(cluster, view, signal);
  const shown = viewOn(stdout, output);
  let last: Look | undefined;
  try {
    for await (const look of looks(live, judge, signal)) {
      last = look;
      shown.show(look);
    }
  } finally {
    await shown.end(last);
  }
  return exitCodes.ok;
}

function viewOn(stdout: NodeJS.WriteStream, output: Output | undefined): View {
  if (output === 'json') return documentsOn(stdout);
  return stdout.isTTY && process.env.TERM !== 'dumb' ? screenOn(stdout, output) : linesOn(stdout);
}

function documentsOn(stdout: NodeJS.WriteStream): View {
  let before: string | undefined;
  return {
    show({ report, stale }) {
      const now = signature(report, stale);
      if (now !== before) printJson(statusDocument(report, stale), stdout, 0);
      before = now;
    },
    async end() {},
  };
}

function linesOn(stdout: NodeJS.WriteStream): View {
  const changes = new Changes();
  return {
    show(look) {
      printLines(changes.next(look), stdout);
    },
    async end() {},
  };
}

function screenOn(stdout: NodeJS.WriteStream, output: Output | undefined): View {
  const paint = painter(stdout);
  const screen = new Screen(stdout);
  return {
    show({ report, stale }) {
      const time = new Date().toTimeString().slice(0, 8);
      const head = stale
        ? paint('red', `stale since ${stale.since.toTimeString().slice(0, 8)}, now ${time}: ${stale.message}`)
        : paint('grey', `${report.context}  ${time}  Ctrl-C ends`);
      screen.show([head, '', ...reportLines(report, { paint, wide: output === 'wide', columns: stdout.columns })]);
    },
    async end(last) {
      screen.end();
      if (last) await printReport(last.report, output, stdout);
    },
  };
}

/** The parts of a service's report that count as a change; ages do not. */
const serviceSignature = ({ health, ready, wanted, restarts }: ServiceReport): string =>
  [health.status, health.reason, health.waitingFor, health.warning !== undefined, ready, wanted, restarts].join(' ');

/** The parts of a report that count as a change, as text. */
export const signature = ({ tiers, complete }: Report, stale: Staleness | undefined): string =>
  JSON.stringify([
    complete,
    stale !== undefined,
    tiers.map(({ name, status, health, services, foreign }) => [
      name,
      status,
      health?.reason,
      services.map((each) => [keyOf(each), serviceSignature(each)]),
      foreign,
    ]),
  ]);
