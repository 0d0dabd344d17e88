import { Construct } from 'constructs';
import { addressPeers, type Flow, mergedFlows, type PodFlows, podsPeer } from '../common/flow.ts';
import { addNetworkPolicy } from '../common/k8s.ts';
import { type Labelled, objectLabels, podLabels } from '../common/labels.ts';
import type { Network } from '../common/network.ts';

/** Names the hosts that are meant by addresses, for people and for network plug-ins that know names. */
const hostsAnnotation = 'repoctl.dev/egress-hosts';

/** Name of the policy that refuses, which no service and no workload can have. */
export const defaultDeny = 'default-deny';

/**
 * The NetworkPolicies of a namespace: one that refuses everything but DNS, for all pods that are ever in it, and one for
 * each service and workload with exactly its connections. Each connection is allowed at both of its ends.
 *
 * @see https://github.com/ahmetb/kubernetes-network-policy-recipes
 */
export class NetworkPolicies extends Construct {
  /** @param labelled the policy that refuses */
  constructor(scope: Construct, labelled: Labelled, network: Network, flows: readonly PodFlows[]) {
    super(scope, 'network-policies');
    const { dns } = network;
    addNetworkPolicy(this, 'default-deny', {
      metadata: { name: labelled.object, labels: objectLabels(labelled) },
      spec: {
        podSelector: {},
        policyTypes: ['Ingress', 'Egress'],
        egress: [
          {
            to: [podsPeer(dns), ...(dns.cidrs.length > 0 ? addressPeers(dns.cidrs) : [])],
            ports: [
              { protocol: 'UDP', port: 53 },
              { protocol: 'TCP', port: 53 },
            ],
          },
        ],
      },
    });
    for (const each of flows) addFlows(this, each);
  }
}

function addFlows(scope: Construct, { labelled, hosts, ...flows }: PodFlows): void {
  const [ingress, egress] = [mergedFlows(flows.ingress), mergedFlows(flows.egress)];
  if (ingress.length === 0 && egress.length === 0) return;
  addNetworkPolicy(scope, labelled.object, {
    metadata: {
      name: labelled.object,
      labels: objectLabels(labelled),
      annotations: hosts.length > 0 ? { [hostsAnnotation]: [...new Set(hosts)].join(', ') } : undefined,
    },
    spec: {
      podSelector: { matchLabels: podLabels(labelled) },
      policyTypes: ['Ingress', 'Egress'],
      ingress: ingress.length > 0 ? ingress.map((flow) => ({ from: flow.peers, ports: portsOf(flow) })) : undefined,
      egress: egress.length > 0 ? egress.map((flow) => ({ to: flow.peers, ports: portsOf(flow) })) : undefined,
    },
  });
}

const portsOf = ({ ports }: Flow) => ports.map(({ protocol, port }) => ({ protocol, port }));
