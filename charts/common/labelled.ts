import { clusterPods, databaseClusterOf } from './database-cluster-of.ts';
import type { Service } from './kind.ts';
import type { Labelled } from './labels.ts';

/** A service or a workload as far as labels go. */
export const labelled = (
  { name, object, owner, settings }: Pick<Service, 'name' | 'object' | 'owner'> & Partial<Pick<Service, 'settings'>>,
  component: string,
): Labelled => ({
  name,
  object,
  owner,
  component,
  ...(databaseClusterOf(settings) && { pods: clusterPods(object) }),
});
