import type { ServiceKindName, WorkloadKindName } from '../../../charts/kinds.ts';
import type { DeepCheck } from './check.ts';
import { cassandraLogin } from './checks/cassandra.ts';
import { celeryHeartbeat, celeryTick, workerFile } from './checks/file-age.ts';
import { immudbQuery } from './checks/immudb.ts';
import { jaegerServices } from './checks/jaeger.ts';
import { minioCluster, minioLive } from './checks/minio.ts';
import { opensearchHealth } from './checks/opensearch.ts';
import { pgbouncerSelect } from './checks/pgbouncer.ts';
import { postgresSelect } from './checks/postgres.ts';
import { prometheusTargets } from './checks/prometheus.ts';
import { rabbitmqAlarms } from './checks/rabbitmq.ts';
import { redisPing } from './checks/redis-ping.ts';
import { redisStreams } from './checks/redis-streams.ts';
import { healthRoute } from './checks/route.ts';

const checks: Readonly<Record<ServiceKindName | WorkloadKindName, readonly DeepCheck[]>> = {
  redis: [redisPing, redisStreams],
  minio: [minioLive, minioCluster],
  'redis-insight': [healthRoute],
  'redis-commander': [healthRoute],
  postgres: [postgresSelect],
  immudb: [immudbQuery],
  rabbitmq: [rabbitmqAlarms],
  pgbouncer: [pgbouncerSelect],
  opensearch: [opensearchHealth],
  cassandra: [cassandraLogin],
  mailpit: [healthRoute],
  jaeger: [jaegerServices],
  prometheus: [prometheusTargets],
  pgadmin: [healthRoute],
  container: [healthRoute],
  http: [healthRoute],
  'celery-worker': [celeryHeartbeat],
  'celery-beat': [celeryTick],
  worker: [workerFile, healthRoute],
  statefulset: [workerFile, healthRoute],
  // They end by themselves; only how they ended matters.
  job: [],
  cronjob: [],
};

/** The checks of a kind of service or workload. */
export const checksOf = (kind: string): readonly DeepCheck[] => checks[kind as keyof typeof checks] ?? [];
