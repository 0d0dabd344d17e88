import { width } from '../../platform/terminal/clean.ts';
import type { Colour, Paint } from '../../platform/terminal/paint.ts';
import { counted, oneLine, secondsSince, span } from '../../platform/text.ts';
import { deployCommand } from '../rules/commands.ts';
import type { Health } from '../rules/verdict.ts';
import { type Fold, fold } from './fold.ts';
import { historyLines } from './history-lines.ts';
import { keyOf, type Report, type ServiceReport, type TierReport, type TierStatus } from './report.ts';
import { unseenLines } from './unseen-lines.ts';
import { wrapped } from './wrap.ts';

const colours: Readonly<Record<TierStatus, Colour>> = {
  healthy: 'green',
  stopped: 'grey',
  'not-started': 'grey',
  progressing: 'yellow',
  missing: 'yellow',
  degraded: 'red',
  failed: 'red',
  unknown: 'magenta',
};

export interface LineOptions {
  readonly paint: Paint;
  /** A line for each service everywhere, and what foreign objects there are. */
  readonly wide?: boolean;
  /** Width of the terminal; causes are wrapped to it. @default as wide as they get */
  readonly columns?: number;
}

interface Row {
  readonly cells: readonly string[];
  /** What stands below it: causes are wrapped, commands are not. */
  readonly notes?: readonly { readonly text: string; readonly as?: 'command' | 'log' }[];
}

/** A report as a table: the worst first, with the cause and what to type next below what is not healthy. */
export function reportLines(report: Report, options: LineOptions): string[] {
  const { paint, columns = Number.POSITIVE_INFINITY } = options;
  const rows = report.tiers.flatMap((tier) => tierRows(tier, report, options));
  const widths = columnWidths(rows);
  const lines = rows.flatMap(({ cells, notes = [] }) => [
    tableLine(cells, widths),
    ...notes.flatMap(({ text, as }) => {
      if (as === 'command') return [`      ${paint('cyan', text)}`];
      return as === 'log' ? [`      ${paint('grey', text)}`] : wrapped(text, columns, '    ', '    ');
    }),
  ]);
  return [
    ...(lines.length > 0 ? lines : ['nothing here carries repoctl’s labels']),
    ...(report.history ? historyLines(report.history, { now: report.at, paint }) : []),
    ...unseenLines(report, options),
  ];
}

function tierRows(tier: TierReport, report: Report, options: LineOptions): Row[] {
  const { paint, wide = false } = options;
  const { name, status, services, health, foreign } = tier;
  const shown = paint(colours[status], status === 'not-started' ? 'not started' : status);
  if (status === 'not-started')
    return [{ cells: [paint('bold', name), shown, '', '', '', start(tier, report)] }, ...foreignRows(tier, wide)];
  const suspended = services.filter(({ health: of }) => of.status === 'stopped' && of.reason === 'Suspended').length;
  const uniform = services.every(
    ({ health: of }) =>
      of.status === status || of.status === 'healthy' || (of.status === 'stopped' && of.reason === 'Suspended'),
  );
  const quiet = !health && uniform && (status === 'healthy' || status === 'stopped');
  const warned = services.filter((each) => each.health.warning !== undefined).length;
  const well = services.filter((each) => each.health.status === 'healthy').length;
  const total = services.length === 0 ? 'no services' : counted(services.length, 'service');
  const summary = quiet
    ? [
        total,
        status === 'healthy' && suspended > 0 && `${suspended} suspended`,
        warned > 0 && !wide && `${counted(warned, 'warning')} (-o wide)`,
      ]
    : [services.length === 0 ? total : `${well} of ${total} healthy`];
  const others = foreign.length > 0 && !wide ? `${counted(foreign.length, 'foreign object')}` : '';
  const head: Row = {
    cells: [paint('bold', name), shown, '', '', '', [...summary, others].filter(Boolean).join(', ')],
    notes: [...(health ? healthNotes(health) : []), ...leftNotes(tier, report), ...exceptionNotes(tier)],
  };
  if (quiet && !wide) return [head];
  const folds: Fold[] = wide ? services.map((each) => ({ services: [each], why: 'single' })) : fold(tier);
  return [head, ...folds.map((each) => foldRow(each, report, options)), ...foreignRows(tier, wide)];
}

/** What to do with a namespace that the configuration no longer has. */
function leftNotes({ configured, status, name, realProfile }: TierReport, report: Report): NonNullable<Row['notes']> {
  if (configured !== false) return [];
  if (realProfile !== undefined)
    return [
      { text: 'not in the configuration; once nothing needs it:' },
      { text: `kubectl --context ${report.context} delete namespace ${name}`, as: 'command' },
    ];
  return [
    { text: status === 'stopped' ? 'not in the configuration; what is left of it:' : 'not in the configuration' },
    { text: `repoctl infra project ${status === 'stopped' ? 'reset' : 'stop'} ${name}`, as: 'command' },
  ];
}

/** Whose pods may do more than Pod Security `restricted` lets them, and why. */
const exceptionNotes = ({ services }: TierReport): NonNullable<Row['notes']> =>
  services.flatMap(({ name, security }) =>
    security ? [{ text: `${name} has Pod Security ${security.level}: ${security.reason ?? 'no reason given'}` }] : [],
  );

