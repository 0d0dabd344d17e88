import leven from 'leven';

/**
 * The candidate that is most like a word, if one is like it: at most a third of its letters differ, or one, but not
 * all. Case does not count, and two letters that changed places count as one.
 */
export function nearest(word: string, candidates: Iterable<string>): string | undefined {
  let best: string | undefined;
  let least = Math.min(word.length - 1, Math.max(1, Math.floor(word.length / 3))) + 1;
  for (const candidate of candidates) {
    const distance = difference(word.toLowerCase(), candidate.toLowerCase());
    if (distance < least) [best, least] = [candidate, distance];
  }
  return best;
}

function difference(word: string, candidate: string): number {
  const swapped = Array.from(
    { length: Math.max(0, word.length - 1) },
    (_, index) => word.slice(0, index) + word[index + 1] + word[index] + word.slice(index + 2),
  );
  return swapped.includes(candidate) ? 1 : leven(word, candidate);
}

/**
 * What is allowed and what may have been meant, as the end of a message.
 *
 * @param otherwise what is allowed beside the names
 */
export function suggestion(word: string, allowed: readonly string[], otherwise?: string): string {
  const names = [...allowed].sort().join(', ');
  const list = [names, otherwise].filter(Boolean).join(', or ') || 'none';
  return `allowed: ${list}${didYouMean(word, allowed)}`;
}

/** What may have been meant, as the end of a message; nothing if no candidate is like the word. */
export function didYouMean(word: string, candidates: Iterable<string>): string {
  const near = nearest(word, candidates);
  return near === undefined ? '' : `; did you mean "${near}"?`;
}
