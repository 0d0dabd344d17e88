/** A field of a schedule: what it is called, its least and greatest number, and names for the numbers from the least on. */
interface Field {
  readonly name: string;
  readonly from: number;
  readonly to: number;
  readonly names?: readonly string[];
}

const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const weekdays = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

const fields: readonly Field[] = [
  { name: 'minute', from: 0, to: 59 },
  { name: 'hour', from: 0, to: 23 },
  { name: 'day', from: 1, to: 31 },
  { name: 'month', from: 1, to: 12, names: months },
  { name: 'weekday', from: 0, to: 6, names: weekdays },
];

/** The longest that each month can be. */
const lengths = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

const form = 'must be five cron fields such as "*/5 * * * *", or @hourly, @daily, …';

/**
 * Why Kubernetes would not take a schedule, or would never run it; nothing if it would.
 *
 * @see https://pkg.go.dev/github.com/robfig/cron/v3#hdr-CRON_Expression_Format
 */
export function scheduleProblem(schedule: string): string | undefined {
  if (/^@(yearly|annually|monthly|weekly|daily|midnight|hourly)$/.test(schedule)) return undefined;
  const parts = schedule.split(/ +/);
  if (parts.length !== fields.length) return form;
  const numbers: ReadonlySet<number>[] = [];
  for (const [index, field] of fields.entries()) {
    const read = numbersOf(parts[index] ?? '', field);
    if (typeof read === 'string') return `${read}; ${form}`;
    numbers.push(read);
  }
  const [, , days, monthsMeant] = numbers.map((each) => [...each]);
  const due = monthsMeant?.some((month) => days?.some((day) => day <= (lengths[month - 1] ?? 0)));
  // Beside a weekday, one of both is enough.
  if (due || !/^[*?]/.test(parts[4] ?? '')) return undefined;
  return `names a day that no such month has: day ${parts[2]}, month ${parts[3]}`;
}

/** The numbers that a field stands for, or what is wrong with it. */
function numbersOf(text: string, field: Field): ReadonlySet<number> | string {
  const found = new Set<number>();
  const allowed = `allowed: ${field.from} to ${field.to}${field.names ? ` or ${field.names[0]} to ${field.names.at(-1)}` : ''}`;
  const refused = (given: string) => `has ${JSON.stringify(given)} as its ${field.name}; ${allowed}`;
  for (const item of text.split(',')) {
    const [, range = '', step] = /^([^/]+)(?:\/(\d+))?$/.exec(item) ?? [];
    const [first = '', last, ...more] = range.split('-');
    const all = range === '*' || range === '?';
    const begin = all ? field.from : numberOf(first, field);
    const alone = last === undefined && step === undefined;
    const end = all || (last === undefined && !alone) ? field.to : alone ? begin : numberOf(last ?? '', field);
    if (begin === undefined || end === undefined || begin > end || more.length > 0 || Number(step ?? 1) === 0)
      return refused(item);
    for (let number = begin; number <= end; number += Number(step ?? 1)) found.add(number);
  }
  return found;
}

function numberOf(text: string, { from, to, names }: Field): number | undefined {
  const named = names?.indexOf(text.toLowerCase()) ?? -1;
  if (named >= 0) return from + named;
  const number = /^\d{1,2}$/.test(text) ? Number(text) : Number.NaN;
  return number >= from && number <= to ? number : undefined;
}
