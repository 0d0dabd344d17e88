import { labelKeys, ownerPart } from '../../charts/common/labels.ts';
import type { ManifestObject } from '../../charts/common/manifest-object.ts';

type Labels = Readonly<Record<string, string>>;

/** The programs that put their name into `managed-by` of what repoctl's manifests say. */
const appliers: readonly (string | undefined)[] = ['repoctl', 'tilt', undefined];

/**
 * Whether an object is repoctl's own, and of a namespace's owner, whoever has applied it last: repoctl, Tilt or kubectl.
 *
 * @param owner labels of the namespace in the configuration
 */
export function isOwn({ metadata }: Pick<ManifestObject, 'metadata'>, owner: Labels): boolean {
  const { [labelKeys.managedBy]: applier, ...labels } = metadata?.labels ?? {};
  const { [labelKeys.managedBy]: _ours, ...wanted } = ownerPart(owner);
  return appliers.includes(applier) && Object.entries(wanted).every(([key, value]) => labels[key] === value);
}

/** Why a namespace may not be changed, and what to do. */
export interface Refusal {
  readonly message: string;
  readonly advice: string;
}

/** A namespace as the cluster has it. */
export interface FoundNamespace {
  readonly name: string;
  readonly labels?: Labels;
  readonly deletionTimestamp?: string;
}

/**
 * Why commands for development keep their hands off a namespace; `undefined` if they need not.
 *
 * @param environment the one that is at work
 * @param adopted names of namespaces that may be taken over
 */
export function namespaceRefusal(
  { name, labels = {} }: FoundNamespace,
  environment: string,
  adopted: readonly string[] = [],
): Refusal | undefined {
  const { [labelKeys.tier]: tier, [labelKeys.partOf]: of, [labelKeys.preset]: preset } = labels;
  if (preset === 'production')
    return {
      message: `the namespace ${name} is one of a real cluster (profile ${labels[labelKeys.profile]}); nothing was changed`,
      advice: 'What is there is changed by kubectl or Argo CD, not by a command for development. Is --context right?',
    };
  if (adopted.includes(name) || (tier !== undefined && of === environment)) return undefined;
  const whose = tier === undefined ? 'is not repoctl’s' : `belongs to the environment ${of}, not to ${environment}`;
  return {
    message: `the namespace ${name} already exists and ${whose}; nothing was changed`,
    advice: `Choose another name, or take it over, once: ${startOf(name, environment)} --adopt ${name}`,
  };
}

const startOf = (namespace: string, environment: string): string =>
  namespace === environment ? 'repoctl infra global start' : `repoctl infra project start ${namespace}`;
