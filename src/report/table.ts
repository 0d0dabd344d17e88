import type { Health } from '../health/verdict.ts';
import { severity } from '../health/verdict.ts';
import { reasonText } from '../lifecycle/progress.ts';
import type { Colour, Paint } from '../terminal/paint.ts';
import { tableLines } from '../terminal/table.ts';
import type { NamespaceReport } from './report.ts';

const colours: Readonly<Partial<Record<Health['status'], Colour>>> = {
  healthy: 'green',
  stopped: 'grey',
  progressing: 'yellow',
  missing: 'yellow',
  unknown: 'magenta',
};

/**
 * A report as a table: a line for a namespace where all is well, one for each service elsewhere, with the cause and what
 * to type next below what is not.
 *
 * @param wide a line for each service everywhere
 */
export function reportLines(reports: readonly NamespaceReport[], paint: Paint, wide = false): string[] {
  const rows: string[][] = [];
  const notes = new Map<number, string[]>();
  for (const { name, deployed, items } of reports) {
    const status = (health: Health) => paint(colours[health.status] ?? 'red', health.status);
    const states = new Set(items.map(({ health }) => health.status));
    if (!deployed) rows.push([name, paint('grey', 'not started'), `repoctl infra project start ${name}`]);
    else if (!wide && states.size === 1 && (states.has('healthy') || states.has('stopped')))
      rows.push([name, ...items.slice(0, 1).map(({ health }) => status(health)), `${items.length} services`]);
    else
      for (const { object, health } of [...items].sort((a, b) => severity(b.health) - severity(a.health))) {
        rows.push([`${name}/${object}`, status(health), health.status === 'healthy' ? '' : reasonText(health)]);
        if (health.advice && health.status !== 'healthy') notes.set(rows.length - 1, [`    ${health.advice}`]);
      }
  }
  return tableLines(rows).flatMap((line, index) => [line, ...(notes.get(index) ?? [])]);
}
