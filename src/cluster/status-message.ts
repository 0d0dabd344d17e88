/** The parts of the API's `Status` that say what is wrong. */
interface Status {
  readonly message?: string;
  readonly reason?: string;
  readonly details?: {
    readonly causes?: readonly { readonly field?: string; readonly message?: string; readonly reason?: string }[];
  };
}

/** How long what is repeated of an answer may be, in characters. */
const longest = 600;

/**
 * What an answer of the API says is wrong, without the object itself: of a field that may not be changed it repeats the
 * whole new value, ten thousand characters of a pod template.
 *
 * @param body of an answer with a status of 400 or more
 * @returns `undefined` if it says nothing
 */
export function statusMessage(body: string): string | undefined {
  const status = parsed(body);
  if (!status?.message) return body.trim() === '' || status ? undefined : cut(body.trim());
  const { message, reason, details } = status;
  const causes = details?.causes ?? [];
  if (reason === 'Conflict' && causes.length > 0) return [conflictHead(message), ...causes.map(causeText)].join('\n  ');
  const [, head] = /^(\S+ "[^"]*" is invalid): /.exec(message) ?? [];
  if (head && causes.length > 0) return cut(`${head}: ${[...new Set(causes.map(causeText))].join('; ')}`);
  return cut(withoutValue(message));
}

function parsed(body: string): Status | undefined {
  try {
    const value = JSON.parse(body) as unknown;
    return typeof value === 'object' && value !== null ? (value as Status) : undefined;
  } catch {
    return undefined;
  }
}

const causeText = ({ field, message = '', reason }: { field?: string; message?: string; reason?: string }): string =>
  reason === 'FieldManagerConflict' ? `${field}: ${message}` : `${field}: ${withoutValue(message)}`;

/** `Apply failed with 2 conflicts`: the API goes on with what the causes say anyway. */
const conflictHead = (message: string): string => message.split(':')[0] ?? message;

/** `Invalid value: {…}: field is immutable` without the value, if that is more than a word or two. */
const withoutValue = (message: string): string =>
  message.replace(/Invalid value: ([\s\S]*): ([^:{}]+)$/, (all, value: string, why: string) =>
    value.length > 60 ? why : all,
  );

const cut = (message: string): string => (message.length > longest ? `${message.slice(0, longest)} …` : message);
