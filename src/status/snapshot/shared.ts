/** How many different values are remembered before all are forgotten: a watch may go on for weeks. */
const most = 20_000;

const known = new Map<string, unknown>();
const knownTexts = new Map<string, string>();

/**
 * A value, or the one before it that says the same: of thousands of pods most have the labels, the containers and the owners of
 * others. What it gives must not be changed.
 */
export function shared<Value extends object>(value: Value | undefined): Value | undefined {
  if (value === undefined) return undefined;
  const key = JSON.stringify(value);
  const same = known.get(key);
  if (same !== undefined) return same as Value;
  if (known.size >= most) known.clear();
  known.set(key, value);
  return value;
}

/** A text, or the one before it that says the same: each that is parsed out of JSON is a copy. */
export function sharedText(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const same = knownTexts.get(text);
  if (same !== undefined) return same;
  if (knownTexts.size >= most) knownTexts.clear();
  knownTexts.set(text, text);
  return text;
}
