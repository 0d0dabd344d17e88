import leven from 'leven';

/** The candidate that is most like a word, if one is like it: at most a third of its letters differ. */
export function nearest(word: string, candidates: Iterable<string>): string | undefined {
  let best: string | undefined;
  let least = Math.max(1, Math.floor(word.length / 3)) + 1;
  for (const candidate of candidates) {
    const distance = leven(word.toLowerCase(), candidate.toLowerCase());
    if (distance < least) [best, least] = [candidate, distance];
  }
  return best;
}

/** What is allowed and what may have been meant, as the end of a message. */
export function suggestion(word: string, allowed: readonly string[]): string {
  const near = nearest(word, allowed);
  const list = allowed.length === 0 ? 'none' : [...allowed].sort().join(', ');
  return `allowed: ${list}${near === undefined ? '' : `; did you mean "${near}"?`}`;
}
