import { z } from 'zod';
import { statusReportVersion } from '../../../charts/common/api-versions.ts';
import { statuses } from '../rules/verdict.ts';

const instant = z.string().describe('A time, ISO 8601.');
const key = z.string().describe('`namespace/object`, e.g. `turfoo/turfoo-api`.');

const advice = z
  .array(z.object({ command: z.array(z.string()).min(1).describe('A program and its arguments.') }))
  .describe('The commands to type next.');

const since = instant.optional().describe('When the problem began; absent if Kubernetes did not record it.');

const health = {
  reason: z.string().describe('One word that stays the same between releases, e.g. `CrashLoopBackOff`.'),
  cause: z.string().optional().describe('The root cause, in one line.'),
  since,
  advice,
  terminal: z.boolean().describe('Whether waiting can’t make it healthy.'),
};

const service = z.object({
  namespace: z.string().optional().describe('Given if it differs from the tier’s; `node` for a node.'),
  name: z.string().describe('The short name, e.g. `api`.'),
  object: z.string().describe('The name of its objects, e.g. `turfoo-api`.'),
  kind: z.string().describe('The kind of its controller, e.g. `Deployment`.'),
  status: z.enum(statuses),
  ...health,
  warning: z.string().optional().describe('A warning about something healthy.'),
  waitingFor: z
    .string()
    .optional()
    .describe('The service, `namespace/object`, that it waits for; that service has its own entry.'),
  pod: z.string().optional().describe('The pod that the verdict is about.'),
  ready: z
    .int()
    .optional()
    .describe('The number of ready pods, or of successful runs of a job; absent for a cron job.'),
  wanted: z.int().optional(),
  restarts: z.int().describe('The restarts of all containers of its pods.'),
  createdAt: instant.optional(),
  planned: z.boolean().optional().describe('Whether it is in the configuration; absent without a configuration.'),
  security: z
    .object({ level: z.literal('baseline'), reason: z.string().optional() })
    .optional()
    .describe('The exception from Pod Security `restricted` that the configuration gives its pods.'),
  log: z
    .object({
      pod: z.string(),
      container: z.string(),
      previous: z.boolean().describe('Whether the log is from the run before the last restart.'),
      lines: z.array(z.string()),
      refused: z.string().optional().describe('Why the log can’t be read.'),
    })
    .optional()
    .describe('With --logs: the end of the log of the container that is not healthy.'),
  warnings: z
    .array(
      z.object({
        reason: z.string(),
        message: z.string(),
        count: z.int(),
        firstSeen: z.string(),
        lastSeen: z.string(),
      }),
    )
    .optional()
    .describe('With --logs: the cluster’s warnings about its pod, the latest last.'),
});

const tier = z.object({
  namespace: z.string(),
  tier: z
    .enum(['global', 'project', 'cluster'])
    .describe('`cluster`: broken parts of the cluster itself; its services may be in any namespace.'),
  project: z.string().optional(),
  environment: z.string().optional(),
  configured: z
    .boolean()
    .optional()
    .describe(
      'Whether it is in the configuration; `false` after it was renamed or deleted there, absent without a configuration.',
    ),
  status: z
    .enum([...statuses, 'not-started'])
    .describe('The status of its worst service, or of the namespace; `not-started` if it was never started.'),
  reason: z.string().optional().describe('The problem of the namespace itself: `Terminating`.'),
  cause: z.string().optional(),
  since,
  advice: advice.optional(),
  services: z.array(service).describe('Sorted, the worst first.'),
  foreign: z
    .array(z.object({ kind: z.string(), name: z.string(), state: z.string() }))
    .describe('Workloads and pods in the namespace that are not repoctl’s.'),
});

/** What `repoctl status -o json` prints. */
export const statusSchema = z.object({
  apiVersion: z.literal(statusReportVersion),
  kind: z.literal('StatusReport'),
  context: z
    .string()
    .describe('The context of the kubeconfig; `in-cluster` for a report that is made in its own cluster.'),
  environment: z.string().optional().describe('The environment’s name; absent without a configuration.'),
  at: instant,
  complete: z.boolean().describe('Whether everything could be read.'),
  unseen: z
    .array(
      z.object({
        verb: z.string(),
        resource: z.string(),
        namespace: z.string().optional().describe('Absent if it is refused in all namespaces.'),
        code: z.int().optional().describe('HTTP status.'),
        message: z.string(),
        advice,
      }),
    )
    .describe('The lists that could not be read.'),
  stale: z
    .object({ since: instant, message: z.string() })
    .optional()
    .describe('With --watch: the time of the last answer, while the cluster does not answer.'),
  causes: z
    .array(
      z.object({
        object: key,
        status: z.enum(statuses),
        ...health,
        victims: z.array(key).describe('The services that wait for it, directly or indirectly.'),
      }),
    )
    .describe('The root causes that other services wait for, the one with the most victims first.'),
  tiers: z.array(tier).describe('Sorted, the worst first.'),
  history: z
    .object({
      since: instant,
      oldestEvent: instant
        .optional()
        .describe('The time of the oldest event; earlier happenings come only from conditions.'),
      happenings: z
        .array(
          z.object({
            at: instant,
            until: instant.optional().describe('The last time, if it happened more than once.'),
            count: z.int(),
            kind: z.string().describe('The kind of the object, e.g. `Pod`, `Node`.'),
            namespace: z.string().optional(),
            name: z.string(),
            reason: z.string().describe('The reason of an event, or `Made`, `Changed`, `Ready`, `NotReady`, `Ended`.'),
            message: z.string().optional(),
          }),
        )
        .describe('Sorted by time, the earliest first.'),
    })
    .optional()
    .describe('With --since: what happened, as far as the cluster remembers.'),
});

export type StatusDocument = z.infer<typeof statusSchema>;
