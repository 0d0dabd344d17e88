import { z } from 'zod';
import { claimCopies } from '../claim-copies.ts';
import type { DataStore } from '../data-store.ts';
import { type PartKind, partFields } from '../part.ts';
import type { ClaimServer } from '../service-pods.ts';

const schema = z.object({
  kind: z.literal('volume'),
  ...partFields,
  /** Name under `volumes`. */
  volume: z.string().min(1),
  /** The number of the pod whose it is, if each has one. */
  ordinal: z.int().min(0).optional(),
});

type VolumePart = z.output<typeof schema>;

const nameOf = ({ service, volume, ordinal }: Pick<VolumePart, 'service' | 'volume' | 'ordinal'>): string =>
  [service, volume, ...(ordinal === undefined ? [] : [ordinal])].join('-');

/** A claim under `volumes` of a workload or of a service of any image, since format 3. */
export const volumePart = {
  kind: 'volume',
  schema,
  describe: (part) => `${nameOf(part)} volume`,
} as const satisfies PartKind<VolumePart>;

/** The data in a claim under `volumes`: what it means only its own program knows. */
export function volumeStore(server: ClaimServer, volume: string, ordinal?: number): DataStore {
  const name = nameOf({ service: server.service, volume, ordinal });
  return {
    server,
    copies: claimCopies(volumePart, server, { fields: { volume, ordinal }, name }),
    isWorkloads: server.workloads !== undefined,
  };
}
