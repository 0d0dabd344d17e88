import type { Colour, Paint } from '../platform/terminal/paint.ts';
import { counted, oneLine, printable } from '../platform/text.ts';
import { type Action, actions, type Consequence } from './consequences.ts';
import type { FieldChange } from './field-changes.ts';
import type { ObjectChange } from './object-change.ts';
import type { LeftNamespace, NamespaceChanges } from './read-changes.ts';

const signs: Readonly<Record<Action, { readonly sign: string; readonly colour: Colour; readonly verb: string }>> = {
  create: { sign: '+', colour: 'green', verb: 'create' },
  change: { sign: '~', colour: 'yellow', verb: 'change' },
  replace: { sign: '-/+', colour: 'magenta', verb: 'replace' },
  remove: { sign: '-', colour: 'red', verb: 'remove' },
};

const severe: Readonly<Record<Exclude<Consequence['severity'], 'note'>, Colour>> = {
  interruption: 'yellow',
  data: 'red',
};

/** Longest value that is shown, in characters. */
const limit = 80;

/** What would change, for people: by namespace, object and field, and what can't be done or costs something. */
export function changeLines(
  namespaces: readonly NamespaceChanges[],
  left: readonly LeftNamespace[],
  paint: Paint,
): string[] {
  const told = namespaces.filter((each) => !isEmpty(each)).flatMap((each) => namespaceLines(each, paint));
  return [...told, ...left.flatMap((each) => leftLines(each, namespaces, paint)), summary(namespaces)];
}

/** Whether an apply would change nothing. */
export const isEmpty = ({ changes, enlargements, problems }: NamespaceChanges): boolean =>
  changes.length + enlargements.length + problems.length === 0;

function namespaceLines({ namespace, changes, enlargements, problems }: NamespaceChanges, paint: Paint): string[] {
  return [
    paint('bold', namespace.name),
    ...changes.flatMap((change) => objectLines(change, paint)),
    ...enlargements.map((each) => `  ${paint('yellow', '~')} claim ${each}: it gets more room, and its data stays`),
    ...problems.flatMap(({ message, advice }) => [
      `  ${paint('red', '!')} can’t be applied: ${oneLine(message)}`,
      ...(advice?.split('\n') ?? []).map((line) => `      ${line}`),
    ]),
  ];
}

function objectLines({ action, kind, name, fields, consequences }: ObjectChange, paint: Paint): string[] {
  const { sign, colour } = signs[action];
  const notes = consequences.filter(({ severity }) => severity === 'note').map(({ message }) => message);
  const more = notes.length > 0 ? ` (${notes.join(', ')})` : '';
  return [
    `  ${paint(colour, sign)} ${kind.toLowerCase()} ${name}${more}`,
    ...fields.map((field) => `      ${fieldText(field)}`),
    ...consequences.flatMap(({ severity, message }) =>
      severity === 'note' ? [] : [`    ${paint(severe[severity], '!')} ${message}`],
    ),
  ];
}

/** `spec.replicas: 1 → 2` */
export function fieldText({ path, hidden, ...values }: FieldChange): string {
  if (hidden) return `${path}: changed (the values of Secrets are not shown)`;
  if (!('from' in values)) return `${path}: + ${valueText(values.to)}`;
  if (!('to' in values)) return `${path}: - ${valueText(values.from)}`;
  const { from, to } = values;
  const isText = typeof from === 'string' && typeof to === 'string' && `${from}${to}`.includes('\n');
  return `${path}: ${isText ? differingLine(from, to) : `${valueText(from)} → ${valueText(to)}`}`;
}

function valueText(value: unknown): string {
  const text = printable(typeof value === 'string' && value !== '' ? value : JSON.stringify(value));
  return text.length > limit ? `${text.slice(0, limit - 1)}…` : text;
}

/** Of texts of several lines the first that differs. */
function differingLine(from: string, to: string): string {
  const [before, after] = [from.split('\n'), to.split('\n')];
  const index = before.findIndex((line, each) => line !== after[each]);
  const at = index < 0 ? before.length : index;
  const shown = (lines: readonly string[]) => valueText(lines[at] ?? '(its end)');
  return `${counted(before.length, 'line')} → ${after.length}; line ${at + 1}: ${shown(before)} → ${shown(after)}`;
}

function leftLines(
  { name, project, claims }: LeftNamespace,
  namespaces: readonly NamespaceChanges[],
  paint: Paint,
): string[] {
  const fresh = namespaces.filter(({ changes }) =>
    changes.some(({ kind, action }) => kind === 'Namespace' && action === 'create'),
  );
  const renamed = fresh.map(({ namespace }) => namespace.name);
  return [
    paint('bold', name),
    `  ${paint('red', '!')} the project ${project} has left the configuration; its namespace stays as it is` +
      (claims.length > 0 ? `, with its data in ${claims.join(', ')}` : ''),
    ...(renamed.length > 0 ? [`      Was it renamed? ${renamed.join(', ')} is new and begins without its data.`] : []),
    `      Once nothing needs it: kubectl delete namespace ${name}`,
  ];
}

function summary(namespaces: readonly NamespaceChanges[]): string {
  const changes = namespaces.flatMap((each) => each.changes);
  const parts = actions.flatMap((action) => {
    const count = changes.filter((change) => change.action === action).length;
    return count === 0 ? [] : [`${count} to ${signs[action].verb}`];
  });
  const enlarged = namespaces.reduce((sum, each) => sum + each.enlargements.length, 0);
  if (enlarged > 0) parts.push(`${counted(enlarged, 'claim')} to enlarge`);
  const problems = namespaces.reduce((sum, each) => sum + each.problems.length, 0);
  if (problems > 0) parts.push(`${counted(problems, 'problem')} in the way`);
  return parts.length === 0 ? 'Nothing to change.' : `${parts.join(', ')}.`;
}
