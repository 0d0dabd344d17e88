/**
 * Follows the plain progress of BuildKit and gives the steps that it works on, without those that it has in its cache.
 *
 * A step begins with `#8 [build 2/5] COPY …`; `#8 CACHED` follows if there is nothing to do.
 */
export function stepFollower(onStep: (step: string) => void): (line: string) => void {
  const begun = new Map<string, string>();
  return (line) => {
    const [, number = '', rest = ''] = /^#(\d+) (.+)$/.exec(line) ?? [];
    if (rest.startsWith('[')) {
      if (!rest.startsWith('[internal]')) begun.set(number, rest);
      return;
    }
    const step = begun.get(number);
    // Older BuildKit names the step's digest first.
    if (step === undefined || rest.startsWith('sha256:')) return;
    begun.delete(number);
    if (rest !== 'CACHED' && rest !== 'DONE 0.0s') onStep(step);
  };
}
