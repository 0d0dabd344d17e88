import type { ProposedFile } from './files.ts';

/** Patterns that cover another: with one of them a line needs not be added. */
const covering: Readonly<Record<string, readonly string[]>> = {
  'dist/': ['dist/', 'dist', '/dist/', '/dist', '**/dist', '**/dist/'],
  'node_modules/': ['node_modules/', 'node_modules', '/node_modules/', '/node_modules', '**/node_modules'],
  'backups/': ['backups/', 'backups', '/backups/', '/backups', '**/backups', '**/backups/'],
  '.env': ['.env', '.env*', '**/.env', '*.env'],
};

/**
 * The lines that `.gitignore` lacks, or nothing.
 *
 * @param given its text, if there is one
 */
export function gitIgnoreLines(given: string | undefined, wanted: readonly string[]): ProposedFile[] {
  const lines = (given ?? '').split(/\r?\n/).map((line) => line.trim());
  const lacking = wanted.filter((line) => !(covering[line] ?? [line]).some((pattern) => lines.includes(pattern)));
  if (lacking.length === 0) return [];
  const text = `${lacking.join('\n')}\n`;
  return [
    { path: '.gitignore', text: given === undefined || given === '' ? text : `\n# repoctl\n${text}`, append: true },
  ];
}
