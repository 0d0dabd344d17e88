import { backupCheckLabels, backupLabels } from './common/backup-labels.ts';
import type { SecretReference } from './common/connection.ts';
import { databaseClusterOf } from './common/database-cluster-of.ts';
import { addressPeers, type Flow, type PodFlows, podsPeer } from './common/flow.ts';
import type { Service } from './common/kind.ts';
import { objectName } from './common/names.ts';
import { type BackedUpSettings, type Backup, storeKeys } from './common/scheduled-backup.ts';
import { serviceKinds } from './kinds.ts';
import type { Profile } from './model.ts';

/** The scheduled backups of a service that runs in the cluster; none if it has none in the profile. */
export function backupOf({ backup }: Profile, { kind, settings }: Service): Backup | undefined {
  if (!backup || !serviceKinds[kind]?.addBackup) return undefined;
  const { backup: own } = settings as BackedUpSettings;
  if (own === false) return undefined;
  const said = Object.entries(own ?? {}).filter(([, value]) => value !== undefined);
  return { ...backup, ...Object.fromEntries(said) };
}

/** The Secret of a namespace with which pods reach the bucket. */
export const storeSecret = (backup: Backup, scope: string, environment: string): SecretReference => ({
  name: backup.secret ?? objectName(scope, 'backup-store'),
  keys: storeKeys(backup).map((key) => ({ key, variable: key, owner: environment, generated: false })),
});

/** What the pods connect to that back a service up and check its backups. */
export function backupFlows(profile: Profile, service: Service, server: Flow): PodFlows[] {
  const backup = backupOf(profile, service);
  if (!backup) return [];
  // Its own pods archive to the bucket.
  if (databaseClusterOf(service.settings)) return [];
  const { flow: store, hosts } = toStore(backup);
  const making: PodFlows = { labelled: backupLabels(service), ingress: [], egress: [server, store], hosts };
  const checking: PodFlows = { labelled: backupCheckLabels(service), ingress: [], egress: [store], hosts };
  return backup.check === false ? [making] : [making, checking];
}

/** From pods to the bucket of backups. */
export const toStore = (backup: Backup): { readonly flow: Flow; readonly hosts: readonly string[] } => ({
  flow: {
    peers: backup.pods ? [podsPeer(backup.pods)] : addressPeers(backup.cidrs),
    ports: [{ port: storePort(backup.endpoint), protocol: 'TCP' }],
  },
  hosts: backup.pods ? [] : [new URL(backup.endpoint).hostname],
});

const storePort = (endpoint: string): number => {
  const { port, protocol } = new URL(endpoint);
  return port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port);
};
