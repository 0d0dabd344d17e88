// Measures how long commands take that do little, beside bare Node's start. The median of several runs is printed.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const program = join(import.meta.dirname, '..', 'bin', 'repoctl.mjs');
const runs = 15;

function median(args: readonly string[]): number {
  const times = Array.from({ length: runs }, () => {
    const started = performance.now();
    spawnSync(process.execPath, args, { cwd: join(import.meta.dirname, '..') });
    return performance.now() - started;
  });
  return times.sort((a, b) => a - b)[Math.floor(runs / 2)] ?? Number.NaN;
}

const bare = median(['-e', '0']);
const commands = [['--help'], ['infra', 'list'], ['__complete', '--', 'infra', 'project', 'start', ''], ['validate']];
console.log(`node -e 0: ${bare.toFixed(0)} ms`);
for (const command of commands) {
  const time = median([program, ...command]);
  console.log(`repoctl ${command.join(' ').trim()}: ${time.toFixed(0)} ms, ${(time / bare).toFixed(1)} times that`);
}
