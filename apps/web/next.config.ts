import { join } from 'node:path';
import type { NextConfig } from 'next';

/** The folder of pnpm-workspace.yaml. */
const workspace = join(import.meta.dirname, '..');

export default {
  output: 'standalone',
  outputFileTracingRoot: workspace,
  turbopack: { root: workspace },
  // Shared packages are compiled with the application: they need no build of their own, and reload with it.
  transpilePackages: ['@monorepo/api-client'],
  poweredByHeader: false,
} satisfies NextConfig;
