import type { Environment, ProfileName, Project } from '../../charts/model.ts';
import type { Cluster } from '../cluster/client.ts';
import type { ClusterOptions } from '../cluster/kubeconfig.ts';
import { findRoot } from '../config/root.ts';
import { findProject } from '../config/select-projects.ts';
import { loadLastGood } from '../synth/last-good.ts';
import { isPlanned, projectCalled } from '../synth/left-behind.ts';
import { synthesized } from '../synth/plan-queries.ts';
import { readLeftStores } from './locate-left-stores.ts';
import { locateStores, type ProjectStores } from './locate-stores.ts';

export interface SubjectOptions extends ClusterOptions {
  /** What the cluster's manifests were made for. @default local */
  readonly profile?: ProfileName;
  /** Prints a line of progress. */
  readonly report: (line: string) => void;
}

/** A project, and where its data is. */
export interface Subject extends ProjectStores {
  readonly root: string;
  readonly environment: Pick<Environment, 'name' | 'namespace'>;
  readonly profile: ProfileName;
  readonly project: Pick<Project, 'name' | 'namespace'>;
}

/**
 * The project that is meant by a name: one of the configuration, or one that the cluster still has and it no longer.
 *
 * @throws UsageError if there is neither
 */
export async function findSubjectIn(
  cluster: Cluster,
  name: string,
  profileName: ProfileName = 'local',
): Promise<Subject> {
  const { root, plan } = await synthesized(profileName, { runCharts: false });
  const found = await projectCalled(cluster, plan, name);
  if (isPlanned(found)) return findSubject(found.project ?? found.name, profileName, root);
  const { environment } = loadLastGood(root, { profile: profileName, development: true, environmentFilesOf: [] });
  const project = { name: found.project, namespace: found.name };
  return {
    root,
    environment,
    profile: profileName,
    project,
    ...(await readLeftStores(cluster, { environment, project })),
  };
}

/**
 * The project of the configuration that is meant by a name.
 *
 * @param root default: the folder with repoctl.yaml at or above the working folder
 */
export function findSubject(name: string, profileName: ProfileName = 'local', root = findRoot(process.cwd())): Subject {
  const { environment, profile } = loadLastGood(root, {
    profile: profileName,
    development: true,
    environmentFilesOf: [],
  });
  const project = findProject(environment, name);
  return { root, environment, profile: profileName, project, ...locateStores({ environment, profile, project }) };
}
