import type { NetworkPolicyPeer } from './k8s.ts';
import type { ServicePort } from './kind.ts';
import { type Labelled, labelKeys, podLabels } from './labels.ts';
import type { PodsOf, ReachedPort } from './network.ts';
import { protocols } from './ports.ts';

/** Connections to or from the pods of a service or workload. */
export interface Flow {
  /** Who is at the other end. */
  readonly peers: readonly NetworkPolicyPeer[];
  /** The ports where they arrive. */
  readonly ports: readonly ReachedPort[];
}

/** All connections of the pods of a service or workload. */
export interface PodFlows {
  readonly labelled: Labelled;
  readonly ingress: readonly Flow[];
  readonly egress: readonly Flow[];
  /** Host names that are meant by addresses. */
  readonly hosts: readonly string[];
}

/** The label that the API server gives to every namespace, so that nobody can call another one so. */
const namespaceKey = 'kubernetes.io/metadata.name';

const inNamespace = (name: string) => ({ matchLabels: { [namespaceKey]: name } });

/** Pods that a profile names. */
export const podsPeer = ({ namespace, labels }: PodsOf): NetworkPolicyPeer => ({
  namespaceSelector: inNamespace(namespace),
  podSelector: labels && { matchLabels: labels },
});

/** The pods of a service or workload. */
export const podsOfPeer = (labelled: Labelled, namespace: string): NetworkPolicyPeer => ({
  namespaceSelector: inNamespace(namespace),
  podSelector: { matchLabels: podLabels(labelled) },
});

/** All pods of some namespaces that have one of some roles. */
export const rolesPeer = (namespaces: readonly string[], components: readonly string[]): NetworkPolicyPeer => ({
  namespaceSelector: { matchExpressions: [{ key: namespaceKey, operator: 'In', values: namespaces }] },
  podSelector: { matchExpressions: [{ key: labelKeys.component, operator: 'In', values: components }] },
});

/** The addresses at which clouds hand out credentials; "any address" never includes them. */
const anywhere: readonly NetworkPolicyPeer[] = [
  { ipBlock: { cidr: '0.0.0.0/0', except: ['169.254.0.0/16'] } },
  { ipBlock: { cidr: '::/0', except: ['fd00:ec2::254/128', 'fe80::/10'] } },
];

/** Addresses; without any, all that there are. */
export const addressPeers = (cidrs?: readonly string[]): readonly NetworkPolicyPeer[] =>
  cidrs?.map((cidr) => ({ ipBlock: { cidr } })) ?? anywhere;

/** The same flows with one for each set of ports, and nobody named twice. */
export function mergedFlows(flows: readonly Flow[]): Flow[] {
  const byPorts = new Map<string, { ports: Flow['ports']; peers: Map<string, NetworkPolicyPeer> }>();
  for (const { peers, ports } of flows) {
    const key = JSON.stringify(ports);
    const entry = byPorts.get(key) ?? { ports, peers: new Map() };
    byPorts.set(key, entry);
    for (const peer of peers) entry.peers.set(JSON.stringify(peer), peer);
  }
  return [...byPorts.values()]
    .filter(({ peers, ports }) => peers.size > 0 && ports.length > 0)
    .map(({ peers, ports }) => ({ peers: [...peers.values()], ports }));
}

export const tcp = (port: number): ReachedPort => ({ port, protocol: 'TCP' });

/** A port of a service or workload, as a connection arrives at it. */
export const reached = ({ port, protocol = 'tcp' }: ServicePort): ReachedPort => ({
  port,
  protocol: protocols[protocol].transport ?? 'TCP',
});
