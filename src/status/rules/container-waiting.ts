import { type ObservedContainer, titleOf } from './container.ts';
import { anyContainer, type PodFacts, type PodRule } from './pod-rule.ts';
import { startError } from './start-error.ts';
import { oneLine } from './text.ts';
import { type Health, verdict } from './verdict.ts';

type Explain = (message: string, container: ObservedContainer, facts: PodFacts) => Omit<Health, 'status' | 'reason'>;

/** How many times a container may crash before it counts as one that won't start: stacks often crash once or twice. */
export const crashesAllowed = 3;

/** Why an image could not be had, by its message, and whether trying again is in vain. */
const pullFailures: readonly (readonly [RegExp, string, boolean])[] = [
  [
    /no such host|server misbehaving|name resolution|lookup .* timeout/i,
    "its registry's name can't be resolved",
    false,
  ],
  [/toomanyrequests|\b429\b/i, 'its registry refuses so many requests', false],
  [/denied|unauthorized|authorization|\b40[13]\b/i, 'its registry has no such image or denies access', true],
  [
    /timeout|timed out|deadline exceeded|connection refused|unreachable|TLS|EOF|reset/i,
    'its registry does not answer',
    false,
  ],
  [/no match for platform/i, "it is not built for the node's architecture", true],
  [/not found|manifest unknown|name unknown/i, 'its registry has no such image', true],
];

/** Whether it is an image that repoctl builds: it is in no registry. */
const isLocal = (image: string) => !image.includes('/') && image.endsWith(':local');

const image: Explain = (message, { spec, status }, { pod, events, run, around }) => {
  const name = spec.image ?? '(none)';
  const pulled = /ErrImagePull|failed to/i.test(message)
    ? message
    : (events.findLast((event) => /^Failed to pull image/.test(event.message ?? ''))?.message ?? message);
  const fixed = ['InvalidImageName', 'ErrImageNeverPull'].includes(status.state?.waiting?.reason ?? '');
  const [, why = undefined, inVain = false] = pullFailures.find(([pattern]) => pattern.test(pulled)) ?? [];
  const project = pod.metadata.labels?.['repoctl.dev/project'];
  const own = isLocal(name) || (project !== undefined && name.startsWith(`${project}-`));
  const cluster = /^kind-(.+)/.exec(around.context ?? '')?.[1];
  const load = cluster && !fixed ? `kind load docker-image ${name} --name ${cluster}` : undefined;
  const because = isLocal(name) ? 'it was not loaded into the cluster, and no registry has it' : why;
  return {
    cause: fixed
      ? oneLine(message)
      : `can't get the image ${name}: ${because === undefined ? oneLine(pulled) : because}`,
    advice: (own ? run.infra('rebuild') : undefined) ?? load ?? run.kubectl('describe pod', pod.metadata.name),
    terminal: fixed || isLocal(name) || inVain,
  };
};

/** What is missing, by the kubelet's message. */
const missing: readonly (readonly [RegExp, (name: string, of: string) => string])[] = [
  [/couldn't find key (\S+) in Secret (\S+)/, (key, secret) => `Secret ${secret} has no key ${key}`],
  [/couldn't find key (\S+) in ConfigMap (\S+)/, (key, map) => `ConfigMap ${map} has no key ${key}`],
  [/secret "([^"]+)" not found/, (secret) => `there is no Secret ${secret}`],
  [/configmap "([^"]+)" not found/, (map) => `there is no ConfigMap ${map}`],
];

const configuration: Explain = (message, _container, { pod, run }) => {
  const described = run.kubectl('describe pod', pod.metadata.name);
  for (const [pattern, text] of missing) {
    const [matched, name = '', of = ''] = pattern.exec(message) ?? [];
    if (matched === undefined) continue;
    const start = run.infra('start');
    const hint = start && /secret/i.test(matched) ? "; fill in the project's infra/.env and start again" : '';
    return { cause: `${text(name, of)}${hint}`, advice: start ?? described, terminal: true };
  }
  // The kubelet has not heard of it yet.
  const passing = /failed to sync|timed out/i.test(message);
  return { cause: oneLine(message), advice: described, terminal: !passing };
};

const start: Explain = (message, { status }, { pod, run }) => {
  const { text, hopeless } = startError(message);
  return {
    cause: text,
    advice: run.kubectl('describe pod', pod.metadata.name),
    terminal: hopeless || (status.restartCount ?? 0) >= crashesAllowed,
  };
};

/** Rows 13 to 15: why a container waits, by the kubelet's word for it. */
const reasons: Readonly<Record<string, Explain>> = {
  ErrImagePull: image,
  ImagePullBackOff: image,
  ErrImageNeverPull: image,
  InvalidImageName: image,
  ImageInspectError: image,
  RegistryUnavailable: image,
  CreateContainerConfigError: configuration,
  CreateContainerError: start,
  RunContainerError: start,
  StartError: start,
  PostStartHookError: start,
};

function blockedFor(wanted: readonly Explain[]): PodRule {
  return anyContainer((container, facts) => {
    const { reason = '', message = '' } = container.status.state?.waiting ?? {};
    const explain = Object.hasOwn(reasons, reason) ? reasons[reason] : undefined;
    if (!explain || !wanted.includes(explain)) return undefined;
    const { cause, ...rest } = explain(message, container, facts);
    return verdict('degraded', reason, { cause: `${titleOf(container)}: ${cause || reason}`, ...rest });
  });
}

/** Row 13. */
export const imageMissing = blockedFor([image]);
/** Row 14. */
export const configurationMissing = blockedFor([configuration]);
/** Row 15. */
export const cannotStart = blockedFor([start]);
