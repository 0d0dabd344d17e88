import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ProjectMemory } from '../config/project-memory.ts';
import type { PlannedNamespace } from './plan.ts';

/** A namespace that an earlier run made, and what it was made from. */
export interface RememberedNamespace {
  /** Digest of everything that it depends on. */
  readonly key: string;
  /** What its file was like when it was written. */
  readonly stamp: string | undefined;
  readonly plan: PlannedNamespace;
}

/** What a run leaves for the next, so that only what changed is read and made again. Losing it costs time only. */
export interface Cache {
  readonly projects: ProjectMemory;
  /** By name. */
  readonly namespaces: Readonly<Record<string, RememberedNamespace>>;
}

const empty: Cache = { projects: {}, namespaces: {} };

/** Identity of the program: what another version left is not used. Set when the bundle is made. */
declare const REPOCTL_BUILD: string | undefined;
const build = typeof REPOCTL_BUILD === 'undefined' ? undefined : REPOCTL_BUILD;

/** One cache a profile, where tools keep theirs; none where packages are not installed, or when run from source. */
const path = (root: string, profile: string) => join(root, 'node_modules', '.cache', 'repoctl', `${profile}.json`);

export function readCache(root: string, profile: string): Cache {
  try {
    const {
      build: writer,
      of,
      ...cache
    } = JSON.parse(readFileSync(path(root, profile), 'utf8')) as Cache & {
      readonly build: string;
      readonly of: string;
    };
    // Checkouts may share their packages by a link.
    return build !== undefined && writer === build && of === root ? cache : empty;
  } catch {
    return empty;
  }
}

export function writeCache(root: string, profile: string, cache: Cache): void {
  if (build === undefined || !existsSync(join(root, 'node_modules'))) return;
  const file = path(root, profile);
  mkdirSync(join(file, '..'), { recursive: true });
  writeFileSync(`${file}.${process.pid}`, JSON.stringify({ build, of: root, ...cache }));
  renameSync(`${file}.${process.pid}`, file);
}

/** A short digest of a text. */
export const digest = (text: string): string => createHash('sha1').update(text).digest('base64url');
