import { isManaged } from '../../charts/wiring.ts';
import type { DataStore, Located } from './data-store.ts';
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
  const services = [...environment.services.filter(({ kind }) => kind in project.uses), ...project.services];
  const here = services.filter((service) => !isManaged(profile, service));
  const stores = Object.entries(storeKinds).flatMap(([name, kind]) =>
    here.flatMap((service) => (service.kind === name ? (kind?.locate(service, located) ?? []) : [])),
  );
  const managed = services.filter((service) => !here.includes(service));
  return {
    stores,
    skipped: [
      ...managed.map(({ name }) => ({ service: name, reason: 'it is managed: its provider backs it up' })),
      ...stores.flatMap(({ server, copies }) =>
        typeof copies === 'string' ? [{ service: server.service, reason: copies }] : [],
      ),
    ],
  };
}
