import { backupOf } from '../../charts/backups.ts';
import { databaseClusterOf } from '../../charts/common/database-cluster-of.ts';
import { globalPath } from '../../charts/kinds.ts';
import type { Environment, Project } from '../../charts/model.ts';
import { isManaged } from '../../charts/wiring.ts';
import { pathText, type Refuse } from './problem.ts';

/** The operator adds to the name of a Cluster what its pods and Services are called by. */
const longestName = 50;

/** Refuses what CloudNativePG can't do beside `cluster`. */
export function checkClusters(
  { profiles }: Environment,
  { services }: Pick<Project, 'services'>,
  refuse: Refuse,
): void {
  for (const service of services) {
    const cluster = databaseClusterOf(service.settings);
    if (!cluster) continue;
    const path = ['services', service.name];
    const say = (field: readonly string[], message: string, at: 'key' | 'value' = 'value') =>
      refuse([...path, ...field], `${pathText([...path, ...field])}: ${message}`, at);
    const { separateRoles, initScripts = {} } = service.settings as {
      readonly separateRoles?: boolean;
      readonly initScripts?: Readonly<Record<string, string>>;
    };
    if (separateRoles)
      say(['separateRoles'], 'does not go with cluster, whose login is its operator’s; leave out one of both', 'key');
    const script = Object.keys(initScripts).find((name) => !name.endsWith('.sql'));
    if (script !== undefined)
      say(['initScripts'], `${script} can’t be run by CloudNativePG; allowed: *.sql only, or no cluster`, 'key');
    if (service.object.length > longestName)
      say(
        [],
        `"${service.object}" has ${service.object.length} characters; allowed: ${longestName} with cluster`,
        'key',
      );
    if (cluster.synchronous !== undefined && cluster.synchronous >= cluster.instances)
      say(['cluster', 'synchronous'], `must be less than instances, which is ${cluster.instances}`);
    const real = Object.values(profiles).filter(
      (profile) => !profile.development && !isManaged(profile, service) && backupOf(profile, service),
    );
    const encrypted = real.find((profile) => profile.backup?.encryption === 'gpg');
    if (encrypted)
      say(
        ['cluster'],
        `its archive can’t be encrypted with gpg, as the profile ${encrypted.name} asks for; allowed: backup: false here, or ` +
          `profiles.${encrypted.name}.backup.encryption: none and a bucket that encrypts`,
        'key',
      );
    const elsewhere = real.find((profile) => profile.backup && !/^(Etc\/)?UTC$/.test(profile.backup.timeZone));
    if (elsewhere)
      say(
        ['cluster'],
        `CloudNativePG knows no time zones, and the profile ${elsewhere.name} has backup.timeZone: ${elsewhere.backup?.timeZone}; allowed: ` +
          'UTC, or backup: false here',
        'key',
      );
    const { archive = service.object, recovery } = cluster;
    if (recovery?.archive === archive)
      say(
        ['cluster', 'recovery', 'archive'],
        `must be another than the one it writes to, which is ${archive}; give cluster.archive`,
      );
    if (recovery && real.length === 0) say(['cluster', 'recovery'], 'needs the bucket of `backup` of a profile', 'key');
  }
}

/** Refuses Clusters of the global tier: the Secret of the operator is in one namespace only. */
export function checkGlobalClusters({ services }: Environment, refuse: Refuse): void {
  for (const { name, settings } of services) {
    const path = [...globalPath(name), 'cluster'];
    if (databaseClusterOf(settings))
      refuse(
        path,
        `${pathText(path)}: is for services of a project; the operator’s Secret is in its own namespace only`,
        'key',
      );
  }
}
