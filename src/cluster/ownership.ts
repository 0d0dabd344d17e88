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
  readonly managedFields?: readonly { readonly manager?: string; readonly subresource?: string }[];
}

/** What applies manifests of real clusters. */
const otherAppliers = /^(kubectl|kubectl-client-side-apply|argocd.*|kustomize-controller|helm.*)$/;

/**
 * Whether a namespace may be one of a real cluster, made by version 0.1.0, which did not say what its manifests were for: repoctl
 * has not applied it, and something else has.
 */
const mayBeReal = ({ labels = {}, managedFields = [] }: FoundNamespace): boolean => {
  const appliers = managedFields.flatMap(({ manager, subresource }) => (subresource || !manager ? [] : manager));
  return (
    labels[labelKeys.preset] === undefined &&
    !appliers.includes('repoctl') &&
    appliers.some((each) => otherAppliers.test(each))
  );
};

/**
 * Why commands for development keep their hands off a namespace; `undefined` if they need not.
 *
 * @param environment the one that is at work
 * @param adopted names of namespaces that may be taken over
 */
export function namespaceRefusal(
  namespace: FoundNamespace,
  environment: string,
  adopted: readonly string[] = [],
): Refusal | undefined {
  const { name, labels = {} } = namespace;
  const { [labelKeys.tier]: tier, [labelKeys.partOf]: of, [labelKeys.preset]: preset } = labels;
  if (preset === 'production')
    return {
      message: `the namespace ${name} is one of a real cluster (profile ${labels[labelKeys.profile]}); nothing was changed`,
      advice: 'What is there is changed by kubectl or Argo CD, not by a command for development. Is --context right?',
    };
  const isOwn = tier !== undefined && of === environment;
  if (adopted.includes(name) || (isOwn && !mayBeReal(namespace))) return undefined;
  if (isOwn)
    return {
      message: `the namespace ${name} does not say what its manifests are for, as version 0.1.0 left it, and repoctl did not apply it: it may be one of a real cluster; nothing was changed`,
      advice: `If it is for development, take it over, once: ${startOf(name, environment)} --adopt ${name}`,
    };
  const whose = tier === undefined ? 'is not repoctl’s' : `belongs to the environment ${of}, not to ${environment}`;
  return {
    message: `the namespace ${name} already exists and ${whose}; nothing was changed`,
    advice: `Choose another name, or take it over, once: ${startOf(name, environment)} --adopt ${name}`,
  };
}

const startOf = (namespace: string, environment: string): string =>
  namespace === environment ? 'repoctl infra global start' : `repoctl infra project start ${namespace}`;
