import type {
  V1LabelSelector,
  V1NetworkPolicy,
  V1NetworkPolicyPeer,
  V1NetworkPolicyPort,
} from '@kubernetes/client-node';
import type { ManifestObject } from '../../charts/common/manifest-object.ts';

/** Pods that can be at either end of a connection. */
export interface Pods {
  /** For people: `namespace/name`. */
  readonly name: string;
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly ports: readonly { readonly port: number; readonly protocol: string }[];
}

type Template = {
  readonly metadata: { readonly labels: Readonly<Record<string, string>> };
  readonly spec: {
    readonly containers: readonly { readonly ports?: readonly { containerPort: number; protocol?: string }[] }[];
  };
};

/** The pods that objects make. */
export const podsOf = (objects: readonly ManifestObject[]): Pods[] =>
  objects.flatMap(({ spec, metadata }) => {
    const made = spec as { template?: Template; jobTemplate?: { spec: { template: Template } } } | undefined;
    const template = made?.template ?? made?.jobTemplate?.spec.template;
    if (!template) return [];
    const { labels } = template.metadata;
    return [
      {
        name: labels['app.kubernetes.io/instance'] ?? '',
        namespace: metadata?.namespace ?? '',
        labels,
        ports: template.spec.containers.flatMap(({ ports = [] }) =>
          ports.map(({ containerPort, protocol = 'TCP' }) => ({ port: containerPort, protocol })),
        ),
      },
    ];
  });

/**
 * Whether NetworkPolicies let pods connect with others.
 *
 * @see https://kubernetes.io/docs/concepts/services-networking/network-policies/
 */
export function allows(
  objects: readonly ManifestObject[],
  from: Pods,
  to: Pods,
  port: { readonly port: number; readonly protocol: string },
): boolean {
  const policies = objects.filter(({ kind }) => kind === 'NetworkPolicy') as unknown as V1NetworkPolicy[];
  const of = ({ namespace, labels }: Pods, type: string) =>
    policies.filter(
      ({ metadata, spec }) =>
        metadata?.namespace === namespace && spec?.policyTypes?.includes(type) && selects(spec.podSelector, labels),
    );
  const matches = (policy: V1NetworkPolicy, peers: V1NetworkPolicyPeer[] | undefined, other: Pods) =>
    peers?.some(
      ({ namespaceSelector, podSelector, ipBlock }) =>
        !ipBlock &&
        (namespaceSelector
          ? selects(namespaceSelector, { 'kubernetes.io/metadata.name': other.namespace })
          : policy.metadata?.namespace === other.namespace) &&
        selects(podSelector, other.labels),
    ) ?? true;
  const isPort = (ports: V1NetworkPolicyPort[] | undefined) =>
    ports?.some((each) => each.port === port.port && (each.protocol ?? 'TCP') === port.protocol) ?? true;
  const leaving = of(from, 'Egress');
  const arriving = of(to, 'Ingress');
  const leaves = leaving.some((policy) =>
    policy.spec?.egress?.some(({ to: peers, ports }) => matches(policy, peers, to) && isPort(ports)),
  );
  const arrives = arriving.some((policy) =>
    policy.spec?.ingress?.some(({ _from: _, ...rule }) => {
      const { from: peers, ports } = rule as { from?: V1NetworkPolicyPeer[]; ports?: V1NetworkPolicyPort[] };
      return matches(policy, peers, from) && isPort(ports);
    }),
  );
  return (leaving.length === 0 || leaves) && (arriving.length === 0 || arrives);
}

function selects(selector: V1LabelSelector | undefined, labels: Readonly<Record<string, string>>): boolean {
  const { matchLabels = {}, matchExpressions = [] } = selector ?? {};
  return (
    Object.entries(matchLabels).every(([key, value]) => labels[key] === value) &&
    matchExpressions.every(({ key, operator, values = [] }) => {
      if (operator !== 'In') throw new TypeError(`the matrix knows no ${operator}`);
      return values.includes(labels[key] ?? '');
    })
  );
}

/** All connections between pods that are allowed, as `from → to:port`. */
export const matrix = (objects: readonly ManifestObject[], pods: readonly Pods[]): string[] =>
  pods
    .flatMap((from) =>
      pods.flatMap((to) =>
        to.ports
          .filter((port) => allows(objects, from, to, port))
          .map(({ port, protocol }) => `${from.name} → ${to.name}:${port}${protocol === 'UDP' ? '/udp' : ''}`),
      ),
    )
    .sort();
