import { defaultUser } from '../../../charts/common/security.ts';
import type { ContainerSettings } from '../../../charts/constructs/container-service.ts';
import { pullOf } from '../../../charts/wiring.ts';
import { claimCopies, claimPart } from '../claim-copies.ts';
import type { DataStore, StoreKind } from '../data-store.ts';
import { type ClaimServer, podOf } from '../service-pods.ts';

/** The claim of a service of any image, since format 2. */
export const containerPart = claimPart('claim', ({ service }) => `${service} claim`);

// What is in it only its own program knows.
const storeOf = (server: ClaimServer): DataStore => ({ server, copies: claimCopies(containerPart, server) });

/** Services of the kind `container`: the claim is copied while the service is stopped. */
export const containerStore: StoreKind = {
  locate(service, { profile, project }) {
    const { storage, user: given, group, security } = service.settings as ContainerSettings;
    // If the image itself sets its user, the user is unknown here: root can read and write everything.
    const user = given ?? (security ? 0 : defaultUser);
    return storage && storeOf({ ...podOf(service), folder: storage.path, user, group, pull: pullOf(profile, project) });
  },
  locateLeft: (servers) => servers.flatMap(({ claim }) => (claim ? [storeOf(claim)] : [])),
};
