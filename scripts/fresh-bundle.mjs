import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

const root = new URL('..', import.meta.url).pathname;

/** Makes the bundle again if the sources have changed since it was made. */
export async function freshBundle() {
  const bundle = join(root, 'build', 'cli.js');
  const made = existsSync(bundle) ? statSync(bundle).mtimeMs : 0;
  const changed = (folder) =>
    readdirSync(folder, { withFileTypes: true }).some((entry) => {
      const path = `${folder}/${entry.name}`;
      return entry.isDirectory()
        ? changed(path) || statSync(path).mtimeMs > made
        : entry.name.endsWith('.ts') && statSync(path).mtimeMs > made;
    });
  if (changed(join(root, 'charts')) || changed(join(root, 'src'))) await import('./build.mjs');
}
