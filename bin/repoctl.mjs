#!/usr/bin/env node
// Starts the bundle. In a checkout the bundle is made again when the sources have changed.
import { existsSync } from 'node:fs';
import module from 'node:module';

const checkout = new URL('../scripts/fresh-bundle.mjs', import.meta.url);
if (existsSync(checkout)) await (await import(checkout.href)).freshBundle();

// From Node 22.1 on what was compiled at one start is not compiled again at the next.
module.enableCompileCache?.();
const { run } = await import('../build/cli.js');
await run(process.argv.slice(2));
