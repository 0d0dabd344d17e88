import { knownKind, nameProblem } from './api-kinds.ts';
import { copyOf } from './copy-of.ts';
import { labelKeys } from './labels.ts';
import type { ManifestObject } from './manifest-object.ts';
import {
  type Fields,
  isMap,
  judgeAnnotations,
  judgeContainer,
  judgeElsewhere,
  judgePod,
  type Refuse,
  restrictContainer,
  restrictPod,
  told,
} from './pod-security.ts';
import { child, FormError, type PodPart, podFields, podParts } from './pod-templates.ts';
import type { SecurityLevel } from './security.ts';

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

/**
 * Gives added objects the namespace, the labels and the defaults of the rest, and says what they may not be.
 *
 * What Pod Security `restricted` requires is filled in where an object is silent, and everything else than what it
 * allows is refused, in all pods of every kind of object.
 *
 * @param own the objects that are there already
 * @param exceptions names of workloads whose pods are judged by the level `baseline`: what carries their label `instance`
 * @see https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted
 */
export function admit(
  namespace: string,
  labels: Readonly<Record<string, string>>,
  own: readonly ManifestObject[],
  additions: readonly Addition[],
  exceptions: readonly string[] = [],
): { objects: ManifestObject[]; nonconformities: Nonconformity[] } {
  const nonconformities: Nonconformity[] = [];
  // Most projects add nothing.
  if (additions.every(({ objects }) => objects.length === 0)) return { objects: [], nonconformities };
  const taken = new Set(own.map(identity));
  const objects = additions.flatMap(({ origin, objects }) =>
    objects.map((given) => {
      const object = copyOf(given) as ManifestObject & Fields;
      const name = `${object.kind}/${object.metadata?.name ?? ''}`;
      const refuse = (message: string, where = name) => nonconformities.push({ origin, object: where, message });
      if (Array.isArray(object.items)) {
        refuse('is a list: give each of its items as a document of its own');
        return object;
      }
      for (const problem of objectProblems(object, namespace)) refuse(problem);
      if (taken.has(identity(object))) refuse('is there already: rename one of the two');
      taken.add(identity(object));
      try {
        label(child(object, 'metadata'), labels);
        child(object, 'metadata').namespace = namespace;
        const exceptional = exceptions.includes(object.metadata?.labels?.[labelKeys.instance] ?? '');
        admitPods(object, labels, exceptional ? 'baseline' : 'restricted', (message, container) =>
          refuse(message, container === undefined ? name : `${name} container ${container}`),
        );
      } catch (error) {
        if (!(error instanceof FormError)) throw error;
        refuse(error.message);
      }
      return object;
    }),
  );
  return { objects, nonconformities };
}

function objectProblems({ apiVersion, kind, metadata, ...fields }: ManifestObject, namespace: string): string[] {
  const problems = [nameProblem(kind, metadata?.name), knownKind(apiVersion, kind).problem];
  if (metadata?.namespace !== undefined && metadata.namespace !== namespace)
    problems.push(`is in the namespace ${metadata.namespace}; leave it out, or say ${namespace}`);
  if (kind === 'Secret' && (fields.data || fields.stringData))
    problems.push('holds values: name the variables in .env.example instead');
  return problems.filter((problem) => problem !== undefined);
}

const identity = ({ apiVersion, kind, metadata }: ManifestObject) =>
  `${apiVersion.split('/').at(-2) ?? ''}/${kind}/${metadata?.name}`;

const label = (metadata: Fields, labels: Readonly<Record<string, string>>) =>
  Object.assign(child(metadata, 'labels', 'metadata'), labels);

function admitPods(
  object: ManifestObject & Fields,
  labels: Readonly<Record<string, string>>,
  level: SecurityLevel,
  refuse: (message: string, container?: string) => void,
) {
  const { builtIn, template } = knownKind(object.apiVersion, object.kind);
  const { pods, others } = podParts(object, builtIn, template);
  for (const part of pods) {
    const within = part.path.length === 0 ? '' : `${part.path.join('.')}: `;
    const refuseHere = (message: string, container?: string) => refuse(builtIn ? message : within + message, container);
    labelTemplates(object, part, labels, refuseHere);
    admitPod(part, builtIn, level, refuseHere);
  }
  for (const { path, value } of others) judgeElsewhere(value, path.join('.'), (message) => refuse(message));
}

