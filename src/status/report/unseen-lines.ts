import type { Paint } from '../../platform/terminal/paint.ts';
import { refusalAdvice, refusalText } from '../rules/absent.ts';
import { commands } from '../rules/commands.ts';
import { groupBy } from './group.ts';
import type { Report } from './report.ts';
import { wrapped } from './wrap.ts';

/** What could not be seen: for each place a line, and the command that says what may be. */
export function unseenLines(
  { unseen, context, at }: Report,
  { paint, columns = Number.POSITIVE_INFINITY }: { readonly paint: Paint; readonly columns?: number },
): string[] {
  if (unseen.length === 0) return [];
  const groups = groupBy(unseen, ({ namespace, code }) => JSON.stringify([namespace, code]));
  return [
    '',
    paint('magenta', 'The report is incomplete. Could not read:'),
    ...[...groups.values()].flatMap((refusals) => {
      const [first, ...others] = refusals;
      const { namespace, code } = first ?? {};
      const run = commands({ namespace }, { now: at, context });
      const resources = [...new Set(refusals.map(({ resource }) => resource))].join(', ');
      const told = first && code !== 403 ? refusalText(first) : 'not allowed';
      const why = [told, code !== 403 && others.length > 0 && '…'].filter(Boolean).join(' ');
      const list = namespace === undefined ? run.clusterKubectl : run.kubectl;
      const next = first && code !== 403 ? refusalAdvice(first, { now: at, context }) : list('auth can-i --list');
      const text = `${namespace ?? 'all namespaces'}: ${resources} (${why})`;
      return [...wrapped(text, columns, '  ', '    '), `      ${paint('cyan', next)}`];
    }),
  ];
}
