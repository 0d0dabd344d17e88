import { labelKeys, ownerPart } from '../../charts/common/labels.ts';
import type { ManifestObject } from '../../charts/common/manifest-object.ts';

type Labels = Readonly<Record<string, string>>;

/** The programs that put their name into `managed-by` of what repoctl's manifests say. */
const appliers: readonly (string | undefined)[] = ['repoctl', 'tilt', undefined];

/**
 * Whether an object is repoctl's and belongs to the owner of its namespace; repoctl, Tilt or kubectl may have applied it last.
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

/** Who wants to change namespaces. */
export interface Claimant {
  /** Name of the environment that is at work. */
  readonly environment: string;
  /** Namespaces that may be taken over although they are not this environment's. */
  readonly adopt?: readonly string[];
  /** Name of the profile of a real cluster that is deployed; none for commands for development. */
  readonly deploys?: string;
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
 * Why a command keeps its hands off a namespace; `undefined` if it need not: those for development off the ones of real
 * clusters, a deployment off the ones of other profiles, all of them off what is somebody else's.
 */
export function namespaceRefusal(namespace: FoundNamespace, claimant: Claimant): Refusal | undefined {
  const { name, labels = {} } = namespace;
  const { environment, adopt = [], deploys } = claimant;
  const { [labelKeys.tier]: tier, [labelKeys.partOf]: of, [labelKeys.preset]: preset } = labels;
  const { [labelKeys.profile]: profile } = labels;
  if (deploys === undefined && preset === 'production')
    return {
      message: `the namespace ${name} is one of a real cluster (profile ${profile}); nothing was changed`,
      advice:
        'What is there is changed by repoctl deploy, kubectl or Argo CD, not by a command for development. Is --context right?',
    };
  const own = tier !== undefined && of === environment;
  if (deploys !== undefined && own && profile !== undefined && profile !== deploys)
    return {
      message: `the namespace ${name} is of the profile ${profile}, not of ${deploys}; nothing was changed`,
      advice: 'Are --profile and --context right?',
    };
  const mayBeAnothers = deploys === undefined ? mayBeReal(namespace) : profile !== deploys;
  if (adopt.includes(name) || (own && !mayBeAnothers)) return undefined;
  if (own && deploys === undefined)
    return {
      message: `the namespace ${name} does not say what its manifests are for, as version 0.1.0 left it, and repoctl did not apply it: it may be one of a real cluster; nothing was changed`,
      advice: `If it is for development, take it over, once: ${commandFor(name, claimant)} --adopt ${name}`,
    };
  return {
    message: `the namespace ${name} already exists and ${whose(tier, of, environment)}; nothing was changed`,
    advice: `Choose another name, or take it over, once: ${commandFor(name, claimant)} --adopt ${name}`,
  };
}

function whose(tier: string | undefined, of: string | undefined, environment: string): string {
  if (tier === undefined) return 'is not repoctl’s';
  return of === environment
    ? 'does not say of which profile'
    : `belongs to the environment ${of}, not to ${environment}`;
}

function commandFor(namespace: string, { environment, deploys }: Claimant): string {
  if (deploys !== undefined) return `repoctl deploy --profile ${deploys}`;
  return namespace === environment ? 'repoctl infra global start' : `repoctl infra project start ${namespace}`;
}
