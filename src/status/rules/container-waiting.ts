import { labelKeys } from '../../../charts/common/labels.ts';
import { oneLine } from '../../platform/text.ts';
import { type ObservedContainer, titleOf } from './container.ts';
import { messageOf, standing } from './events.ts';
import { anyContainer, type PodFacts, type PodRule } from './pod-rule.ts';
import { noSuchImage, pullFailure, pullSecretsMissing, silent } from './pull-failure.ts';
import { startError } from './start-error.ts';
import { type Health, verdict } from './verdict.ts';

type Explain = (message: string, container: ObservedContainer, facts: PodFacts) => Omit<Health, 'status' | 'reason'>;

/** How many times a container may crash before it counts as one that won't start: stacks often crash once or twice. */
export const crashesAllowed = 3;

/** Registries that are on the node itself, by their names there. */
const ofNode = /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])[:/]/;

/** Whether it is an image that repoctl builds: it is in no registry. */
const isLocal = (image: string) => !image.includes('/') && image.endsWith(':local');

/** Whether it is one that a project builds for real clusters: `registry.example.com/team/shop-app:1.4.2`. */
const isOfProject = (image: string, project: string | undefined) =>
  project !== undefined && (image.split('/').at(-1)?.startsWith(`${project}-`) ?? false);

const image: Explain = (message, { spec, status }, { pod, events, run, around }) => {
  const name = spec.image ?? '(none)';
  const told = /ErrImagePull|failed to|rpc error/i.test(message);
  const pulled = told
    ? message
    : messageOf(events.findLast((event) => event.message?.startsWith('Failed to pull image')) ?? { message });
  const { reason = '' } = status.state?.waiting ?? {};
  const fixed = ['InvalidImageName', 'ErrImageNeverPull'].includes(reason);
  const failure = pullFailure(pulled, name);
  const secrets = standing(events, ['FailedToRetrieveImagePullSecret']);
  const missing = pullSecretsMissing(secrets?.message);
  const project = pod.metadata.labels?.[labelKeys.project];
  const own = isLocal(name) || (project !== undefined && name.startsWith(`${project}-`));
  const cluster = /^kind-(.+)/.exec(around.context ?? '')?.[1];
  const real = around.realProfile !== undefined;
  const load =
    cluster && !real && reason !== 'InvalidImageName' ? `kind load docker-image ${name} --name ${cluster}` : undefined;
  const absent = real && isOfProject(name, project) && failure?.text.startsWith(noSuchImage);
  const because = isLocal(name)
    ? 'it was not loaded into the cluster, and no registry has it'
    : (failure?.text ?? oneLine(messageOf({ message: pulled })));
  const local = failure?.text === silent && ofNode.test(name) ? ': that name is the node itself, which has none' : '';
  const secret = missing === undefined ? '' : `; there is no pull Secret ${missing}`;
  return {
    cause: fixed ? oneLine(message) : `can't pull the image ${name}: ${because}${local}${secret}`,
    advice:
      (missing === undefined ? undefined : run.kubectl('get secret', missing)) ??
      (own ? run.infra('rebuild') : undefined) ??
      (absent ? `docker push ${name.split('@')[0]}` : undefined) ??
      load ??
      run.kubectl('describe pod', pod.metadata.name),
    terminal: fixed || isLocal(name) || (failure?.inVain ?? false),
  };
};

/** What is missing, by the kubelet's message. */
const missing: readonly (readonly [RegExp, (name: string, of: string) => string])[] = [
  [/couldn't find key (\S+) in Secret (\S+)/, (key, secret) => `Secret ${secret} has no key ${key}`],
  [/couldn't find key (\S+) in ConfigMap (\S+)/, (key, map) => `ConfigMap ${map} has no key ${key}`],
  [/secret "([^"]+)" not found/i, (secret) => `there is no Secret ${secret}`],
  [/configmap "([^"]+)" not found/i, (map) => `there is no ConfigMap ${map}`],
];

/** Settings that the kubelet refuses, and what they come to. */
const refused: readonly (readonly [RegExp, string])[] = [
  [/runAsNonRoot and image will run as root/i, 'its image runs as root, which runAsNonRoot forbids: set runAsUser'],
  [
    /runAsNonRoot and image has non-numeric user/i,
    "its image gives its user as a name, which runAsNonRoot can't check: set runAsUser",
  ],
];

/** The command that lists the Secrets that must exist, and compares them with the cluster's. */
const requiredSecrets = (profile: string, context: string | undefined): string =>
  ['repoctl validate --profile', profile, context && `--against ${context}`].filter(Boolean).join(' ');

const configuration: Explain = (message, _container, { pod, run, around: { realProfile, context } }) => {
  const described = run.kubectl('describe pod', pod.metadata.name);
  for (const [pattern, text] of missing) {
    const [matched, name = '', of = ''] = pattern.exec(message) ?? [];
    if (matched === undefined) continue;
    const start = run.infra('start');
    const secret = start !== undefined && /secret/i.test(matched);
    if (secret && realProfile !== undefined)
      return { cause: text(name, of), advice: requiredSecrets(realProfile, context), terminal: true };
    const hint = secret ? "; fill in the project's infra/.env and start again" : '';
    return { cause: `${text(name, of)}${hint}`, advice: start ?? described, terminal: true };
  }
  const setting = refused.find(([pattern]) => pattern.test(message))?.[1];
  // The kubelet has not heard of it yet.
  const passing = /failed to sync|timed out|connection refused|deadline exceeded/i.test(message);
  return { cause: setting ?? oneLine(message), advice: described, terminal: !passing };
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
  ErrRegistryUnavailable: image,
  SignatureValidationFailed: image,
  CreateContainerConfigError: configuration,
  CreateContainerError: start,
  RunContainerError: start,
  StartError: start,
  PostStartHookError: start,
  PreStartHookError: start,
  PreCreateHookError: start,
  RunInitContainerError: start,
  CreatePodSandboxError: start,
  ConfigPodSandboxError: start,
  KillPodSandboxError: start,
  KillContainerError: start,
};

/** Waiting that is no failure, or has rules of its own. */
const onItsWay: readonly string[] = ['ContainerCreating', 'PodInitializing', 'CrashLoopBackOff'];

/** How failures are called whose name this has never heard of. */
const failure = /^Err|Err(?:or)?$|BackOff$|Fail(?:ed|ure)$|Invalid/;

function blockedFor(wanted: readonly Explain[]): PodRule {
  return anyContainer((container, facts) => {
    const { reason = '', message = '' } = container.status.state?.waiting ?? {};
    const unheard = failure.test(reason) && !onItsWay.includes(reason) ? start : undefined;
    const explain = Object.hasOwn(reasons, reason) ? reasons[reason] : unheard;
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
