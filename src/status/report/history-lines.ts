import type { Paint } from '../../platform/terminal/paint.ts';
import { secondsSince, span } from '../../platform/text.ts';
import type { Happening, History } from './history.ts';

/** How long API servers keep events unless they are told otherwise, in seconds. */
const eventSeconds = 3600;

/** What is good news. */
const recovered: readonly string[] = ['Ready', 'NodeReady', 'Made', 'Changed'];

/** What happened, a line each, and what the cluster has forgotten of the time. */
export function historyLines(
  { since, oldestEvent, happenings }: History,
  { now, paint, zone }: { readonly now: Date; readonly paint: Paint; readonly zone?: string },
): string[] {
  const asked = secondsSince(since, now) ?? 0;
  const clock = (instant: string) => new Date(instant).toLocaleTimeString('en-GB', { timeZone: zone });
  const day = (instant: string) => new Date(instant).toLocaleDateString('en-CA', { timeZone: zone });
  const days = new Set(happenings.map(({ at }) => day(at)));
  const stamp = (instant: string) => (days.size > 1 ? `${day(instant)} ${clock(instant)}` : clock(instant));
  return [
    '',
    paint('bold', `What happened in the last ${span(asked)}, as far as the cluster remembers:`),
    ...(happenings.length === 0 ? ['  nothing recorded'] : happenings.map((each) => lineOf(each, stamp, paint))),
    paint('grey', `  ${forgottenText(asked, oldestEvent, now)}`),
  ];
}

function lineOf(
  { at, until, count, kind, namespace, name, reason, message }: Happening,
  stamp: (instant: string) => string,
  paint: Paint,
): string {
  const where = `${kind.toLowerCase()} ${namespace === undefined ? '' : `${namespace}/`}${name}`;
  const often = count > 1 ? ` ×${count}${until ? ` until ${stamp(until)}` : ''}` : '';
  const shown = recovered.includes(reason) ? reason : paint('yellow', reason);
  return `  ${stamp(at)}  ${where}: ${shown}${often}${message ? `: ${message}` : ''}`;
}

/** What can't be told: honest about a time that is longer than the memory. */
function forgottenText(asked: number, oldestEvent: string | undefined, now: Date): string {
  const oldest = secondsSince(oldestEvent, now);
  const events =
    oldest === undefined
      ? 'There are no events.'
      : `The oldest event is ${span(oldest)} old${asked > Math.max(oldest, eventSeconds) ? '; earlier events are gone (an API server keeps events for an hour by default)' : ''}.`;
  return `${events} Kubernetes keeps only the last exit of a container and the last change of a condition.`;
}
