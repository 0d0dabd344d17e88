import { pullOf } from '../../../charts/wiring.ts';
import { claimCopies } from '../claim-copies.ts';
import type { DataStore, StoreKind } from '../data-store.ts';
import { type ClaimServer, podOf } from '../service-pods.ts';
import { containerPart } from './container.ts';

const storeOf = (server: ClaimServer): DataStore => ({ server, copies: claimCopies(containerPart, server) });

/**
 * A kind whose claim is copied while the service is stopped.
 *
 * @param folder where its claim is mounted
 * @param user the uid that its files belong to
 * @param container name of its container
 */
export const claimStore = (folder: string, user: number, container?: string): StoreKind => ({
  locate: (service, { profile, project }) =>
    storeOf({ ...podOf(service, container ?? service.kind), folder, user, pull: pullOf(profile, project) }),
  locateLeft: (servers) => servers.flatMap(({ claim }) => (claim ? [storeOf(claim)] : [])),
});
