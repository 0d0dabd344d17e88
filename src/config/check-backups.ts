import { backupOf } from '../../charts/backups.ts';
import { backupCheckLabels, backupLabels } from '../../charts/common/backup-labels.ts';
import { maximumObjectName } from '../../charts/common/fields.ts';
import type { Service } from '../../charts/common/kind.ts';
import { globalPath } from '../../charts/kinds.ts';
import type { Environment, Project } from '../../charts/model.ts';
import { isManaged } from '../../charts/wiring.ts';
import { pathText, type Refuse } from './problem.ts';

/** Refuses what the scheduled backups of services can't be beside. */
export function checkBackups(environment: Environment, project: Project | undefined, refuse: Refuse): void {
  const profiles = Object.values(environment.profiles).filter(({ backup }) => backup);
  const { services } = project ?? environment;
  const workloads = project?.workloads ?? [];
  const pathOf = ({ name }: Service) => (project ? ['services', name] : globalPath(name));
  for (const service of services) {
    const backups = profiles.flatMap((profile) => {
      const backup = isManaged(profile, service) ? undefined : backupOf(profile, service);
      return backup ? [{ profile: profile.name, ...backup }] : [];
    });
    const [first] = backups;
    if (!first) continue;
    const path = pathOf(service);
    const made = [backupLabels(service), backupCheckLabels(service)];
    const longest = made.map(({ object }) => object).toSorted((one, other) => other.length - one.length)[0] ?? '';
    if (longest.length > maximumObjectName)
      refuse(
        path,
        `${pathText(path)}: its backups in the profile ${first.profile} are "${longest}", of ${longest.length} characters; allowed: ` +
          `${maximumObjectName}. Shorten the name, or say backup: false`,
        'key',
      );
    for (const { name } of made) {
      const other = services.find((each) => each.name === name);
      const place = other ? pathOf(other) : ['workloads', name];
      if (other ?? workloads.some((each) => each.name === name))
        refuse(
          place,
          `${pathText(place)}: the name is taken by the backups of ${service.name} in the profile ${first.profile}; choose another`,
          'key',
        );
    }
    const { image = '' } = service.settings as { readonly image?: string };
    const encrypted = backups.find(({ encryption }) => encryption === 'gpg');
    if (encrypted && /:[^/]*alpine/.test(image))
      refuse(
        path,
        `${pathText(path)}: ${image} has no gpg, which the backups of the profile ${encrypted.profile} need for encryption: gpg; use an ` +
          'image of Debian, such as postgres:16.11',
        'key',
      );
  }
  const taken = services.find(({ name }) => name === 'backup-store');
  if (taken && services.some((service) => profiles.some((profile) => backupOf(profile, service))))
    refuse(
      pathOf(taken),
      `${pathText(pathOf(taken))}: the name is taken by the Secret ${taken.object} of backups; choose another`,
      'key',
    );
}
