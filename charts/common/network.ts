import { z } from 'zod';
import { existingName, port } from './fields.ts';

/** A range of addresses. */
export const cidr = z
  .string()
  .refine(
    (text) => [z.cidrv4(), z.cidrv6()].some((form) => form.safeParse(text).success),
    'must be a range of addresses such as 203.0.113.0/24 or 2001:db8::/32',
  )
  .describe('A range of addresses, such as `203.0.113.0/24`.');

const hostName = z
  .string()
  .max(253)
  .regex(
    /^(\*\.)?([a-z0-9]([-a-z0-9]*[a-z0-9])?\.)+[a-z]([-a-z0-9]*[a-z0-9])?$/,
    'must be a host name such as api.example.com',
  );

/** A port that pods may reach. */
export interface ReachedPort {
  readonly port: number;
  readonly protocol: 'TCP' | 'UDP';
}

const reachedPort = z
  .union([
    port.transform((port): ReachedPort => ({ port, protocol: 'TCP' })),
    z
      .strictObject({
        port: port.describe('Its number.'),
        protocol: z.enum(['tcp', 'udp']).default('tcp').describe('Its protocol.'),
      })
      .transform(({ port, protocol }): ReachedPort => ({ port, protocol: protocol === 'udp' ? 'UDP' : 'TCP' })),
  ])
  .describe('One of a TCP port, `{port, protocol}`.');

const addresses = {
  cidrs: z.array(cidr).min(1).optional().describe('Ranges of addresses. Default: any address.'),
  fqdn: hostName.optional().describe('A host name. NetworkPolicies only know addresses, so it becomes an annotation.'),
};

const reachedPorts = z.array(reachedPort).min(1);

/** Where a managed service is. */
export const managedAddress = z.strictObject({
  ...addresses,
  ports: reachedPorts.optional().describe("Ports. Default: the service's own; 443 for S3."),
});

const egressRule = z
  .strictObject({
    to: z
      .string()
      .regex(
        /^[a-z][-a-z0-9]*(\/[a-z][-a-z0-9]*)?$/,
        'must be a service or workload of the project, or PROJECT/WORKLOAD',
      )
      .optional()
      .describe('A service or workload of the project, or `PROJECT/WORKLOAD`, in addition to what it reaches anyway.'),
    ...addresses,
    ports: reachedPorts
      .optional()
      .describe('Ports. Required, except with `to`, where the default is all of its ports.'),
  })
  .superRefine(({ to, cidrs, fqdn, ports }, context) => {
    const refuse = (message: string, ...path: string[]) => context.addIssue({ code: 'custom', path, message });
    if ([to, cidrs, fqdn, ports].every((each) => each === undefined)) refuse('needs one of to, cidrs, fqdn, ports');
    if (to !== undefined && (cidrs ?? fqdn) !== undefined)
      refuse(`does not go with addresses: give ${cidrs ? 'cidrs' : 'fqdn'} in an entry of its own`, 'to');
    if (to === undefined && (cidrs ?? fqdn) !== undefined && ports === undefined)
      refuse('is required with addresses', 'ports');
  });

/** What pods reach beside what the configuration tells. */
export const egressField = z
  .array(egressRule)
  .optional()
  .describe(
    'Connections of its pods in addition to services, `uses` and `after`: `{cidrs, ports}`, `{fqdn, ports}`, `{ports}` at any ' +
      'address, or `{to}`. All others are refused if the profile has NetworkPolicies.',
  );

/** What pods reach, as the configuration gives it. */
export type EgressRule = z.output<typeof egressRule>;

/** Where a managed service is, as the configuration gives it. */
export type ManagedAddress = z.output<typeof managedAddress>;

const labels = z.record(z.string().min(1), z.string()).optional();

const podsIn = (namespace: string, who: string) => ({
  namespace: existingName.optional().describe(`Namespace of ${who}. Default: ${namespace}.`),
  labels: labels.describe('Labels of its pods. Default: all of the namespace.'),
});

/** What a profile may say of its network. */
export const networkField = z.strictObject({
  policies: z
    .boolean()
    .optional()
    .describe(
      'Whether NetworkPolicies refuse all connections except those in the configuration. Default: the value of ' +
        '`extends`; true in `production`, false in `local` and `external`.',
    ),
  dns: z
    .strictObject({
      namespace: existingName.optional().describe("Namespace of the cluster's DNS. Default: kube-system."),
      labels: labels.describe('Labels of its pods. Default: `k8s-app: kube-dns`.'),
      cidrs: z
        .array(cidr)
        .optional()
        .describe(
          'Addresses of a DNS cache on the nodes, such as `169.254.20.10/32` of NodeLocal DNSCache. Default: none.',
        ),
    })
    .optional()
    .describe('The pods that answer DNS.'),
  ingressController: z
    .strictObject(podsIn('ingress-nginx', 'the ingress controller or gateway'))
    .optional()
    .describe('The pods that reach exposed workloads.'),
  monitoring: z
    .strictObject(podsIn('monitoring', 'Prometheus'))
    .optional()
    .describe('The pods that read metrics: of workloads and services with `metrics` or a port named metrics.'),
  keda: z
    .strictObject(podsIn('keda', 'KEDA'))
    .optional()
    .describe('The pods that ask services for the length of queues, where a workload has `autoscale: { queues }`.'),
  cloudnativePg: z
    .strictObject(podsIn('cnpg-system', 'the CloudNativePG operator'))
    .optional()
    .describe('The pods that manage PostgreSQL services with `cluster`.'),
  apiServer: z
    .strictObject({
      cidrs: z.array(cidr).min(1).optional().describe('Its addresses. Default: any address.'),
      ports: z.array(port).min(1).optional().describe('Its ports. Default: 443 and 6443.'),
    })
    .optional()
    .describe('The address of the Kubernetes API, for pods with a token.'),
  managed: z
    .record(
      z.string().regex(/^[a-z][-a-z0-9]*(\/[a-z][-a-z0-9]*)?$/, 'must be redis, minio, postgres or PROJECT/SERVICE'),
      z.array(managedAddress).min(1),
    )
    .optional()
    .describe(
      'Addresses of managed services, by their names in `managed`: `postgres: [{ cidrs: [10.20.0.0/16] }]`. A service that is not ' +
        'listed may have any address.',
    ),
});

export type NetworkInput = z.output<typeof networkField>;

/** Pods of a namespace. */
export interface PodsOf {
  readonly namespace: string;
  /** @default all */
  readonly labels?: Readonly<Record<string, string>>;
}

/** What a profile's NetworkPolicies are made from. */
export interface Network {
  readonly policies: boolean;
  readonly dns: PodsOf & { readonly cidrs: readonly string[] };
  readonly ingressController: PodsOf;
  readonly monitoring: PodsOf;
  readonly keda: PodsOf;
  readonly cloudnativePg: PodsOf;
  readonly apiServer: { readonly cidrs?: readonly string[]; readonly ports: readonly number[] };
  readonly managed: Readonly<Record<string, readonly ManagedAddress[]>>;
}

/** A network of which nothing is said. */
export const defaultNetwork: Omit<Network, 'policies'> = {
  dns: { namespace: 'kube-system', labels: { 'k8s-app': 'kube-dns' }, cidrs: [] },
  ingressController: { namespace: 'ingress-nginx' },
  monitoring: { namespace: 'monitoring' },
  keda: { namespace: 'keda' },
  cloudnativePg: { namespace: 'cnpg-system' },
  apiServer: { ports: [443, 6443] },
  managed: {},
};
