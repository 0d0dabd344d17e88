import { type Document, isMap, isPair, isScalar, isSeq, LineCounter, parseAllDocuments, parseDocument } from 'yaml';
import type { Place, Problem } from './problem.ts';

/** A parsed YAML file: its data, or the problems of its syntax. */
export type ParsedYaml =
  | { readonly data: unknown; readonly problems?: undefined }
  | { readonly problems: readonly Problem[] };

/** Parses a file of one document. */
export function parseYaml(file: string, text: string): ParsedYaml {
  const document = parseDocument(text, { prettyErrors: false, strict: true, uniqueKeys: true });
  if (document.errors.length > 0) return { problems: syntaxProblems(file, text, document.errors) };
  const data: unknown = document.toJS({ maxAliasCount: 100 });
  if (data === null || data === undefined) {
    return {
      problems: [{ file, place: { line: 1, column: 1 }, message: 'the file is empty; it needs at least a name' }],
    };
  }
  if (typeof data !== 'object' || Array.isArray(data)) {
    return {
      problems: [{ file, place: { line: 1, column: 1 }, message: 'must be a map of fields, "name: value" a line' }],
    };
  }
  return { data };
}

/** Parses a file of any number of documents, without the empty ones. */
export function parseYamlDocuments(file: string, text: string): ParsedYaml {
  const documents = parseAllDocuments(text, { prettyErrors: false, strict: true, uniqueKeys: true });
  if (!Array.isArray(documents)) return { data: [] };
  const errors = documents.flatMap((document: Document) => document.errors);
  if (errors.length > 0) return { problems: syntaxProblems(file, text, errors) };
  return { data: documents.map((document: Document) => document.toJS()).filter((data) => data !== null) };
}

const hints: Readonly<Record<string, string>> = {
  TAB_AS_INDENT: 'a tab indents this line; YAML wants spaces',
  DUPLICATE_KEY: 'the same field stands twice in this map; keep one',
  MULTIPLE_DOCS: 'a second document begins here ("---"); the file may hold one',
};

function syntaxProblems(
  file: string,
  text: string,
  errors: readonly { readonly code: string; readonly message: string; readonly pos: [number, number] }[],
): Problem[] {
  return errors.map(({ code, message, pos }) => ({
    file,
    place: position(text, pos[0]),
    message: `not valid YAML: ${hints[code] ?? message}`,
  }));
}

/** The line and column, from 1, of a place in a YAML text. Falls back to the nearest place that exists. */
export function locate(text: string, place: Place): { line: number; column: number } {
  if ('line' in place) return place;
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { lineCounter, prettyErrors: false });
  let node: unknown = document.contents;
  let offset = firstOffset(document);
  for (const [index, key] of place.path.entries()) {
    const last = index === place.path.length - 1;
    if (isMap(node)) {
      const pair = node.items.find(
        (item) => isPair(item) && isScalar(item.key) && String(item.key.value) === String(key),
      );
      if (!pair) break;
      const keyOffset = rangeStart(pair.key);
      node = pair.value;
      offset = (last && place.at === 'key' ? keyOffset : rangeStart(pair.value)) ?? keyOffset ?? offset;
    } else if (isSeq(node)) {
      node = node.items[Number(key)];
      offset = rangeStart(node) ?? offset;
    } else break;
  }
  const { line, col } = lineCounter.linePos(offset);
  return { line, column: col };
}

const rangeStart = (node: unknown): number | undefined =>
  (node as { range?: [number, number, number] } | null | undefined)?.range?.[0];

const firstOffset = (document: Document): number => rangeStart(document.contents) ?? 0;

function position(text: string, offset: number): { line: number; column: number } {
  const before = text.slice(0, offset).split('\n');
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}
