/** Least width to which anything is wrapped. */
const least = 40;

/**
 * A text in lines of a width, broken at spaces; a word that is longer than a line stays whole.
 *
 * @param first what stands before the first line, `rest` before the others
 */
export function wrapped(text: string, columns: number, first: string, rest: string): string[] {
  const room = Math.max(columns, least);
  const lines: string[] = [];
  let line = first;
  let empty = true;
  for (const word of text.split(' ')) {
    if (!empty && line.length + 1 + word.length > room) {
      lines.push(line);
      line = rest;
      empty = true;
    }
    line += empty ? word : ` ${word}`;
    empty = false;
  }
  return [...lines, line];
}
