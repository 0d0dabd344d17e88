import type { DataStore, StoreKind } from '../data-store.ts';
import { globalPod, podOf, type ServicePod } from '../service-pods.ts';

/** A kind of which a project may have one of its own, or use one that others use, too. */
export interface OwnOrShared {
  /** Its name, which is also that of its container. */
  readonly kind: string;
  readonly own: StoreKind;
  /** The data of a project, by its short name, in a shared one. */
  shared(server: ServicePod, project: string): DataStore;
  /** The variable of workloads with its host or URL, from which a left project's is known. */
  readonly variable: string;
}

export const ownOrShared = ({ kind, own, shared, variable }: OwnOrShared): StoreKind => ({
  locate: (service, located) =>
    service.owner.tier === 'global' ? shared(podOf(service, kind), located.project.name) : own.locate(service, located),
  locateLeft(servers, left) {
    const server = globalPod(left.environment, kind);
    const host = left.variables.get(variable)?.value?.replace(/^\w+:\/\//, '');
    return host?.startsWith(`${server.object}.${server.namespace}.`)
      ? [shared(server, left.project.name)]
      : own.locateLeft(servers, left);
  },
});
