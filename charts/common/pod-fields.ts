import type { z } from 'zod';
import { type ExtraContainers, extraContainersFields } from './extra-containers.ts';
import { userId } from './fields.ts';
import { type EgressRule, egressField } from './network.ts';
import { type PreStop, preStopField } from './pre-stop.ts';
import { annotationsField, labelsField, type Scheduling, schedulingFields } from './scheduling.ts';
import { type SecurityException, securityField } from './security.ts';
import { type AccountSettings, serviceAccountField } from './service-account.ts';
import { type Volumes, volumesField } from './volumes.ts';
import { writableField } from './writable.ts';

/** What may be said of the pods of every kind of workload, and of a service of any image. */
export const podFields = {
  user: userId
    .optional()
    .describe(
      'Numeric user id that the image can run as. Default: 1000; with an exception of its security, the image’s own.',
    ),
  group: userId.optional().describe('Numeric group id. Default: the same as `user`.'),
  volumes: volumesField,
  writable: writableField,
  labels: labelsField,
  annotations: annotationsField,
  serviceAccount: serviceAccountField,
  egress: egressField,
  ...schedulingFields,
  ...extraContainersFields,
  preStop: preStopField,
  security: securityField,
} satisfies Readonly<Record<string, z.ZodType>>;

/** The same with the defaults resolved. Lists and maps that are not given are left out. */
export interface PodSettings extends Scheduling, ExtraContainers {
  readonly user?: number;
  readonly group?: number;
  readonly volumes?: Volumes;
  readonly writable?: readonly string[];
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly serviceAccount?: AccountSettings;
  readonly egress?: readonly EgressRule[];
  readonly preStop?: PreStop;
  readonly security?: SecurityException;
}
