import type { Service } from '../../charts/common/kind.ts';
import { serviceKinds } from '../../charts/kinds.ts';
import { isManaged } from '../../charts/wiring.ts';
import type { DataStore, Located } from './data-store.ts';
import { locateVolumes } from './locate-volumes.ts';
import { storeKinds } from './stores.ts';

/** Where the data of a project is. */
export interface ProjectStores {
  /** In the order in which they are saved and restored. */
  readonly stores: readonly DataStore[];
  /** What holds data that isn't backed up, and why. */
  readonly skipped: readonly { readonly service: string; readonly reason: string }[];
}

/** Finds the data of a project in the configuration alone. */
export function locateStores(located: Located): ProjectStores {
  const { environment, profile, project } = located;
  const services = [
    ...environment.services.filter(({ name }) => Object.hasOwn(project.uses, name)),
    ...project.services,
  ];
  const here = services.filter((service) => !isManaged(profile, service));
  const undivided = here.filter(isUndivided);
  const stores = Object.entries(storeKinds).flatMap(([name, kind]) =>
    here.flatMap((service) =>
      service.kind === name && !isUndivided(service) ? (kind?.locate(service, located) ?? []) : [],
    ),
  );
  const managed = services.filter((service) => !here.includes(service));
  return {
    // Rows may refer to files as well.
    stores: [...stores, ...locateVolumes(located)],
    skipped: [
      ...managed.map(({ name }) => ({ service: name, reason: 'it is managed: its provider backs it up' })),
      ...undivided.map(({ name }) => ({ service: name, reason: 'all who use it share what it holds' })),
      ...stores.flatMap(({ server, copies }) =>
        typeof copies === 'string' ? [{ service: server.service, reason: copies }] : [],
      ),
    ],
  };
}

/** Whether a service has no part that is one project's alone, as a database and buckets are: what is done to it is done to all. */
const isUndivided = ({ kind, owner }: Service): boolean =>
  owner.tier === 'global' &&
  serviceKinds[kind]?.use === undefined &&
  storeKinds[kind as keyof typeof storeKinds] !== undefined;