/** Labels what an object makes: its pods, its claims, and the Jobs of a CronJob. */
function labelTemplates(
  object: ManifestObject & Fields,
  { template }: PodPart,
  labels: Readonly<Record<string, string>>,
  refuse: Refuse,
) {
  if (!template) return;
  const spec = isMap(object.spec) ? object.spec : {};
  const jobs = object.kind === 'CronJob' ? [child(spec, 'jobTemplate')] : [];
  const claims = Array.isArray(spec.volumeClaimTemplates) ? spec.volumeClaimTemplates.filter(isMap) : [];
  for (const each of [template, ...jobs, ...claims]) label(child(each, 'metadata'), labels);
  judgeAnnotations(child(template, 'metadata').annotations, refuse);
  const given = child(child(template, 'metadata'), 'labels');
  const { matchLabels = {} } = isMap(spec.selector) ? spec.selector : {};
  if (isMap(matchLabels))
    for (const [key, value] of Object.entries(matchLabels))
      if (given[key] !== value) refuse(`selects pods with ${key}: ${value}, but its own have ${given[key] ?? 'none'}`);
}

function admitPod(
  { pod, template, root }: PodPart,
  builtIn: boolean,
  level: SecurityLevel,
  refuse: (message: string, of?: string) => void,
) {
  if (root && !template) judgeAnnotations((root.metadata as Fields | undefined)?.annotations, refuse);
  if (builtIn && (!Array.isArray(pod.containers) || pod.containers.length === 0))
    return refuse(`containers must be a list of at least one, given ${told(pod.containers)}`);
  const containers = containersOf(pod, refuse);
  // What names no image changes a container that an operator makes; the pod itself is made elsewhere.
  const whole = builtIn || containers.every(([, container]) => container.image !== undefined);
  if (whole) {
    pod.enableServiceLinks ??= false;
    pod.automountServiceAccountToken ??= false;
    if (level === 'restricted') {
      restrictPod(pod);
      for (const [, container] of containers) restrictContainer(container);
    }
  }
  judgePod(pod, refuse, level);
  for (const [name, container] of containers) {
    const refuseHere = (message: string) => refuse(message, name);
    if (whole) demand(container, refuseHere);
    judgeContainer(container, refuseHere, level);
  }
}

/** The containers of a pod, each with what it is called. */
function containersOf(pod: Fields, refuse: Refuse): [string, Fields][] {
  return podFields.flatMap((field) => {
    const given = pod[field] ?? [];
    if (!Array.isArray(given)) {
      refuse(`${field} must be a list, given ${told(given)}`);
      return [];
    }
    return given.flatMap((each, index): [string, Fields][] => {
      if (isMap(each)) return [[typeof each.name === 'string' ? each.name : `${field}[${index}]`, each]];
      refuse(`${field}[${index}] must be a map, given ${told(each)}`);
      return [];
    });
  });
}

/** What repoctl wants of every container, beside its security. */
function demand({ name, image: given, resources }: Fields, refuse: Refuse) {
  if (typeof name !== 'string' || !/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/.test(name))
    refuse(`name must be lower-case letters, digits and "-", at most 63, given ${told(name)}`);
  const image = typeof given === 'string' ? given : '';
  if (!/@sha256:|:[\w.-]+$/.test(image) || image.endsWith(':latest'))
    refuse(`image ${image || '(none)'} needs a tag other than latest, or a digest`);
  const { requests, limits } = (isMap(resources) ? resources : {}) as { requests?: Fields; limits?: Fields };
  if (!requests?.cpu || !requests.memory || !limits?.memory)
    refuse('resources: state requests of cpu and memory and a limit of memory');
}
