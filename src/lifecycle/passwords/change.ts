import type { ServicePod } from '../../backup/service-pods.ts';
import type { Cluster } from '../../cluster/client.ts';

/** A password of a server that runs in the cluster. */
export interface PasswordChange {
  readonly cluster: Cluster;
  readonly server: ServicePod;
  /** Key of its Secret. */
  readonly key: string;
  readonly value: string;
  /** The earlier values, the latest last. */
  readonly previous: readonly string[];
  /** What the server's kind says of it. */
  readonly settings: unknown;
  readonly signal?: AbortSignal;
}

/** How the servers of a kind take another password. Every step can be done again. */
export interface PasswordKind {
  /** Makes the running server take the new password, and the old one too if it can take two. */
  admit?(change: PasswordChange): Promise<void>;
  /** Makes the running server refuse the earlier values, once everybody has the new one. @default they end with `admit` or a restart */
  retire?(change: PasswordChange): Promise<void>;
  /** Whether the server reads its password when it starts. @default never */
  readonly restart?: 'first' | 'last';
}
