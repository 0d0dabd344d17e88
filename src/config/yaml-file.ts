import { type Document, isAlias, isMap, isScalar, isSeq, parseAllDocuments, parseDocument, visit, YAMLMap } from 'yaml';
import type { Place, Problem } from './problem.ts';

/** A parsed YAML file: its data, or the problems of its syntax. */
export type ParsedYaml<Data = unknown> =
  | { readonly data: Data; readonly problems?: undefined }
  | { readonly data?: undefined; readonly problems: readonly Problem[] };

/** One of the documents of a file, and where it begins. */
export interface YamlDocument {
  readonly data: unknown;
  readonly place: { readonly line: number; readonly column: number };
}

/** How often aliases may repeat something, lest a few lines fill the memory. */
const maxAliasCount = 1000;

const options = {
  prettyErrors: false,
  strict: true,
  // The parser compares each key with all keys before it; see duplicateKeys.
  uniqueKeys: false,
  merge: true,
  // Only texts, numbers, true, false, null, lists and maps: a set would pass for a map without fields.
  resolveKnownTags: false,
} as const;

/** The text that was parsed last, without a fault: its places are asked for next, if at all. */
let last: { readonly text: string; readonly document: Document } | undefined;

/** Parses a file of one document. */
export function parseYaml(file: string, given: string): ParsedYaml {
  const text = withoutMark(given);
  const document = parseDocument(text, options);
  const parsed = documentData(file, text, document);
  if (parsed.problems) return parsed;
  last = { text, document };
  const { data } = parsed;
  const refuse = (message: string, offset: number): ParsedYaml => ({
    problems: [{ file, place: position(text, offset), message }],
  });
  if (data === null || data === undefined) return refuse('the file is empty; it needs at least a name', 0);
  if (typeof data !== 'object' || Array.isArray(data))
    return refuse('must be a map of fields, "name: value" a line', firstOffset(document));
  return { data };
}

/** Parses a file of any number of documents, without the empty ones. */
export function parseYamlDocuments(file: string, given: string): ParsedYaml<readonly YamlDocument[]> {
  const text = withoutMark(given);
  const documents = parseAllDocuments(text, options);
  if (!Array.isArray(documents)) return { data: [] };
  const problems: Problem[] = [];
  const data = documents.flatMap((document: Document): YamlDocument[] => {
    const parsed = documentData(file, text, document);
    if (parsed.problems) problems.push(...parsed.problems);
    if (parsed.problems || parsed.data === null) return [];
    return [{ data: parsed.data, place: position(text, firstOffset(document)) }];
  });
  return problems.length > 0 ? { problems } : { data };
}

/** The data of a document; refuses text that is not YAML, and what YAML allows but data can't hold. */
function documentData(file: string, text: string, document: Document): ParsedYaml {
  const faults: Fault[] = [...document.errors];
  const problems: Problem[] = [];
  const refuse = (node: unknown, message: string) =>
    problems.push({ file, place: position(text, rangeStart(node) ?? firstOffset(document)), message });
  const target = (node: unknown) => (isAlias(node) ? node.resolve(document) : node);
  // An alias that leads nowhere is refused as such.
  const isMapOrNowhere = (node: unknown) => isMap(target(node) ?? new YAMLMap());
  visit(document, {
    Map(_, map) {
      faults.push(...duplicateKeys(map));
    },
    Alias(_, alias, path) {
      const repeated = alias.resolve(document);
      if (!repeated)
        refuse(alias, `no anchor "&${alias.source}" stands above; a text that begins with "*" needs quotes`);
      else if (path.includes(repeated)) refuse(alias, `"*${alias.source}" stands inside of what it repeats`);
    },
    Pair(_, { key, value }) {
      if (!isScalar(key)) refuse(key, 'the name of a field must be a text');
      else if (key.value === null) refuse(value ?? key, 'the name of a field must be a text');
      else if (typeof key.value === 'symbol' && !(isSeq(value) ? value.items : [value]).every(isMapOrNowhere))
        refuse(value, '"<<" takes the alias of a map, or a list of them');
      // Objects have no place for it, so that it would get lost without a word.
      else if (key.value === '__proto__') refuse(key, '"__proto__" can\'t be the name of a field');
    },
  });
  if (faults.length > 0) return { problems: syntaxProblems(file, text, document, faults) };
  if (problems.length === 0) {
    try {
      return { data: document.toJS({ maxAliasCount }) };
    } catch (error) {
      const tooMuch = `its aliases repeat too much: more than ${maxAliasCount} times, counted with those inside of others`;
      const { message } = error as Error;
      refuse(document.contents, message.startsWith('Excessive alias') ? tooMuch : `not valid YAML: ${message}`);
    }
  }
  return { problems };
}

type Fault = Pick<Document['errors'][number], 'code' | 'message' | 'pos'>;

/** The keys that a map has had before. */
function duplicateKeys(map: YAMLMap): Fault[] {
  const keys = new Set<unknown>();
  return map.items.flatMap(({ key }) => {
    if (!isScalar(key)) return [];
    const start = rangeStart(key) ?? 0;
    const isKnown = keys.has(key.value);
    keys.add(key.value);
    return isKnown
      ? [{ code: 'DUPLICATE_KEY' as const, message: '', pos: [start, start + 1] as [number, number] }]
      : [];
  });
}

