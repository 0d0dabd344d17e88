import { z } from 'zod';
import { statusReportVersion } from '../../../charts/common/api-versions.ts';
import { statuses } from '../rules/verdict.ts';

const instant = z.string().describe('An instant, ISO 8601.');
const key = z.string().describe('`namespace/object`, e.g. `turfoo/turfoo-api`.');

const advice = z
  .array(z.object({ command: z.array(z.string()).min(1).describe('A program and its arguments.') }))
  .describe('What to type next.');

const since = instant
  .optional()
  .describe('Since when something is wrong, as far as Kubernetes remembers; none if nobody noted it.');

const health = {
  reason: z.string().describe('One word that stays the same between releases, e.g. `CrashLoopBackOff`.'),
  cause: z.string().optional().describe('The true cause, in one line.'),
  since,
  advice,
  terminal: z.boolean().describe('Whether it can’t become healthy by waiting.'),
};

const service = z.object({
  namespace: z.string().optional().describe('Where it is another than that of the tier; `node` for a node.'),
  name: z.string().describe('Its short name, e.g. `api`.'),
  object: z.string().describe('Name of its objects, e.g. `turfoo-api`.'),
  kind: z.string().describe('Of its controller, e.g. `Deployment`.'),
  status: z.enum(statuses),
  ...health,
  warning: z.string().optional().describe('What is worth knowing of something healthy.'),
  waitingFor: z.string().optional().describe('What it comes down to, `namespace/object`: it has a verdict of its own.'),
  pod: z.string().optional().describe('The pod that the verdict is about.'),
  ready: z.int().optional().describe('Pods that are ready; of a job how often it succeeded; none of a cron job.'),
  wanted: z.int().optional(),
  restarts: z.int().describe('Of all containers of its pods.'),
  createdAt: instant.optional(),
  planned: z.boolean().optional().describe('Whether the configuration has it; unknown without one.'),
  security: z
    .object({ level: z.literal('baseline'), reason: z.string().optional() })
    .optional()
    .describe('The exception of its pods from Pod Security restricted, as the configuration gives it.'),
  log: z
    .object({
      pod: z.string(),
      container: z.string(),
      previous: z.boolean().describe('Whether it is of the run before the last restart.'),
      lines: z.array(z.string()),
      refused: z.string().optional().describe('Why it can’t be read.'),
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
    .describe('With --logs: what the cluster warned about its pod, the latest last.'),
});

const tier = z.object({
  namespace: z.string(),
  tier: z
    .enum(['global', 'project', 'cluster'])
    .describe('`cluster`: the parts of the cluster that services suffer from; its services may be of any namespace.'),
  project: z.string().optional(),
  environment: z.string().optional(),
  configured: z
    .boolean()
    .optional()
    .describe('Whether the configuration has it: `false` for what was renamed or deleted there; unknown without one.'),
  status: z
    .enum([...statuses, 'not-started'])
    .describe('Of the worst of its services, or of the namespace; `not-started` if there never was anything of it.'),
  reason: z.string().optional().describe('If something is wrong with the namespace itself: `Terminating`.'),
  cause: z.string().optional(),
  since,
  advice: advice.optional(),
  services: z.array(service).describe('The worst first.'),
  foreign: z
    .array(z.object({ kind: z.string(), name: z.string(), state: z.string() }))
    .describe('Workloads and pods in the namespace that are not repoctl’s.'),
});

/** What `repoctl status -o json` prints. */
export const statusSchema = z.object({
  apiVersion: z.literal(statusReportVersion),
  kind: z.literal('StatusReport'),
  context: z.string().describe('Of the kubeconfig.'),
  environment: z.string().optional().describe('Of the configuration; none without one.'),
  at: instant,
  complete: z.boolean().describe('Whether everything could be read.'),
  unseen: z
    .array(
      z.object({
        verb: z.string(),
        resource: z.string(),
        namespace: z.string().optional().describe('None if it is refused in all.'),
        code: z.int().optional().describe('HTTP status.'),
        message: z.string(),
        advice,
      }),
    )
    .describe('What could not be read.'),
  stale: z
    .object({ since: instant, message: z.string() })
    .optional()
    .describe('While watching: the cluster has not answered since; the report is how it was then.'),
  causes: z
    .array(
      z.object({
        object: key,
        status: z.enum(statuses),
        ...health,
        victims: z.array(key).describe('What waits for it, directly or not.'),
      }),
    )
    .describe('What others wait for in the end, that with the most victims first.'),
  tiers: z.array(tier).describe('The worst first.'),
  history: z
    .object({
      since: instant,
      oldestEvent: instant.optional().describe('What happened before it is only known from conditions.'),
      happenings: z
        .array(
          z.object({
            at: instant,
            until: instant.optional().describe('When it happened last, of what happened more than once.'),
            count: z.int(),
            kind: z.string().describe('E.g. `Pod`, `Node`.'),
            namespace: z.string().optional(),
            name: z.string(),
            reason: z.string().describe('Of an event; or `Made`, `Changed`, `Ready`, `NotReady`, `Ended`.'),
            message: z.string().optional(),
          }),
        )
        .describe('The earliest first.'),
    })
    .optional()
    .describe('With --since: what happened, as far as the cluster remembers.'),
});

export type StatusDocument = z.infer<typeof statusSchema>;
