#!/usr/bin/env node
// Starts the bundle. In a checkout the bundle is made again when the sources have changed.
import { existsSync, readdirSync, statSync } from 'node:fs';
import module from 'node:module';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const bundle = join(root, 'build', 'cli.js');

const made = existsSync(bundle) ? statSync(bundle).mtimeMs : 0;
const changed = (folder) =>
  readdirSync(folder, { withFileTypes: true }).some((entry) => {
    const path = `${folder}/${entry.name}`;
    return entry.isDirectory()
      ? changed(path) || statSync(path).mtimeMs > made
      : entry.name.endsWith('.ts') && statSync(path).mtimeMs > made;
  });
if (existsSync(join(root, 'scripts', 'build.mjs')) && (changed(join(root, 'charts')) || changed(join(root, 'src')))) {
  await import('../scripts/build.mjs');
}

// From Node 22.1 on what was compiled at one start is not compiled again at the next.
module.enableCompileCache?.();
const { run } = await import('../build/cli.js');
await run(process.argv.slice(2));
