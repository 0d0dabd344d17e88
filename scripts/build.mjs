// Bundles the command line (build/cli.js), the thread that helps it (build/thread.js), the one that runs projects' own
// charts (build/chart-thread.js) and what these can import (build/index.js, build/constructs.js).
// --clean removes what earlier builds left; a program that is running may still need it.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { bundle } from './bundle.mjs';

if (process.argv.includes('--clean')) {
  rmSync(join(import.meta.dirname, '..', 'build'), { recursive: true, force: true });
}

await bundle(
  {
    cli: 'src/cli/main.ts',
    index: 'src/index.ts',
    constructs: 'src/constructs.ts',
    thread: 'src/synth/thread.ts',
    'chart-thread': 'src/synth/chart-thread.ts',
  },
  'build',
);
