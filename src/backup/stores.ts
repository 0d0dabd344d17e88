import { jaegerFolder, jaegerUser } from '../../charts/constructs/jaeger.ts';
import { mailpitFolder, mailpitUser } from '../../charts/constructs/mailpit.ts';
import { prometheusFolder, prometheusUser } from '../../charts/constructs/prometheus.ts';
import type { ServiceKindName } from '../../charts/kinds.ts';
import type { StoreKind } from './data-store.ts';
import type { PartKind } from './part.ts';
import { cassandraStore } from './stores/cassandra.ts';
import { claimStore } from './stores/claim.ts';
import { containerPart, containerStore } from './stores/container.ts';
import { immudbPart, immudbStore } from './stores/immudb.ts';
import { bucketPart, minioStore } from './stores/minio.ts';
import { opensearchStore } from './stores/opensearch.ts';
import { postgresPart, postgresStore } from './stores/postgres.ts';
import { rabbitmqStore } from './stores/rabbitmq.ts';
import { redisStore } from './stores/redis.ts';
import { volumePart } from './stores/volume.ts';

/** A tool: what it has can be made again. */
const withoutData = undefined;

/**
 * The kinds of service with what backups know of them, in the order in which they are saved and restored. Objects come
 * last: rows may refer to objects, so these may be newer, but none may be missing.
 */
export const storeKinds: Readonly<Record<ServiceKindName, StoreKind | undefined>> = {
  postgres: postgresStore,
  immudb: immudbStore,
  container: containerStore,
  cassandra: cassandraStore,
  opensearch: opensearchStore,
  mailpit: claimStore(mailpitFolder, mailpitUser),
  jaeger: claimStore(jaegerFolder, jaegerUser),
  prometheus: claimStore(prometheusFolder, prometheusUser),
  minio: minioStore,
  redis: redisStore,
  rabbitmq: rabbitmqStore,
  pgadmin: withoutData,
  pgbouncer: withoutData,
  'redis-insight': withoutData,
  'redis-commander': withoutData,
};

/** The kinds of part that a backup can have. */
export const partKinds = {
  postgres: postgresPart,
  immudb: immudbPart,
  claim: containerPart,
  volume: volumePart,
  bucket: bucketPart,
};

/** The kind of a part. */
export const partKind = (kind: string): PartKind => partKinds[kind as keyof typeof partKinds] as PartKind;
