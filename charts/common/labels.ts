/** Where an object belongs. */
export type Tier = 'global' | 'project';

/** The namespace's part of the labels, on every object of it. */
export interface OwnerLabels {
  readonly environment: string;
  readonly tier: Tier;
  /** The project's short name; none in the global tier. */
  readonly project?: string;
}

export const labelKeys = {
  name: 'app.kubernetes.io/name',
  instance: 'app.kubernetes.io/instance',
  component: 'app.kubernetes.io/component',
  partOf: 'app.kubernetes.io/part-of',
  managedBy: 'app.kubernetes.io/managed-by',
  tier: 'repoctl.dev/tier',
  project: 'repoctl.dev/project',
  /** Of a namespace: name of the profile that its manifests are made for. */
  profile: 'repoctl.dev/profile',
  /** Of a namespace: which of local, external and production its profile extends. */
  preset: 'repoctl.dev/preset',
  /** Of a namespace that was stopped by taking its workloads out of the cluster. */
  stopped: 'repoctl.dev/stopped',
  /** Of a workload that has no pods while nothing waits for them. */
  scalesToZero: 'repoctl.dev/scales-to-zero',
} as const;

/** Labels of everything in a namespace, and of the namespace. */
export function ownerLabels(owner: OwnerLabels): Record<string, string> {
  const labels: Record<string, string> = {
    [labelKeys.partOf]: owner.environment,
    [labelKeys.managedBy]: 'repoctl',
    [labelKeys.tier]: owner.tier,
  };
  if (owner.project) labels[labelKeys.project] = owner.project;
  return labels;
}

/** The owner's part of a namespace's labels: what every object in it carries. */
export const ownerPart = (labels: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(labels).filter(([key]) =>
      [labelKeys.partOf, labelKeys.managedBy, labelKeys.tier, labelKeys.project].some((each) => each === key),
    ),
  );

/** A profile, as far as labels go. */
export interface ProfileLabels {
  readonly name: string;
  /** Its own name, then those of the profiles that it extends, the preset last. */
  readonly chain: readonly string[];
}

/** Name of a namespace's profile if that is one of real clusters; none of a namespace for development. */
export const realProfile = (labels: Readonly<Record<string, string>> = {}): string | undefined =>
  labels[labelKeys.preset] === 'production' ? labels[labelKeys.profile] : undefined;

/** A service or a workload, as far as labels go. */
export interface Labelled {
  readonly name: string;
  readonly object: string;
  readonly component: string;
  readonly owner: OwnerLabels;
  /** What its pods are found by, where an operator makes them. @default its own labels */
  readonly pods?: Readonly<Record<string, string>>;
}

/** The labels of the pods of a service or workload, also of those that an operator makes. */
export const podLabels = (labelled: Labelled): Readonly<Record<string, string>> =>
  labelled.pods ?? selectorLabels(labelled);

/**
 * The labels by which a Service or a controller finds its pods. They never change for a given name: selectors are
 * immutable. They hold the tier and the project because a StatefulSet's claims get at least these labels.
 */
export function selectorLabels({ name, object, owner }: Labelled): Record<string, string> {
  const labels: Record<string, string> = {
    [labelKeys.name]: name,
    [labelKeys.instance]: object,
    [labelKeys.tier]: owner.tier,
  };
  if (owner.project) labels[labelKeys.project] = owner.project;
  return labels;
}

/** All labels of an object, its pod template and its claim templates. Spreading others into them takes thirty times as long. */
export function objectLabels(labelled: Labelled): Record<string, string> {
  const labels = selectorLabels(labelled);
  labels[labelKeys.component] = labelled.component;
  return Object.assign(labels, ownerLabels(labelled.owner));
}

/**
 * Labels of a namespace: its owner's, its profile, so that no command for development takes one of a real cluster for its
 * own, and Pod Security enforced, warned of and audited.
 *
 * @param level that of the namespace: `baseline` if some of its pods need an exception, which the audit goes on naming
 */
export function namespaceLabels(
  owner: OwnerLabels,
  { name, chain }: ProfileLabels,
  level: 'restricted' | 'baseline' = 'restricted',
): Record<string, string> {
  return {
    ...ownerLabels(owner),
    [labelKeys.profile]: name,
    [labelKeys.preset]: chain.at(-1) ?? name,
    'pod-security.kubernetes.io/enforce': level,
    'pod-security.kubernetes.io/warn': level,
    'pod-security.kubernetes.io/audit': 'restricted',
  };
}
