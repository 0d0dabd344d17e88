const form = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9})\d*)?(Z|[+-]\d\d:\d\d)$/i;

/**
 * An instant of RFC 3339 in UTC with nine digits after the second, so that instants compare as texts:
 * `2026-01-31T10:00:00.5+01:00` is `2026-01-31T09:00:00.500000000Z`. `undefined` if the text is no instant.
 */
export function instant(text: string): string | undefined {
  const [, second, fraction = '', zone = ''] = form.exec(text) ?? [];
  if (second === undefined) return undefined;
  // Most logs are in UTC, and there is no need to calculate for each of their lines.
  const inUtc = zone === 'Z' ? second : utc(`${second}${zone}`);
  return inUtc && `${inUtc}.${fraction.padEnd(9, '0')}Z`;
}

/** An instant as `instant` gives it. */
export const instantOf = (date: Date): string => `${date.toISOString().slice(0, -1)}000000Z`;

/** The whole second before the one that an instant is in: `…T09:00:01.5…Z` gives `…T09:00:00Z`. */
export const secondBefore = (time: string): string =>
  `${new Date(Date.parse(`${time.slice(0, 19)}Z`) - 1000).toISOString().slice(0, 19)}Z`;

function utc(text: string): string | undefined {
  const milliseconds = Date.parse(text.toUpperCase());
  return Number.isNaN(milliseconds) ? undefined : new Date(milliseconds).toISOString().slice(0, 19);
}
