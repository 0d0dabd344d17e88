import { z } from 'zod';
import { resources } from '../common/fields.ts';
import { metricsField } from '../common/metrics.ts';
import { portsField } from '../common/ports.ts';
import { ownHealthCheck } from '../common/probes.ts';
import { replicas } from '../common/scaling.ts';
import { commandFields, startupSeconds, stopSeconds, workloadFields } from '../common/workload-fields.ts';

/** What may be said of a process that keeps running and that says itself how it can be asked whether it is well. */
export const processSchema = z.strictObject({
  ...workloadFields,
  ...commandFields,
  ports: portsField,
  health: ownHealthCheck,
  ready: ownHealthCheck.optional().describe('The check that it can work (readiness). Default: the check of `health`.'),
  metrics: metricsField(),
  replicas,
  startupSeconds,
  stopSeconds,
  resources: resources(['50m', '64Mi'], ['1', '512Mi']),
});

export type ProcessSettings = z.output<typeof processSchema>;
