import type { z } from 'zod';
import type { ServiceKind, WorkloadKind } from './common/kind.ts';
import { celeryBeat } from './constructs/celery-beat.ts';
import { celeryWorker } from './constructs/celery-worker.ts';
import { containerService } from './constructs/container-service.ts';
import { cronJob } from './constructs/cron-job.ts';
import { httpService } from './constructs/http-service.ts';
import { immudb } from './constructs/immudb.ts';
import { job } from './constructs/job.ts';
import { minio, minioUse } from './constructs/minio.ts';
import { pgadmin } from './constructs/pgadmin.ts';
import { postgres } from './constructs/postgres.ts';
import { redis, redisUse } from './constructs/redis.ts';
import { redisCommander } from './constructs/redis-commander.ts';
import { redisInsight } from './constructs/redis-insight.ts';
import { worker } from './constructs/worker.ts';

const ownKinds = { postgres, immudb, pgadmin, container: containerService };

/** Kinds under `services` of a project. */
export const serviceKinds: Readonly<Record<string, ServiceKind>> = ownKinds;

const sharedKinds = {
  redis: { ...redis, field: 'redis', enabled: true, use: redisUse },
  minio: { ...minio, field: 'minio', enabled: true, use: minioUse },
  'redis-insight': { ...redisInsight, field: 'redisInsight', enabled: true },
  'redis-commander': { ...redisCommander, field: 'redisCommander', enabled: false },
};

/** The services of the global tier, under `global` of the environment; there is one of each. */
export const globalKinds: Readonly<Record<string, GlobalKind>> = sharedKinds;

/** A kind of service of the global tier. */
export interface GlobalKind extends ServiceKind {
  /** Its name under `global`. */
  readonly field: string;
  /** Whether it is there when `global` doesn't mention it. */
  readonly enabled: boolean;
  /** What a project says under `uses`; none for a service that projects don't use. */
  readonly use?: z.ZodObject;
}

const processKinds = {
  http: httpService,
  'celery-worker': celeryWorker,
  'celery-beat': celeryBeat,
  worker,
  job,
  cronjob: cronJob,
};

/** Kinds under `workloads` of a project. */
export const workloadKinds: Readonly<Record<string, WorkloadKind>> = processKinds;

/** The names of all kinds of service. A table that is a `Record` of them has to have a row for each. */
export type ServiceKindName = keyof typeof ownKinds | keyof typeof sharedKinds;

/** The names of all kinds of workload. */
export type WorkloadKindName = keyof typeof processKinds;
