/**
 * Every image that repoctl itself brings, pinned. `repoctl.yaml` and `project.yaml` can replace each (`image:`).
 *
 * MinIO's own image is gone from its registry; `pgsty/silo` is the maintained drop-in with the same variables, ports,
 * routes and disk format.
 */
export const images = {
  busybox: 'busybox:1.37.0',
  cassandra: 'cassandra:5.0.5',
  immudb: 'codenotary/immudb:1.11.1',
  jaeger: 'jaegertracing/jaeger:2.11.0',
  mailpit: 'axllent/mailpit:v1.27.8',
  minio: 'pgsty/silo:RELEASE.2026-09-16T00-00-00Z',
  minioClient: 'pgsty/mc:RELEASE.2026-09-16T00-00-00Z',
  opensearch: 'opensearchproject/opensearch:2.19.3',
  pgadmin: 'dpage/pgadmin4:9.9',
  pgbouncer: 'edoburu/pgbouncer:v1.24.1-p1',
  postgres: 'postgres:16.11',
  prometheus: 'prom/prometheus:v3.5.0',
  rabbitmq: 'rabbitmq:4.1.4-management',
  redis: 'redis:7.4.5',
  redisCommander: 'ghcr.io/joeferner/redis-commander:0.9.0',
  redisInsight: 'redis/redisinsight:2.70.1',
  registry: 'registry:2.8.3',
} as const;
