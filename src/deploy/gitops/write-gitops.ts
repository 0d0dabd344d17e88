import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { stringify } from 'yaml';
import type { ProfileName } from '../../../charts/model.ts';
import { mustBeInside } from '../../config/configured-path.ts';
import { UsageError } from '../../platform/errors.ts';
import { attempt } from '../../platform/process/run.ts';
import { synthesized } from '../../synth/plan-queries.ts';
import { argoFiles } from './argocd.ts';
import { fluxFiles } from './flux.ts';
import type { GitopsFile, Source } from './gitops-files.ts';

const filesOf = { argocd: argoFiles, flux: fluxFiles } as const;
export type GitopsTool = keyof typeof filesOf;

export interface GitopsOptions {
  readonly profile: ProfileName;
  readonly tool: GitopsTool;
  /** @default the URL of `origin` */
  readonly repository?: string;
  readonly revision: string;
  /** @default `dist/<profile>` */
  readonly path?: string;
}

/** What was written, and what remains to be done. */
export interface WrittenGitops {
  readonly written: readonly string[];
  readonly removed: readonly string[];
  readonly remarks: readonly string[];
}

/** Stands above what repoctl has written, so that it may write it again. */
const mark = '# Written by `repoctl gitops init`; run it again after a change of the projects.\n';

/**
 * Writes into the repository what Argo CD or Flux need to apply its manifests.
 *
 * @throws UsageError if the profile is for development, or somebody else's file is in the way
 */
export async function writeGitops({ profile, tool, revision, ...given }: GitopsOptions): Promise<WrittenGitops> {
  const { root, plan, profiles } = await synthesized(profile, { development: false, tolerant: false });
  const { development = true, gitops } = profiles[profile] ?? {};
  if (development)
    throw new UsageError(
      `the profile ${profile} is for development`,
      'Name one of real clusters: --profile production',
    );
  const path = given.path ?? `dist/${profile}`;
  const source: Source = { repository: given.repository ?? (await originOf(root)), revision, path };
  const files = filesOf[tool](plan, source);
  const folder = join(root, 'gitops', tool, profile);
  mustBeInside(root, folder);
  const theirs = files.find((file) => !isOurs(join(root, file.path)));
  if (theirs)
    throw new UsageError(`${theirs.path} is there already, and repoctl did not write it`, 'Move it elsewhere');
  const removed = stale(root, folder, files);
  for (const each of removed) rmSync(join(root, each));
  const written = files.filter((file) => writeChanged(join(root, file.path), mark + stringify(file.content)));
  const remarks = [
    ...((await isIgnored(root, path))
      ? [`${path} is ignored by Git, and ${tool} reads it there: take it out of .gitignore`]
      : []),
    ...(tool === 'argocd' && gitops !== 'argocd'
      ? [`set profiles.${profile}.gitops: argocd in repoctl.yaml, so that the objects have sync waves`]
      : []),
  ];
  return { written: written.map((file) => file.path), removed, remarks };
}

function writeChanged(file: string, text: string): boolean {
  if (existsSync(file) && readFileSync(file, 'utf8') === text) return false;
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  return true;
}

const isOurs = (file: string): boolean => !existsSync(file) || readFileSync(file, 'utf8').startsWith(mark);

/** What an earlier run wrote for namespaces that there no longer are. */
function stale(root: string, folder: string, files: readonly GitopsFile[]): string[] {
  if (!existsSync(folder)) return [];
  const wanted = new Set(files.map(({ path }) => path));
  const prefix = folder.slice(root.length + 1);
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => `${prefix}/${name}`)
    .filter((path) => path.endsWith('.yaml') && !wanted.has(path) && isOurs(join(root, path)))
    .sort();
}

async function originOf(root: string): Promise<string> {
  const { exitCode, stdout } = await attempt('git', ['-C', root, 'remote', 'get-url', 'origin']);
  if (exitCode === 0 && stdout.trim() !== '') return stdout.trim();
  throw new UsageError('the repository has no remote called origin', 'Name where the cluster finds it: --repo URL');
}

const isIgnored = async (root: string, path: string): Promise<boolean> =>
  (await attempt('git', ['-C', root, 'check-ignore', '--quiet', `${path}/plan.json`])).exitCode === 0;
