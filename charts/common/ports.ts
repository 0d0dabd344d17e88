import { z } from 'zod';
import { hostPort, port } from './fields.ts';

/** What a protocol is called elsewhere. */
interface ProtocolNames {
  /** Stated only where it isn't TCP. */
  readonly transport?: 'UDP';
  /** For meshes and gateways. */
  readonly appProtocol?: string;
  readonly scheme: string;
}

/** The protocol of a port. To proxies, gRPC is HTTP/2 without TLS. */
const named = {
  tcp: { scheme: 'tcp' },
  udp: { transport: 'UDP', scheme: 'udp' },
  http: { appProtocol: 'http', scheme: 'http' },
  grpc: { appProtocol: 'kubernetes.io/h2c', scheme: 'grpc' },
} as const satisfies Readonly<Record<string, ProtocolNames>>;

export type Protocol = keyof typeof named;

export const protocols: Readonly<Record<Protocol, ProtocolNames>> = named;

/** A port of a container. */
export interface ContainerPort {
  readonly port: number;
  readonly protocol: Protocol;
  readonly hostPort?: number;
}

/** The name of a container's port. */
export const portName = z
  .string()
  .max(15, 'is longer than 15 characters')
  .regex(/^[a-z]([-a-z0-9]*[a-z0-9])?$/, 'must be lower-case letters, digits and "-", beginning with a letter');

const containerPort = z
  .strictObject({
    port: port.describe('Port it listens on.'),
    protocol: z
      .enum(Object.keys(protocols) as [Protocol, ...Protocol[]])
      .default('tcp')
      .describe('Its protocol.'),
    hostPort: hostPort.optional(),
  })
  .refine(({ protocol, hostPort }) => protocol !== 'udp' || hostPort === undefined, {
    path: ['hostPort'],
    message: 'is not for udp: Kubernetes forwards TCP only',
  });

/** Ports beside the main one, by name. */
export const portsField = z
  .record(
    portName,
    z
      .union([port.transform((port): ContainerPort => ({ port, protocol: 'tcp' })), containerPort])
      .describe('One of a port, `{port, protocol, hostPort}`.'),
  )
  .optional()
  .describe(
    'Further ports by name, each a number or `{port, protocol, hostPort}`; `protocol` is one of ' +
      `${Object.keys(protocols).join(', ')} (default: tcp). The Service has them too.`,
  );

/** What the ports under `ports` are to the rest of repoctl. */
export const servicePorts = (ports: Readonly<Record<string, ContainerPort>> = {}) =>
  Object.entries(ports).map(([name, each]) => ({ name, ...each }));
