/** The parts of a Kubernetes object that are read here. */
export interface SeenObject {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly status?: {
    readonly conditions?: readonly {
      readonly type: string;
      readonly status: string;
      readonly message?: string;
      readonly lastHeartbeatTime?: string;
    }[];
  };
}

/** What a cluster's control plane says of it. */
export interface Evidence {
  /** Whether `kubeadm init` came so far as to write the administrator's kubeconfig. */
  readonly initialized: boolean;
  /** Its nodes, storage classes, volumes and namespaces; `undefined` if the API server does not answer. */
  readonly objects?: readonly SeenObject[];
  /** What the API server, or the way to it, said instead. */
  readonly silence?: string;
}

/**
 * How far a cluster whose containers run has come.
 *
 * - `ready`: all of its nodes are.
 * - `waiting`: for what `message` says.
 * - `unfinished`: an interrupted `kind create cluster` left it, and it holds nothing that anybody put there.
 */
export type Condition =
  | { readonly state: 'ready' }
  | { readonly state: 'waiting'; readonly message: string }
  | { readonly state: 'unfinished'; readonly message: string };

/** The namespaces that Kubernetes and kind make. */
const ownNamespaces = /^(default|kube-.*|local-path-storage)$/;

/**
 * Judges what a control plane says. kind installs the storage class next to last and joins the workers last, so a cluster
 * without them was never finished.
 *
 * @param size number of the cluster's containers that run Kubernetes
 * @param since a node counts as ready if it has said so after this; before a restart it has, too. In milliseconds
 */
export function judge(evidence: Evidence, size: number, since = 0): Condition {
  if (!evidence.initialized) return { state: 'unfinished', message: 'Kubernetes was never set up in it' };
  const { objects } = evidence;
  if (!objects)
    return { state: 'waiting', message: `the API server does not answer: ${evidence.silence ?? 'silence'}` };
  const names = (kind: string) => objects.filter((each) => each.kind === kind).map(({ metadata }) => metadata.name);
  const nodes = names('Node').length;
  const lack =
    names('StorageClass').length === 0
      ? 'it has no storage class'
      : nodes < size
        ? `${nodes} of its ${size} nodes have joined`
        : undefined;
  const used = names('PersistentVolume').length > 0 || names('Namespace').some((name) => !ownNamespaces.test(name));
  if (lack && !used) return { state: 'unfinished', message: lack };
  const waiting = objects.filter((each) => each.kind === 'Node' && !isReady(each, since));
  if (waiting[0]) return { state: 'waiting', message: waiting.map(nodeText).join('; ') };
  return { state: 'ready' };
}

function isReady({ status }: SeenObject, since: number): boolean {
  const ready = status?.conditions?.find(({ type }) => type === 'Ready');
  return ready?.status === 'True' && Date.parse(ready.lastHeartbeatTime ?? '') >= since;
}

function nodeText({ metadata, status }: SeenObject): string {
  const ready = status?.conditions?.find(({ type }) => type === 'Ready');
  const why = ready?.status === 'True' ? 'has not said anything since it was started' : ready?.message;
  return `the node ${metadata.name} is not Ready${why ? `: ${why}` : ''}`;
}