function start({ tier, name, project, realProfile }: TierReport, { context }: Report): string {
  if (realProfile !== undefined) return deployCommand(realProfile, project, context);
  return tier === 'global' ? 'repoctl infra global start' : `repoctl infra project start ${name}`;
}

function foldRow({ services, why }: Fold, report: Report, { paint }: LineOptions): Row {
  const [service] = services;
  const { health } = service;
  const status = paint(colours[health.status], health.status);
  const names = services.map(({ name }) => name).join(', ');
  if (why === 'well' && services.length > 1)
    return { cells: [`  ${counted(services.length, 'other')}`, status, '', '', '', names] };
  if (why === 'unseen')
    return { cells: [`  ${counted(services.length, 'service')}`, status, '', '', '', `${names}: may not be seen`] };
  if (why === 'waiting') {
    const cause = report.causes.find(({ object }) => object === health.waitingFor);
    const label = services.length > 1 ? `  ${services.length} services` : `  ${service.object}`;
    const shown = report.tiers.some((tier) => tier.services.some((each) => keyOf(each) === health.waitingFor));
    const waits = `${counted(services.length, 'service')} ${services.length > 1 ? 'wait' : 'waits'} for ${health.waitingFor}`;
    const told =
      shown || !cause ? '' : `, which is ${cause.health.status}: ${cause.health.cause ?? cause.health.reason}`;
    const notes = [{ text: `${waits}${told}${services.length > 1 ? ` (${names})` : ''}` }];
    const command = shown ? [] : adviceNotes(cause?.health ?? health);
    const cells = services.length > 1 ? [label, status] : serviceCells(service, report, status);
    return { cells, notes: [...notes, ...command] };
  }
  if (why === 'alike')
    return { cells: [`  ${services.length} services`, status, '', '', '', names], notes: healthNotes(health) };
  const victims = report.causes.find(({ object }) => object === keyOf(service))?.victims ?? [];
  const blocked =
    victims.length > 0
      ? [
          {
            text: `${counted(victims.length, 'service')} ${victims.length > 1 ? 'wait' : 'waits'} for it: ${victims.join(', ')}`,
          },
        ]
      : [];
  return {
    cells: serviceCells(service, report, status),
    notes: [...healthNotes(health), ...blocked, ...logNotes(service, report)],
  };
}

function serviceCells(service: ServiceReport, { at }: Report, status: string): string[] {
  const { object, ready, wanted, restarts, createdAt, health } = service;
  const age = secondsSince(createdAt, at);
  const lasts = secondsSince(health.since, at);
  return [
    `  ${object}`,
    status,
    ready === undefined ? '' : `${ready}/${wanted}`,
    restarts > 0 ? counted(restarts, 'restart') : '',
    age === undefined ? '' : span(age),
    lasts === undefined ? '' : `for ${span(lasts)}`,
  ];
}

function healthNotes(health: Health): NonNullable<Row['notes']> {
  const { status, reason, cause, warning } = health;
  if (status === 'healthy') return warning === undefined ? [] : [{ text: warning }, ...adviceNotes(health)];
  return [{ text: cause === undefined ? reason : `${reason}: ${cause}` }, ...adviceNotes(health)];
}

const adviceNotes = ({ advice }: Health): NonNullable<Row['notes']> =>
  advice ? [{ text: advice, as: 'command' }] : [];

/** The end of a log, and what the cluster warned; nothing unless it was asked for. */
function logNotes({ log, warnings = [] }: ServiceReport, { at }: Report): NonNullable<Row['notes']> {
  const end = log && [
    { text: `log of ${log.pod}/${log.container}${log.previous ? ', before its last restart' : ''}:` },
    ...(log.refused === undefined
      ? log.lines.length === 0
        ? [{ text: '(no output)', as: 'log' as const }]
        : log.lines.map((text) => ({ text, as: 'log' as const }))
      : [{ text: log.refused, as: 'log' as const }]),
  ];
  const warned = warnings.map(({ reason, message, count, lastSeen }) => {
    const ago = secondsSince(lastSeen, at);
    const when = [count > 1 && `×${count}`, ago !== undefined && `${span(ago)} ago`].filter(Boolean).join(', ');
    return { text: `${reason} (${when}): ${oneLine(message)}`, as: 'log' as const };
  });
  return [...(end ?? []), ...(warned.length > 0 ? [{ text: 'warnings:' }, ...warned] : [])];
}

function foreignRows({ foreign }: TierReport, wide: boolean): Row[] {
  if (!wide) return [];
  return foreign.map(({ kind, name, state }) => ({
    cells: [`  ${kind.toLowerCase()}/${name}`, 'foreign', '', '', '', state],
  }));
}

/** The last column is not counted: it goes as far as it goes. */
function columnWidths(rows: readonly Row[]): number[] {
  const widths: number[] = [];
  for (const { cells } of rows)
    for (const [index, cell] of cells.slice(0, 5).entries()) widths[index] = Math.max(widths[index] ?? 0, width(cell));
  return widths;
}

const tableLine = (cells: readonly string[], widths: readonly number[]): string =>
  cells
    .map((cell, index) => ({ cell, room: widths[index] ?? 0 }))
    // A column without anything in it takes no room.
    .filter(({ cell, room }) => room > 0 || cell !== '')
    .map(({ cell, room }) => cell + ' '.repeat(Math.max(0, room - width(cell))))
    .join('  ')
    .trimEnd();
