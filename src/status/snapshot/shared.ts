/** How many different values are remembered before all are forgotten: a watch may go on for weeks. */
const most = 20_000;

const values = new Map<string, unknown>();
const texts = new Map<string, unknown>();

/** What a key stood for first. */
function first<Value>(known: Map<string, unknown>, key: string, value: Value): Value {
  const same = known.get(key);
  if (same !== undefined) return same as Value;
  if (known.size >= most) known.clear();
  known.set(key, value);
  return value;
}

/**
 * A value, or the one before it that says the same: of thousands of pods most have the labels, the containers and the owners of
 * others. What it gives must not be changed.
 */
export const shared = <Value extends object>(value: Value | undefined): Value | undefined =>
  value === undefined ? undefined : first(values, JSON.stringify(value), value);

/** A text, or the one before it that says the same: each that is parsed out of JSON is a copy. */
export const sharedText = (text: string | undefined): string | undefined =>
  text === undefined ? undefined : first(texts, text, text);
