#!/usr/bin/env node
// Runs scripts of package.json side by side: side-by-side.mjs NAME... [-- ARGUMENT...]
//
// After "--" the last script prints as it goes on, and gets the arguments. What each of the others printed follows whole, once
// all have ended. Exits with 1 if one of them failed.
import { readFileSync } from 'node:fs';
import { execa } from 'execa';

const { scripts } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
const words = process.argv.slice(2);
const end = words.indexOf('--');
const names = end < 0 ? words : words.slice(0, end);
const rest = end < 0 ? [] : words.slice(end + 1);
const unknown = names.filter((name) => !scripts[name]);
if (names.length === 0 || unknown.length > 0) throw new Error(`no scripts in package.json: ${unknown.join(', ')}`);

const last = end < 0 ? undefined : names.at(-1);
const quoted = (word) => `'${word.replaceAll("'", "'\\''")}'`;
const ended = await Promise.all(
  names.map(async (name) => {
    const began = performance.now();
    const command = name === last ? [scripts[name], ...rest.map(quoted)].join(' ') : scripts[name];
    const output = name === last ? { stdio: 'inherit' } : { all: true, stdin: 'ignore' };
    const { failed, all = '' } = await execa(command, { shell: true, preferLocal: true, reject: false, ...output });
    return { name, failed, all, seconds: ((performance.now() - began) / 1000).toFixed(1) };
  }),
);
for (const { name, failed, all, seconds } of ended) {
  if (all) console.error(`\n${name}:\n${all}`);
  console.error(`${name} ${failed ? 'FAILED' : 'passed'} in ${seconds} s`);
}
process.exitCode = ended.some(({ failed }) => failed) ? 1 : 0;
