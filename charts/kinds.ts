import { z } from 'zod';
import { hostPort } from './common/fields.ts';
import type { ServiceKind, WorkloadKind } from './common/kind.ts';
import { cassandra } from './constructs/cassandra.ts';
import { celeryBeat } from './constructs/celery-beat.ts';
import { celeryWorker } from './constructs/celery-worker.ts';
import { containerService } from './constructs/container-service.ts';
import { cronJob } from './constructs/cron-job.ts';
import { httpService } from './constructs/http-service.ts';
import { immudb } from './constructs/immudb.ts';
import { jaeger } from './constructs/jaeger.ts';
import { job } from './constructs/job.ts';
import { mailpit } from './constructs/mailpit.ts';
import { minio } from './constructs/minio.ts';
import { opensearch } from './constructs/opensearch.ts';
import { pgadmin } from './constructs/pgadmin.ts';
import { pgbouncer } from './constructs/pgbouncer.ts';
import { postgres } from './constructs/postgres.ts';
import { prometheus } from './constructs/prometheus.ts';
import { rabbitmq } from './constructs/rabbitmq.ts';
import { redis } from './constructs/redis.ts';
import { redisCommander } from './constructs/redis-commander.ts';
import { redisInsight } from './constructs/redis-insight.ts';
import { statefulSet } from './constructs/stateful-set.ts';
import { worker } from './constructs/worker.ts';

const allServices = {
  postgres,
  immudb,
  redis,
  minio,
  rabbitmq,
  pgbouncer,
  opensearch,
  cassandra,
  mailpit,
  jaeger,
  prometheus,
  pgadmin,
  'redis-insight': redisInsight,
  'redis-commander': redisCommander,
  container: containerService,
};

/** Kinds under `services` of a project, and under `global.services` of the environment. */
export const serviceKinds: Readonly<Record<string, ServiceKind>> = allServices;

/** What may be said of a service that is a project's own. */
export const ownSchema = ({ schema, ownFields = {} }: ServiceKind): z.ZodObject => schema.extend(ownFields);

/** What a project may say under `uses` of a service of the global tier; none if projects can't use it. */
export const useSchema = ({ connect, use = z.strictObject({}) }: ServiceKind): z.ZodObject | undefined =>
  connect && use;

/** A kind as the global tier has it under a name of its own, with the ports that everybody knows. */
const wellKnown = (kind: ServiceKind, field: string, enabled: boolean, ports: Readonly<Record<string, number>>) => {
  const defaults = Object.entries(ports).map(([name, port]) => [name, hostPort.default(port)]);
  return { ...kind, schema: kind.schema.extend(Object.fromEntries(defaults)), field, enabled };
};

const wellKnownKinds = {
  redis: wellKnown(redis, 'redis', true, { hostPort: 6379 }),
  minio: wellKnown(minio, 'minio', true, { hostPort: 9000, consoleHostPort: 9001 }),
  'redis-insight': wellKnown(redisInsight, 'redisInsight', true, { hostPort: 5540 }),
  'redis-commander': wellKnown(redisCommander, 'redisCommander', false, { hostPort: 8081 }),
};

/** The services that the global tier has without a name being given: one of each, under a field of `global`. */
export const globalKinds: Readonly<Record<string, GlobalKind>> = wellKnownKinds;

/** A kind of service with a field of its own under `global`. */
export interface GlobalKind extends ServiceKind {
  /** Its name under `global`. */
  readonly field: string;
  /** Whether it is there when `global` doesn't mention it. */
  readonly enabled: boolean;
}

/** Where repoctl.yaml says what a service of the global tier is. */
export const globalPath = (name: string): string[] => {
  const { field } = globalKinds[name] ?? {};
  return field === undefined ? ['global', 'services', name] : ['global', field];
};

const processKinds = {
  http: httpService,
  'celery-worker': celeryWorker,
  'celery-beat': celeryBeat,
  worker,
  statefulset: statefulSet,
  job,
  cronjob: cronJob,
};

/** Kinds under `workloads` of a project. */
export const workloadKinds: Readonly<Record<string, WorkloadKind>> = processKinds;

/** The roles of workloads; services have others. */
export const workloadRoles = [...new Set(Object.values(workloadKinds).map(({ component }) => component))].sort();

/** The names of all kinds of service. A table that is a `Record` of them has to have a row for each. */
export type ServiceKindName = keyof typeof allServices;

/** The names of all kinds of workload. */
export type WorkloadKindName = keyof typeof processKinds;

/** Whether the pods of a kind of workload stay, unlike those of a job. */
export const keepsRunning = ({ controller }: WorkloadKind): boolean =>
  controller === 'Deployment' || controller === 'StatefulSet';
