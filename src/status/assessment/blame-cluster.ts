import { bounded } from '../../platform/text.ts';
import { commands } from '../rules/commands.ts';
import type { Pod } from '../rules/objects.ts';
import { type Health, isProblem, type Surroundings, verdict } from '../rules/verdict.ts';
import { type ClusterPart, nodes, type Role } from './cluster-parts.ts';

/** Something that is not well, and what is known of it. */
export interface Sufferer {
  readonly health: Health;
  readonly pods: readonly Pod[];
  /** Whether it waits for something that is well, or of which nothing is known. */
  readonly waitsInVain: boolean;
}

/** What programs say when a name can't be resolved. */
const unresolved =
  /EAI_AGAIN|ENOTFOUND|getaddrinfo|name resolution|name or service not known|name does not resolve|nodename nor servname|no such host|server misbehaving|bad address|could(?: not|n't) (?:translate|resolve) host|UnknownHost|host not found|nslookup|lookup \S{1,253}.{0,80}(?:timeout|timed out|refused)|Try again/i;

/** What programs say when nobody answers behind a Service. */
const unanswered = /ECONNREFUSED|ETIMEDOUT|EHOSTUNREACH|connection refused|timed? ?out|no route to host|unreachable/i;

/** What programs say of certificates, tokens and signatures that are of another time. */
const ofTime =
  /not yet valid|has expired|is expired|token used before|not valid before|RequestTimeTooSkewed|RequestExpired|clock skew|current time \d|\b(?:iat|nbf|exp)\b.{0,40}\b(?:claim|future|past)/i;

interface Suspicion {
  readonly role: Role;
  readonly hits: (sufferer: Sufferer, part: ClusterPart) => boolean;
}

const reasonIn = (health: Health, ...reasons: readonly string[]): boolean => reasons.includes(health.reason);
const says = ({ cause }: Health, pattern: RegExp): boolean => pattern.test(bounded(cause ?? ''));

/** Who is to blame for what, the surest first. */
const suspicions: readonly Suspicion[] = [
  {
    role: 'node',
    hits: ({ health, pods }, { object, health: part }) => {
      if (reasonIn(part, 'NodeNotReady'))
        return reasonIn(health, 'NodeNotReady')
          ? runsOn(health, pods) === object
          : (reasonIn(health, 'Unschedulable') && says(health, /the node is (?:not ready|unreachable)/)) ||
              (reasonIn(health, 'Terminating') &&
                says(health, /node \S+ is not ready/) &&
                runsOn(health, pods) === object);
      if (reasonIn(part, 'Cordoned')) return reasonIn(health, 'Unschedulable') && says(health, /is cordoned/);
      if (reasonIn(health, 'Evicted')) return runsOn(health, pods) === object;
      return reasonIn(health, 'Unschedulable') && says(health, /short of|out of processes|network is not ready/);
    },
  },
  { role: 'scheduler', hits: ({ health }) => reasonIn(health, 'Scheduling') },
  {
    role: 'controllers',
    hits: ({ health }) =>
      reasonIn(health, 'NotObserved', 'RollingOut', 'MissedRun', 'EndpointNotReady', 'NoReadyEndpoint') ||
      (reasonIn(health, 'Pending', 'ProgressDeadlineExceeded') && health.pod === undefined),
  },
  {
    role: 'provisioner',
    hits: ({ health }) => reasonIn(health, 'Pending', 'Scheduling', 'Unschedulable') && says(health, /claim|volume/),
  },
  {
    role: 'network',
    hits: ({ health }) =>
      reasonIn(health, 'FailedCreatePodSandBox', 'NetworkNotReady', 'Terminating') &&
      says(health, /network|cni|plugin/i),
  },
  {
    role: 'clock',
    hits: ({ health, pods }, { object }) =>
      runsOn(health, pods) === object && isProblem(health) && says(health, ofTime),
  },
  { role: 'dns', hits: ({ health, waitsInVain }) => waitsInVain || (isProblem(health) && says(health, unresolved)) },
  { role: 'proxy', hits: ({ health, waitsInVain }) => waitsInVain || (isProblem(health) && says(health, unanswered)) },
];

const runsOn = ({ pod }: Health, pods: readonly Pod[]): string | undefined =>
  (pods.find(({ metadata }) => metadata.name === pod) ?? pods[0])?.spec.nodeName;

/** The part of the cluster that something suffers from: `namespace/object`. */
export function blameCluster(sufferer: Sufferer, parts: readonly ClusterPart[]): string | undefined {
  const { health, waitsInVain } = sufferer;
  if (health.status === 'healthy' || health.status === 'stopped') return undefined;
  if (health.waitingFor !== undefined && !waitsInVain) return undefined;
  for (const { role, hits } of suspicions) {
    const part = parts.find((each) => each.role === role && hits(sufferer, each));
    if (part) return `${part.namespace}/${part.object}`;
  }
  return undefined;
}

/** An admission webhook that is asked and does not answer: its name, and what went wrong. */
const webhook = /failed calling webhook "([^"]{1,253})": (.*)/s;
const behind = /https?:\/\/([a-z0-9-]{1,63})\.([a-z0-9-]{1,63})\.svc\b/;

/** The webhook whose silence keeps something from being made. */
export function webhookOf(health: Health, { context }: Pick<Surroundings, 'context'>): ClusterPart | undefined {
  const [, name, rest = ''] = webhook.exec(bounded(health.cause ?? '')) ?? [];
  if (name === undefined) return undefined;
  const [, object = name, namespace = 'webhook'] = behind.exec(rest) ?? [];
  const run = commands({ namespace }, { context });
  return {
    role: 'webhook',
    namespace,
    object,
    kind: 'Service',
    health: verdict('degraded', 'WebhookFailed', {
      cause: `the admission webhook ${name} does not answer, so the objects it checks can't be created: ${rest}`,
      advice: behind.test(rest)
        ? run.kubectl('get pods,endpointslices')
        : run.clusterKubectl('get validatingwebhookconfigurations,mutatingwebhookconfigurations'),
    }),
    pods: [],
  };
}

/** Parts that are told even if nobody is known to suffer from them: without these nothing goes on for long. */
const vital: readonly Role[] = ['dns', 'proxy', 'network', 'scheduler', 'controllers', 'clock'];

/** The parts that are worth telling: in trouble and vital, or with victims. */
export const told = (parts: readonly ClusterPart[], victims: ReadonlySet<string>): ClusterPart[] =>
  parts.filter(
    ({ role, namespace, object, health }) =>
      victims.has(`${namespace}/${object}`) ||
      health.reason === 'Unreadable' ||
      // What ran on a node that is not ready has that one's trouble.
      (vital.includes(role) &&
        (namespace !== nodes || role === 'clock') &&
        isProblem(health) &&
        health.status !== 'unknown'),
  );
