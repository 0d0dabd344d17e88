import { apiVersions } from './api-versions.ts';
import type { DatabaseCluster } from './database-cluster.ts';
import type { ManifestObject } from './manifest-object.ts';

// Apart from the field's schema, which the health report must not load.

/** The Cluster that a service is in the profile; none of all others. */
export const databaseClusterOf = (settings: unknown): DatabaseCluster | undefined =>
  (settings as { readonly cluster?: DatabaseCluster } | undefined)?.cluster;

/** Of a Cluster with an archive: the cron schedule of its base backups, in UTC. */
export const backupScheduleAnnotation = 'repoctl.dev/backup-schedule';

/** Whether an object is a Cluster of CloudNativePG; other operators have kinds of that name. */
export const isDatabaseCluster = ({ apiVersion, kind }: ManifestObject): boolean =>
  kind === 'Cluster' && apiVersion === apiVersions.Cluster;

/** The label by which its operator's pods are found. */
export const clusterPods = (object: string): Readonly<Record<string, string>> => ({ 'cnpg.io/cluster': object });
