// Bundles the command line (build/cli.js) and what projects' chart.ts can import (build/index.js).
import { build } from 'esbuild';
import { sourceDigest } from './source-digest.mjs';

const root = new URL('..', import.meta.url).pathname;
const digest = sourceDigest(root);

await build({
  absWorkingDir: root,
  entryPoints: ['src/cli.ts', 'src/index.ts'],
  outdir: 'build',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  chunkNames: 'chunks/[name]-[hash]',
  sourcemap: 'linked',
  logLevel: 'warning',
  // A project's chart.ts must get the same cdk8s as repoctl itself, and tsx brings a compiler.
  external: ['cdk8s', 'cdk8s-plus-28', 'cdk8s-plus-28/*', 'constructs', 'tsx', '@kubernetes/client-node'],
  define: { REPOCTL_BUILD: JSON.stringify(digest) },
  banner: {
    js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
  },
});
