import type { ManifestObject } from './manifest-object.ts';

/** Objects that a project adds to what its services and workloads become. */
export interface Addition {
  /** The file that they come from. */
  readonly origin: string;
  readonly objects: readonly ManifestObject[];
}

/** Something that can't be in a project's namespace. */
export interface Nonconformity {
  readonly origin: string;
  /** @default the file as a whole */
  readonly position?: { readonly line: number; readonly column: number };
  /** `Kind/name`, and the container if it is about one. */
  readonly object: string;
  readonly message: string;
}

type Fields = Record<string, unknown>;

const clusterScoped = new Set([
  'APIService',
  'ClusterRole',
  'ClusterRoleBinding',
  'CustomResourceDefinition',
  'IngressClass',
  'MutatingWebhookConfiguration',
  'Namespace',
  'Node',
  'PersistentVolume',
  'PriorityClass',
  'RuntimeClass',
  'StorageClass',
  'ValidatingAdmissionPolicy',
  'ValidatingAdmissionPolicyBinding',
  'ValidatingWebhookConfiguration',
]);

/** Where the pod template is in objects of each kind. */
const templatePaths: Readonly<Record<string, readonly string[]>> = {
  CronJob: ['spec', 'jobTemplate', 'spec', 'template'],
  DaemonSet: ['spec', 'template'],
  Deployment: ['spec', 'template'],
  Job: ['spec', 'template'],
  Pod: [],
  ReplicaSet: ['spec', 'template'],
  ReplicationController: ['spec', 'template'],
  StatefulSet: ['spec', 'template'],
};

/** The kinds of volume that Pod Security `restricted` knows. */
const volumeKinds = new Set([
  'configMap',
  'csi',
  'downwardAPI',
  'emptyDir',
  'ephemeral',
  'persistentVolumeClaim',
  'projected',
  'secret',
]);

/**
 * Gives added objects the namespace, the labels and the defaults of the rest, and says what they may not be.
 *
 * What Pod Security `restricted` wants is filled in where an object is silent and refused where it says otherwise.
 *
 * @param own the objects that are there already
 * @see https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted
 */
export function conform(
  namespace: string,
  labels: Readonly<Record<string, string>>,
  own: readonly ManifestObject[],
  additions: readonly Addition[],
): { objects: ManifestObject[]; nonconformities: Nonconformity[] } {
  const nonconformities: Nonconformity[] = [];
  const taken = new Set(own.map(identity));
  const objects = additions.flatMap(({ origin, objects }) =>
    objects.map((given) => {
      const object = structuredClone(given) as ManifestObject & Fields;
      const name = `${object.kind}/${object.metadata?.name ?? ''}`;
      const refuse = (message: string, where = name) => nonconformities.push({ origin, object: where, message });
      if (Array.isArray(object.items)) {
        refuse('is a list: give each of its items as a document of its own');
        return object;
      }
      if (!object.metadata?.name) refuse('has no metadata.name');
      if (clusterScoped.has(object.kind))
        refuse('does not belong to a namespace; a project can only add objects that do');
      if (object.metadata?.namespace !== undefined && object.metadata.namespace !== namespace)
        refuse(`is in the namespace ${object.metadata.namespace}; leave it out, or say ${namespace}`);
      if (taken.has(identity(object))) refuse('is there already: rename one of the two');
      taken.add(identity(object));
      if (object.kind === 'Secret' && (object.data || object.stringData))
        refuse('holds values: name the variables in .env.example instead');
      const metadata = child(object, 'metadata');
      metadata.namespace = namespace;
      Object.assign(child(metadata, 'labels'), labels);
      try {
        conformPod(object, labels, (message, container) => refuse(message, container ? `${name} ${container}` : name));
      } catch (error) {
        if (!(error instanceof TypeError)) throw error;
        refuse(`does not have the form of a ${object.kind}: a map or a list is expected where something else stands`);
      }
      return object;
    }),
  );
  return { objects, nonconformities };
}

const identity = ({ apiVersion, kind, metadata }: ManifestObject) =>
  `${apiVersion.split('/').at(-2) ?? ''}/${kind}/${metadata?.name}`;

