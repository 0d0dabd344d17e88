/** Where an object of a kind of Kubernetes' own belongs. */
interface BuiltIn {
  /** `''` is the core group, of `v1`. */
  readonly groups: readonly string[];
  readonly namespaced: boolean;
  /** Where its pod template is. */
  readonly template?: readonly string[];
}

const template = ['spec', 'template'] as const;

const namespaced: Readonly<Record<string, readonly string[]>> = {
  '': [
    'Binding',
    'ConfigMap',
    'Endpoints',
    'Event',
    'LimitRange',
    'PersistentVolumeClaim',
    'Pod',
    'PodTemplate',
    'ReplicationController',
    'ResourceQuota',
    'Secret',
    'Service',
    'ServiceAccount',
  ],
  apps: ['ControllerRevision', 'DaemonSet', 'Deployment', 'ReplicaSet', 'StatefulSet'],
  autoscaling: ['HorizontalPodAutoscaler'],
  batch: ['CronJob', 'Job'],
  'coordination.k8s.io': ['Lease', 'LeaseCandidate'],
  'discovery.k8s.io': ['EndpointSlice'],
  'networking.k8s.io': ['Ingress', 'NetworkPolicy'],
  policy: ['PodDisruptionBudget'],
  'rbac.authorization.k8s.io': ['Role', 'RoleBinding'],
  'resource.k8s.io': ['ResourceClaim', 'ResourceClaimTemplate'],
  'storage.k8s.io': ['CSIStorageCapacity'],
};

const ofTheCluster: Readonly<Record<string, readonly string[]>> = {
  '': ['Namespace', 'Node', 'PersistentVolume'],
  'admissionregistration.k8s.io': [
    'MutatingAdmissionPolicy',
    'MutatingAdmissionPolicyBinding',
    'MutatingWebhookConfiguration',
    'ValidatingAdmissionPolicy',
    'ValidatingAdmissionPolicyBinding',
    'ValidatingWebhookConfiguration',
  ],
  'apiextensions.k8s.io': ['CustomResourceDefinition'],
  'apiregistration.k8s.io': ['APIService'],
  'certificates.k8s.io': ['CertificateSigningRequest', 'ClusterTrustBundle'],
  'flowcontrol.apiserver.k8s.io': ['FlowSchema', 'PriorityLevelConfiguration'],
  'networking.k8s.io': ['IPAddress', 'IngressClass', 'ServiceCIDR'],
  'node.k8s.io': ['RuntimeClass'],
  'rbac.authorization.k8s.io': ['ClusterRole', 'ClusterRoleBinding'],
  'resource.k8s.io': ['DeviceClass', 'ResourceSlice'],
  'scheduling.k8s.io': ['PriorityClass'],
  'storage.k8s.io': ['CSIDriver', 'CSINode', 'StorageClass', 'VolumeAttachment', 'VolumeAttributesClass'],
};

const templates: Readonly<Record<string, readonly string[]>> = {
  CronJob: ['spec', 'jobTemplate', 'spec', 'template'],
  DaemonSet: template,
  Deployment: template,
  Job: template,
  Pod: [],
  PodTemplate: ['template'],
  ReplicaSet: template,
  ReplicationController: template,
  StatefulSet: template,
};

/** Kinds of Kubernetes itself, by their names. No two groups have one of the same name that matters here. */
const builtIns: ReadonlyMap<string, BuiltIn> = (() => {
  const found = new Map<string, BuiltIn>();
  for (const [table, isNamespaced] of [
    [namespaced, true],
    [ofTheCluster, false],
  ] as const)
    for (const [group, kinds] of Object.entries(table))
      for (const kind of kinds)
        found.set(kind, { groups: [group], namespaced: isNamespaced, template: templates[kind] });
  found.set('Event', { groups: ['', 'events.k8s.io'], namespaced: true });
  return found;
})();

const groups = new Set([...Object.keys(namespaced), ...Object.keys(ofTheCluster), 'events.k8s.io', 'extensions']);

/** What is known of an object's kind. */
export interface KnownKind {
  /** Why there can't be such an object in a namespace, if so. */
  readonly problem?: string;
  /** Whether it is a kind of Kubernetes itself, so that all pods it makes are in its template. */
  readonly builtIn: boolean;
  /** Path of its pod template; `[]` for a pod itself. */
  readonly template?: readonly string[];
}

/** What is known of a kind, by the object's `apiVersion` and `kind`. */
export function knownKind(apiVersion: string, kind: string): KnownKind {
  const group = apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '';
  if (!/^([a-z0-9]([-a-z0-9.]*[a-z0-9])?\/)?v[a-z0-9]+$/.test(apiVersion))
    return { builtIn: false, problem: `apiVersion must be GROUP/VERSION or v1, given "${apiVersion}"` };
  if (!/^[A-Z][A-Za-z0-9]*$/.test(kind)) {
    const near = [...builtIns.keys()].find((each) => each.toLowerCase() === kind.toLowerCase());
    const hint = near ? `; did you mean ${near}?` : '';
    return { builtIn: false, problem: `kind must be letters and digits, the first a capital, given "${kind}"${hint}` };
  }
  const known = builtIns.get(kind);
  if (!known || !groups.has(group)) {
    // A kind of the cluster by the name that every group gives such kinds.
    const cluster = known?.namespaced === false ? ofNoNamespace : undefined;
    return { builtIn: false, problem: cluster };
  }
  if (!known.groups.includes(group))
    return { builtIn: true, problem: `${apiVersion} has no ${kind}; it is of ${groupText(known.groups[0] ?? '')}` };
  return { builtIn: true, template: known.template, problem: known.namespaced ? undefined : ofNoNamespace };
}

const ofNoNamespace = 'does not belong to a namespace; a project can only add objects that do';

const groupText = (group: string) => `${group && `${group}/`}v1`;

/** Why the API takes no object of that kind with that name, or nothing. */
export function nameProblem(kind: string, name: unknown): string | undefined {
  if (typeof name !== 'string' || name === '') return 'has no metadata.name';
  const [pattern, longest, words] = nameRules[kind] ?? subdomain;
  if (name.length <= longest && pattern.test(name)) return undefined;
  return `metadata.name must be ${words}, at most ${longest} characters, given ${JSON.stringify(name)}`;
}

type NameRule = readonly [pattern: RegExp, longest: number, words: string];

const subdomain: NameRule = [
  /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/,
  253,
  'lower-case letters, digits, "-" and "."',
];
const inPath: NameRule = [/^(?!\.\.?$)[^/%]+$/, 253, 'without "/" and "%"'];
const nameRules: Readonly<Record<string, NameRule>> = {
  Service: [/^[a-z]([-a-z0-9]*[a-z0-9])?$/, 63, 'lower-case letters, digits and "-", the first a letter'],
  CronJob: [subdomain[0], 52, subdomain[2]],
  Role: inPath,
  RoleBinding: inPath,
};
