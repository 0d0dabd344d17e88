// Bundles the command line (build/cli.js), the thread that helps it (build/thread.js), the one that runs projects' own
// charts (build/chart-thread.js) and what these can import (build/index.js, build/constructs.js).
// --clean removes what earlier builds left; a program that is running may still need it.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { sourceDigest } from './source-digest.mjs';

/**
 * What the reading of kubeconfigs brings along and never uses: the generated API client, and a fetch of its own. They are most of
 * what would have to be compiled at each start.
 */
const unused = {
  name: 'unused',
  setup(build) {
    const within = /@kubernetes[\\/]client-node[\\/]dist[\\/]config\.js$/;
    build.onResolve({ filter: /^(\.\/gen\/index\.js|node-fetch)$/ }, ({ path, importer }) =>
      within.test(importer) ? { path, namespace: 'unused' } : undefined,
    );
    build.onLoad({ filter: /.*/, namespace: 'unused' }, () => ({
      contents: 'export const Headers = undefined, ServerConfiguration = undefined, createConfiguration = undefined;',
    }));
  },
};

const root = new URL('..', import.meta.url).pathname;
const digest = sourceDigest(root);
if (process.argv.includes('--clean')) rmSync(join(root, 'build'), { recursive: true, force: true });

await build({
  absWorkingDir: root,
  entryPoints: {
    cli: 'src/cli/main.ts',
    index: 'src/index.ts',
    constructs: 'src/constructs.ts',
    thread: 'src/synth/thread.ts',
    'chart-thread': 'src/synth/chart-thread.ts',
  },
  outdir: 'build',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  // Beside the entries: threads.ts looks for the thread's program in its own folder.
  chunkNames: '[name]-[hash]',
  sourcemap: 'linked',
  logLevel: 'warning',
  // A project's chart.ts must get the same cdk8s as repoctl itself, and tsx brings a compiler.
  external: ['cdk8s', 'cdk8s-plus-28', 'cdk8s-plus-28/*', 'constructs', 'tsx'],
  // Only the reading of kubeconfigs is used; the rest of the client, 20 MB, takes most of a second to load.
  alias: { '@kubernetes/client-node': join(root, 'node_modules', '@kubernetes', 'client-node', 'dist', 'config.js') },
  plugins: [unused],
  // Less to read and to compile; names stay, so that stacks can be read.
  minifyWhitespace: true,
  define: { REPOCTL_BUILD: JSON.stringify(digest) },
  banner: {
    js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
  },
});
