/**
 * Whether a version is a minimum or newer. Only `major.minor.patch` counts: a vendor's suffix (`20.10.24+dfsg1`) and
 * a pre-release (`0.38.0-dev`) are taken for the version they belong to; parts that are not given are 0.
 */
export function isAtLeast(version: string, minimum: string): boolean {
  const [given, wanted] = [parts(version), parts(minimum)];
  for (const [index, part] of wanted.entries()) {
    const difference = (given[index] ?? 0) - part;
    if (difference !== 0) return difference > 0;
  }
  return true;
}

const parts = (version: string): number[] =>
  (/^v?(\d+(?:\.\d+){0,2})/.exec(version)?.[1] ?? '0').split('.').map(Number);
