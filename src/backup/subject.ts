import type { Environment, ProfileName, Project } from '../../charts/model.ts';
import type { ClusterOptions } from '../cluster/kubeconfig.ts';
import { findRoot } from '../config/root.ts';
import { findProject } from '../config/select-projects.ts';
import { loadLastGood } from '../synth/last-good.ts';
import { type Inventory, inventory } from './inventory.ts';

export interface SubjectOptions extends ClusterOptions {
  /** What the cluster's manifests were made for. @default local */
  readonly profile?: ProfileName;
  /** Says what is being done. */
  readonly report: (line: string) => void;
}

/** A project, and what holds its data. */
export interface Subject {
  readonly root: string;
  readonly environment: Environment;
  readonly profile: ProfileName;
  readonly project: Project;
  readonly inventory: Inventory;
}

/**
 * The project that is meant by a name.
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
  return { root, environment, profile: profileName, project, inventory: inventory(environment, profile, project) };
}
