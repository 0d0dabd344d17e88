/**
 * The SHA-256 of a file in a list that its vendor publishes: lines of `checksum  name` as `sha256sum` writes them, or
 * nothing but a checksum.
 */
export function listedChecksum(list: string, name: string): string | undefined {
  const lines = list
    .split('\n')
    .map((line) => line.trim().split(/\s+\*?/))
    .filter(([sum = '']) => /^[0-9a-f]{64}$/i.test(sum));
  const named = lines.find(([, file]) => file?.split('/').at(-1) === name);
  const alone = lines.length === 1 && lines[0]?.length === 1 ? lines[0] : undefined;
  return (named ?? alone)?.[0]?.toLowerCase();
}
