/**
 * The words of a command line, as a shell would split it: quotes and backslashes are taken away, nothing is replaced.
 * Undefined if a quote is never closed.
 */
export function shellWords(line: string): string[] | undefined {
  const found: string[] = [];
  const part = /\s+|'([^']*)'|"((?:\\.|[^"\\])*)"|\\(.)|([^\s'"\\]+)|(['"\\])/gsy;
  let word: string | undefined;
  for (const [all, single, double, escaped, plain, open] of line.matchAll(part)) {
    if (open !== undefined) return undefined;
    if (single === undefined && double === undefined && escaped === undefined && plain === undefined) {
      if (word !== undefined) found.push(word);
      word = undefined;
    } else word = (word ?? '') + (single ?? double?.replaceAll(/\\(["\\$`\n])/g, '$1') ?? escaped ?? plain ?? all);
  }
  return word === undefined ? found : [...found, word];
}
