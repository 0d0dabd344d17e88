import { hash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { ProjectMemory } from '../config/project-memory.ts';
import type { PlannedNamespace } from './plan.ts';
import { path, plannedNamespace } from './plan-file.ts';

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
const cachePath = (root: string, profile: string) => join(root, 'node_modules', '.cache', 'repoctl', `${profile}.json`);

const entry = z.looseObject({ name: z.string(), kind: z.string() });

const project = z.looseObject({
  name: z.string(),
  directory: path,
  images: z.array(
    z.looseObject({
      context: path,
      dockerfile: path,
      sync: z.array(z.looseObject({ from: path })),
      rebuildOn: z.array(path),
    }),
  ),
  services: z.array(entry),
  workloads: z.array(entry),
  manifests: z.array(z.looseObject({ path })),
  chart: path.optional(),
});

const problem = z.looseObject({ file: z.string(), message: z.string() });

/** The contents of the file. Anyone who can write it decides what is applied, but no path in it leads out of the repository. */
const cacheFile = z.object({
  build: z.string(),
  of: z.string(),
  projects: z.record(
    path,
    z.looseObject({
      readFor: z.string(),
      inputs: z.record(z.string(), z.string()),
      read: z.looseObject({ project: project.optional(), problems: z.array(problem) }),
    }),
  ),
  namespaces: z.record(z.string(), z.object({ key: z.string(), stamp: z.string().optional(), plan: plannedNamespace })),
});

/**
 * The cache of a profile. Empty if there is none, if it is damaged, or if another version of repoctl or another checkout
 * wrote it: what is missing is made again.
 *
 * @param root absolute path of the repository
 */
export function readCache(root: string, profile: string): Cache {
  if (build === undefined) return empty;
  try {
    const data: unknown = JSON.parse(readFileSync(cachePath(root, profile), 'utf8'));
    if (!cacheFile.safeParse(data).success) return empty;
    // As it was written: the order of fields is part of what digests are made of.
    const { build: writer, of, ...cache } = data as Cache & { readonly build: string; readonly of: string };
    // Checkouts may share their packages by a link.
    return writer === build && of === root ? cache : empty;
  } catch {
    return empty;
  }
}

/**
 * Replaces the cache of a profile, as a whole or not at all. Does nothing where no packages are installed, or when repoctl
 * runs from source.
 *
 * @throws Error of the file system if it can't be written
 */
export function writeCache(root: string, profile: string, cache: Cache): void {
  if (build === undefined || !existsSync(join(root, 'node_modules'))) return;
  const file = cachePath(root, profile);
  mkdirSync(join(file, '..'), { recursive: true });
  writeFileSync(`${file}.${process.pid}`, JSON.stringify({ build, of: root, ...cache }));
  renameSync(`${file}.${process.pid}`, file);
}

/** A short digest of a text. */
export const digest = (text: string): string => hash('sha1', text, 'base64url');
