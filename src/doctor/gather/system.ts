import { readFile } from 'node:fs/promises';
import type { SystemFacts } from '../facts.ts';

/** Asks Node and the kernel. */
export async function gatherSystem(): Promise<SystemFacts> {
  const [watches, instances] = await Promise.all(['watches', 'instances'].map(readLimit));
  return {
    platform: process.platform,
    architecture: process.arch,
    node: process.versions.node,
    inotify: watches !== undefined && instances !== undefined ? { watches, instances } : undefined,
  };
}

async function readLimit(name: string): Promise<number | undefined> {
  try {
    return Number(await readFile(`/proc/sys/fs/inotify/max_user_${name}`, 'utf8'));
  } catch {
    return undefined;
  }
}
