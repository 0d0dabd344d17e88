import { knownKind } from './api-kinds.ts';
import type { ManifestObject } from './manifest-object.ts';
import { type Fields, isMap } from './pod-security.ts';
import { FormError, podFields, podParts } from './pod-templates.ts';

/** The least user id that scanners take for one that no user of a node has. */
const highUser = 10_000;

/** Findings of scanners that generated objects have by design. */
interface Exception {
  /** A word for it, by which the reason stands among an object's annotations. */
  readonly name: string;
  /** Ids of the checks that find it. */
  readonly checkov?: string;
  readonly kubeScore?: string;
  readonly reason: string;
  readonly concerns: (pod: Fields) => boolean;
}

const maps = (value: unknown): Fields[] => (Array.isArray(value) ? value.filter(isMap) : []);
const containers = (pod: Fields): Fields[] => podFields.flatMap((field) => maps(pod[field]));
const field = (value: unknown, name: string): unknown => (isMap(value) ? value[name] : undefined);

const readsSecret = (container: Fields): boolean =>
  maps(container.env).some(({ valueFrom }) => field(valueFrom, 'secretKeyRef') !== undefined) ||
  maps(container.envFrom).some(({ secretRef }) => secretRef !== undefined);

const hasLowUser = (pod: Fields): boolean =>
  [pod, ...containers(pod)].some(({ securityContext }) =>
    ['runAsUser', 'runAsGroup'].some((each) => Number(field(securityContext, each) ?? highUser) < highUser),
  );

/** Whether nodes keep images, each of which is one by its contents, which a pull would not change. */
const keepsDigests = (pod: Fields): boolean =>
  containers(pod).every(({ image }) => String(image).includes('@sha256:')) &&
  containers(pod).some(({ imagePullPolicy }) => imagePullPolicy !== 'Always');

/** Whether a container is asked the same to tell that it works and that it is ready. */
const asksOnce = ({ readinessProbe, livenessProbe }: Fields): boolean => {
  const [ready, alive] = [readinessProbe, livenessProbe].map((probe) =>
    JSON.stringify(['exec', 'grpc', 'httpGet', 'tcpSocket'].map((each) => field(probe, each))),
  );
  return readinessProbe !== undefined && ready === alive;
};

/** No more than these, each for every workload and service that it concerns. */
export const scanExceptions: readonly Exception[] = [
  {
    name: 'variables',
    checkov: 'CKV_K8S_35',
    reason: 'the program reads its passwords and URLs from variables only',
    concerns: (pod) => containers(pod).some(readsSecret),
  },
  {
    name: 'user',
    checkov: 'CKV_K8S_40',
    kubeScore: 'container-security-context-user-group-id',
    reason: 'the user is the one that the image and the files of its claims are made for, and never root',
    concerns: (pod) => hasLowUser(pod),
  },
  {
    name: 'pull',
    kubeScore: 'container-image-pull-policy',
    reason: 'images are named by their digests, so that an image on the node is the same as that of the registry',
    concerns: (pod) => keepsDigests(pod),
  },
  {
    name: 'probes',
    kubeScore: 'pod-probes-identical',
    reason: 'the program has one route or command that tells whether it works; it is asked less often to restart it',
    concerns: (pod) => maps(pod.containers).some(asksOnce),
  },
];

/**
 * An object that names, in annotations, what checkov and kube-score find on it by design, with the reason of each, so that
 * the scanners leave exactly that out. An object that has annotations of a scanner already stays as it is.
 *
 * @see https://www.checkov.io/2.Basics/Suppressing%20and%20Skipping%20Policies.html
 * @see https://github.com/zegl/kube-score/blob/master/README.md#ignoring-a-test
 */
export function withScanExceptions(object: ManifestObject): ManifestObject {
  const { builtIn, template } = knownKind(object.apiVersion, object.kind);
  if (!builtIn || !template) return object;
  let pods: readonly Fields[];
  try {
    pods = podParts(object as ManifestObject & Fields, builtIn, template).pods.map(({ pod }) => pod);
  } catch (error) {
    if (!(error instanceof FormError)) throw error;
    return object;
  }
  const found = scanExceptions.filter(({ concerns }) => pods.some((pod) => concerns(pod)));
  const { annotations = {} } = object.metadata as { readonly annotations?: Readonly<Record<string, string>> };
  if (found.length === 0 || Object.keys(annotations).some(isScanners)) return object;
  const checkov = found.flatMap((each) => (each.checkov === undefined ? [] : `${each.checkov}=${each.reason}`));
  const kubeScore = found.flatMap((each) => each.kubeScore ?? []);
  const added = {
    ...Object.fromEntries(checkov.map((text, index) => [`checkov.io/skip${index + 1}`, text])),
    ...(kubeScore.length > 0 && { 'kube-score/ignore': kubeScore.join(',') }),
    // kube-score's own annotation has no place for a reason.
    ...Object.fromEntries(
      found.filter((each) => each.kubeScore).map(({ name, reason }) => [`scan.repoctl.dev/${name}`, reason]),
    ),
  };
  const metadata = { ...object.metadata, annotations: { ...annotations, ...added } };
  return { ...object, metadata };
}

const isScanners = (key: string): boolean => key.startsWith('checkov.io/') || key.startsWith('kube-score/');