/** What people get wrong, in their words: for a code of the parser's, or for the beginning of a message. */
const hints: Readonly<Record<string, string | ((fault: Fault, text: string) => string)>> = {
  TAB_AS_INDENT: 'a tab indents this line; YAML wants spaces',
  MULTIPLE_DOCS: 'a second document begins here ("---"); the file may hold one',
  DUPLICATE_KEY: ({ pos }, text) =>
    `"${/^["']?([^\n]*?)["']?\s*[:,}]/.exec(text.slice(pos[0]))?.[1] ?? ''}" stands twice in this map; keep one`,
  MULTILINE_IMPLICIT_KEY: '"name: value" is expected, but there is no ": " in this line',
  BAD_SCALAR_START: ({ message }) => `${message}; put it in quotes`,
  'Implicit map keys need': '"name: value" is expected, but there is no ": " in this line',
  'Nested mappings are not allowed': 'a second ": " in a line; put a value that holds one in quotes',
  'Unexpected alias': 'a text that begins with "*" needs quotes',
  'Missing closing': 'a quote opens here and is never closed',
  'All mapping items': 'this line is indented unlike the others of its map',
  'All sequence items': 'this line is indented unlike the others of its list',
  'Maximum call stack': 'lists or maps are nested too deeply here',
  'Flow map in block': '"}" is expected before this: a "{" above is still open',
  'Flow sequence in block': '"]" is expected before this: a "[" above is still open',
};

/** The first fault of each line: those after it follow from it. */
function syntaxProblems(file: string, text: string, document: Document, faults: readonly Fault[]): Problem[] {
  const problems = new Map<number, Problem>();
  for (const fault of faults) {
    const start = Object.keys(hints).find((each) => fault.code === each || fault.message.startsWith(each)) ?? '';
    const hint = hints[start] ?? fault.message;
    const place = position(text, cause(document, fault));
    const message = `not valid YAML: ${typeof hint === 'string' ? hint : hint(fault, text)}`;
    if (!problems.has(place.line)) problems.set(place.line, { file, place, message });
  }
  return [...problems.values()];
}

/** Where a fault begins: the parser names the end of a text that nothing closes, and what follows an alias. */
function cause({ contents }: Document, { message, pos }: Fault): number {
  let start = pos[0];
  if (!/^(Missing closing|Unexpected alias)/.test(message)) return start;
  visit(contents, (_, node) => {
    const suspect = isAlias(node) || (isScalar(node) && node.type?.startsWith('QUOTE_'));
    const [from = start] = (suspect && node.range) || [];
    if (from < pos[0]) start = from;
  });
  return start;
}

interface Position {
  readonly line: number;
  readonly column: number;
}

/**
 * The line and column, from 1, of a place in a YAML text. What isn't there is looked for where it would belong: at the
 * key of the map that lacks it.
 */
export function locate(given: string, place: Place): { line: number; column: number } {
  return 'line' in place ? place : locator(given)(place.path, place.at);
}

/** Looks up places of a YAML text, which is parsed once for all of them. */
export function locator(given: string): (path: readonly PropertyKey[], at?: 'key' | 'value') => Position {
  const text = withoutMark(given);
  const document = last?.text === text ? last.document : parseDocument(text, { ...options, strict: false });
  return (path, at) => positionOf(text, document, path, at);
}

function positionOf(
  text: string,
  document: Document,
  path: readonly PropertyKey[],
  at: 'key' | 'value' = 'value',
): Position {
  let node: unknown = document.contents;
  let offset = firstOffset(document);
  for (const [index, key] of path.entries()) {
    if (isMap(node)) {
      const pair = pairOf(node, String(key)) ?? pairOf(node, '<<');
      if (!pair) break;
      node = pair.value;
      const isValue = index === path.length - 1 && at !== 'key' && !isEmpty(node);
      offset = rangeStart(isValue ? node : pair.key) ?? offset;
    } else if (isSeq(node)) {
      node = node.items[Number(key)];
      offset = rangeStart(node) ?? offset;
    } else {
      if (isAlias(node)) offset = rangeStart(node) ?? offset;
      break;
    }
  }
  return position(text, offset);
}

/** The entry of a map for a key, by its value or as it is written: the value of `<<` is a symbol. */
const pairOf = (map: YAMLMap, key: string) =>
  map.items.find(({ key: each }) => isScalar(each) && (String(each.value) === key || each.source === key));

/** Whether a value is a `null` of no characters. */
const isEmpty = (node: unknown): boolean => isScalar(node) && node.range?.[0] === node.range?.[1];

const rangeStart = (node: unknown): number | undefined =>
  (node as { range?: [number, number, number] } | null | undefined)?.range?.[0];

const firstOffset = (document: Document): number => rangeStart(document.contents) ?? 0;

/** A text without its byte order mark, which editors don't count as a column. */
const withoutMark = (text: string): string => text.replace(/^\uFEFF/, '');

/** Where the lines of the text begin that was asked about last: a file has thousands of places. */
let known: { readonly text: string; readonly starts: readonly number[] } = { text: '', starts: [0] };

function position(text: string, offset: number): { line: number; column: number } {
  if (known.text !== text) {
    const starts = [0];
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', end + 1)) starts.push(end + 1);
    known = { text, starts };
  }
  let [low, high] = [0, known.starts.length];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((known.starts[middle] ?? 0) <= offset) low = middle;
    else high = middle;
  }
  return { line: low + 1, column: offset - (known.starts[low] ?? 0) + 1 };
}
