import { imageReference } from '../../charts/common/fields.ts';
import { globalKinds, type ServiceKindName, serviceKinds } from '../../charts/kinds.ts';

/** What an image of a compose file becomes. */
export interface Backing {
  /** `container` if no kind stands for it. */
  readonly kind: ServiceKindName;
  /** Why the image is not needed beside services of that kind; none if it is such a service. */
  readonly spared?: string;
}

const backings: ReadonlyMap<string, Backing> = new Map(
  Object.entries({ ...globalKinds, ...serviceKinds }).flatMap(([name, { compose }]): [string, Backing][] => {
    const kind = name as ServiceKindName;
    return [
      ...(compose?.images ?? []).map((image): [string, Backing] => [image, { kind }]),
      ...Object.entries(compose?.spared ?? {}).map(([image, spared]): [string, Backing] => [image, { kind, spared }]),
    ];
  }),
);

/** How an image without a kind of its own is run: its port, and the user that it is made for. */
export interface KnownImage {
  readonly port: number;
  readonly user: number;
  readonly scheme?: string;
}

const known: Readonly<Record<string, KnownImage>> = {
  mysql: { port: 3306, user: 999, scheme: 'mysql' },
  mariadb: { port: 3306, user: 999, scheme: 'mysql' },
  mongo: { port: 27017, user: 999, scheme: 'mongodb' },
  memcached: { port: 11211, user: 11211, scheme: 'memcached' },
  nats: { port: 4222, user: 1000, scheme: 'nats' },
  elasticsearch: { port: 9200, user: 1000 },
  'getmeili/meilisearch': { port: 7700, user: 1000 },
  'qdrant/qdrant': { port: 6333, user: 1000 },
};

/** An image reference as its repository, without a registry, and its tag: `registry.example.com/library/postgres:16` is `postgres` and `16`. */
export function imageParts(reference: string): { repository: string; tag?: string } {
  const [, repository = '', tag] = /^(.*?)(?::([\w.-]+))?(?:@.*)?$/.exec(reference) ?? [];
  return { repository: repository.replace(/^[^/]+[.:][^/]*\//, '').replace(/^library\//, ''), tag };
}

/** The kind of service that an image of a compose file becomes: `container` if no other kind runs it. */
export const backingOf = (reference: string): Backing =>
  backings.get(imageParts(reference).repository) ?? { kind: 'container' };

/** What is known of an image that becomes a `container`, by its repository: its port, the user that it is made for, the scheme of its URLs. None of any other image. */
export const knownImage = (reference: string): KnownImage | undefined => known[imageParts(reference).repository];

/** Whether an image can be run as it is named: it needs a version. */
export const isPinned = (reference: string): boolean => imageReference.safeParse(reference).success;

/** The `image` of a service that a kind stands for; none for that of the kind. */
export function imageOfKind(kind: ServiceKindName, reference: string): string | undefined {
  const { repository, tag } = imageParts(reference);
  const image = (serviceKinds[kind] ?? globalKinds[kind])?.compose?.image?.(repository, tag);
  return image !== undefined && isPinned(image) ? image : undefined;
}
