import { imageReference } from '../../charts/common/fields.ts';
import { images } from '../../charts/common/images.ts';

/** What a compose file's image is to us. */
export type Backing = 'postgres' | 'redis' | 'minio' | 'minio-client' | 'pgadmin' | 'immudb' | 'tool' | 'other';

const backings: Readonly<Record<string, Backing>> = {
  postgres: 'postgres',
  'postgis/postgis': 'postgres',
  'pgvector/pgvector': 'postgres',
  redis: 'redis',
  'valkey/valkey': 'redis',
  'bitnami/redis': 'redis',
  'minio/minio': 'minio',
  'minio/mc': 'minio-client',
  'dpage/pgadmin4': 'pgadmin',
  'codenotary/immudb': 'immudb',
  'redis/redisinsight': 'tool',
  'rediscommander/redis-commander': 'tool',
};

/** How an image that is no kind of ours is run: its port, and the user that it is made for. */
export interface KnownImage {
  readonly port: number;
  readonly user: number;
  readonly scheme?: string;
}

const known: Readonly<Record<string, KnownImage>> = {
  rabbitmq: { port: 5672, user: 999, scheme: 'amqp' },
  mysql: { port: 3306, user: 999, scheme: 'mysql' },
  mariadb: { port: 3306, user: 999, scheme: 'mysql' },
  mongo: { port: 27017, user: 999, scheme: 'mongodb' },
  memcached: { port: 11211, user: 11211, scheme: 'memcached' },
  nats: { port: 4222, user: 1000, scheme: 'nats' },
  elasticsearch: { port: 9200, user: 1000 },
  'getmeili/meilisearch': { port: 7700, user: 1000 },
  'qdrant/qdrant': { port: 6333, user: 1000 },
  'axllent/mailpit': { port: 8025, user: 1000 },
};

/** An image reference as its repository, without a registry, and its tag: `registry.example.com/library/postgres:16` is `postgres` and `16`. */
export function imageParts(reference: string): { repository: string; tag?: string } {
  const [, repository = '', tag] = /^(.*?)(?::([\w.-]+))?(?:@.*)?$/.exec(reference) ?? [];
  return { repository: repository.replace(/^[^/]+[.:][^/]*\//, '').replace(/^library\//, ''), tag };
}

export const backingOf = (reference: string): Backing => backings[imageParts(reference).repository] ?? 'other';

export const knownImage = (reference: string): KnownImage | undefined => known[imageParts(reference).repository];

/** Whether an image can be run as it is named: it needs a version. */
export const isPinned = (reference: string): boolean => imageReference.safeParse(reference).success;

/**
 * The `image` of a PostgreSQL: none if it is the same major version as the pinned one. Those that are based on Alpine are
 * replaced by the others, whose user is the one that the kind runs as.
 */
export function postgresImage(reference: string): string | undefined {
  const { repository, tag = 'latest' } = imageParts(reference);
  const plain = tag.replace(/-?alpine[\d.]*$/, '');
  const major = (text: string) => text.match(/^\d+/)?.[0];
  const pinned = major(imageParts(images.postgres).tag ?? '');
  if (repository === 'postgres' && (major(plain) === undefined || major(plain) === pinned)) return undefined;
  const image = `${repository}:${plain}`;
  return isPinned(image) ? image : undefined;
}
