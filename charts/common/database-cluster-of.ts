import type { DatabaseCluster } from './database-cluster.ts';

// Apart from the field's schema, which the health report must not load.

/** The Cluster that a service is in the profile; none of all others. */
export const databaseClusterOf = (settings: unknown): DatabaseCluster | undefined =>
  (settings as { readonly cluster?: DatabaseCluster } | undefined)?.cluster;

/** The label by which its operator's pods are found. */
export const clusterPods = (object: string): Readonly<Record<string, string>> => ({ 'cnpg.io/cluster': object });