function conformPod(
  object: Fields,
  labels: Readonly<Record<string, string>>,
  refuse: (message: string, container?: string) => void,
) {
  const path = templatePaths[object.kind as string];
  if (!path) return;
  const template = path.reduce(child, object);
  if (path.length > 0) conformTemplates(object, template, labels, refuse);
  const pod = child(template, 'spec');
  pod.enableServiceLinks ??= false;
  pod.automountServiceAccountToken ??= false;
  const security = child(pod, 'securityContext');
  security.runAsNonRoot ??= true;
  security.seccompProfile ??= { type: 'RuntimeDefault' };
  for (const field of ['hostNetwork', 'hostPID', 'hostIPC']) if (pod[field]) refuse(`${field} is not allowed`);
  for (const { name, ...kinds } of list(pod.volumes))
    for (const kind of Object.keys(kinds).filter((each) => !volumeKinds.has(each)))
      refuse(`volume ${name} is a ${kind}, which is not allowed`);
  refuseContext(security, refuse);
  for (const field of ['initContainers', 'containers', 'ephemeralContainers']) {
    for (const each of list(pod[field])) conformContainer(each, (message) => refuse(message, `container ${each.name}`));
  }
}

/** Labels what an object makes: its pods, its claims, and the Jobs of a CronJob. */
function conformTemplates(
  object: Fields,
  template: Fields,
  labels: Readonly<Record<string, string>>,
  refuse: (message: string) => void,
) {
  const spec = child(object, 'spec');
  const jobs = object.kind === 'CronJob' ? [child(spec, 'jobTemplate')] : [];
  for (const each of [template, ...jobs, ...list(spec.volumeClaimTemplates)])
    Object.assign(child(child(each, 'metadata'), 'labels'), labels);
  const given = child(child(template, 'metadata'), 'labels');
  const { matchLabels = {} } = (spec.selector ?? {}) as { matchLabels?: Fields };
  for (const [key, value] of Object.entries(matchLabels))
    if (given[key] !== value) refuse(`selects pods with ${key}: ${value}, but its own have ${given[key] ?? 'none'}`);
}

function conformContainer(container: Fields, refuse: (message: string) => void) {
  const image = String(container.image ?? '');
  if (!/@sha256:|:[\w.-]+$/.test(image) || image.endsWith(':latest'))
    refuse(`image ${image || '(none)'} needs a tag other than latest, or a digest`);
  const resources = container.resources as { requests?: Fields; limits?: Fields } | undefined;
  if (!resources?.requests?.cpu || !resources.requests.memory || !resources.limits?.memory)
    refuse('resources: state requests of cpu and memory and a limit of memory');
  for (const { hostPort } of list(container.ports)) if (hostPort) refuse(`hostPort ${hostPort} is not allowed`);
  const security = child(container, 'securityContext');
  security.allowPrivilegeEscalation ??= false;
  if (security.allowPrivilegeEscalation !== false) refuse('allowPrivilegeEscalation must be false');
  if (security.privileged) refuse('privileged is not allowed');
  const capabilities = child(security, 'capabilities');
  capabilities.drop ??= ['ALL'];
  if (!(capabilities.drop as string[]).includes('ALL')) refuse('capabilities.drop must hold ALL');
  const added = ((capabilities.add ?? []) as string[]).filter((name) => name !== 'NET_BIND_SERVICE');
  if (added.length > 0) refuse(`capabilities.add may only hold NET_BIND_SERVICE, not ${added.join(', ')}`);
  refuseContext(security, refuse);
}

/** What a pod's and a container's security context may both not say. */
function refuseContext(security: Fields, refuse: (message: string) => void) {
  if (security.runAsNonRoot === false) refuse('runAsNonRoot must be true');
  if (security.runAsUser === 0) refuse('runAsUser must not be 0');
  const profile = (security.seccompProfile as { type?: string } | undefined)?.type;
  if (profile === 'Unconfined') refuse('seccompProfile must be RuntimeDefault or Localhost');
}

/** The object under a key, made if there is none. */
function child(parent: Fields, key: string): Fields {
  parent[key] ??= {};
  return parent[key] as Fields;
}

const list = (value: unknown): Fields[] => (Array.isArray(value) ? value : []);
