import { z } from 'zod';
import type { PodSecurityContext, SecurityContext } from './k8s.ts';

/** Levels of the Pod Security Standards that generated pods can have. */
export type SecurityLevel = 'restricted' | 'baseline';

/** The user that programs run as without a word about it. */
export const defaultUser = 1000;

/** A user for programs that run as any: high enough to be none of a node's. */
export const noNodesUser = 10_001;

/** An exception from Pod Security `restricted`. */
export const securityField = z
  .strictObject({
    level: z
      .literal('baseline')
      .describe(
        'The program may run as root or as the user of its image, with the usual capabilities, and write anywhere in its container.',
      ),
    reason: z
      .string()
      .min(10, 'must give a reason of ten characters or more')
      .optional()
      .describe('The reason that `restricted` is not enough. Required for real clusters.'),
  })
  .optional()
  .describe(
    'An exception from Pod Security `restricted`. The namespace gets the same level; `repoctl validate` and `status` show it.',
  );

/** An exception as the configuration gives it. */
export interface SecurityException {
  readonly level: 'baseline';
  readonly reason?: string;
}

/** Who a pod runs as. */
export interface PodIdentity {
  /** @default as the image says; only at the level baseline */
  readonly user?: number;
  /** @default user */
  readonly group?: number;
  /** @default restricted */
  readonly level?: SecurityLevel;
}

/**
 * The pod's part of Pod Security.
 *
 * @param identity.user numeric uid; the image's name of the user is not enough for `runAsNonRoot`
 * @param identity.group gid of the process and of mounted claims
 * @see https://kubernetes.io/docs/concepts/security/pod-security-standards/
 */
export function podSecurity({ user, group = user, level }: PodIdentity): PodSecurityContext {
  return {
    runAsNonRoot: level === 'baseline' ? undefined : true,
    runAsUser: user,
    runAsGroup: group,
    fsGroup: group,
    fsGroupChangePolicy: group === undefined ? undefined : 'OnRootMismatch',
    seccompProfile: { type: 'RuntimeDefault' },
  };
}

/** What a container is allowed. */
export interface ContainerRights {
  /** @default false, but at the level baseline */
  readonly writableRoot?: boolean;
  /** @default restricted */
  readonly level?: SecurityLevel;
  /** @default the pod's */
  readonly user?: number;
}

/**
 * The container's part of Pod Security. At the level baseline it keeps the capabilities that the runtime gives, since
 * images that begin as root change owners and users; programs that are somebody else's by their mode bits stay refused.
 */
export function containerSecurity({ level = 'restricted', user, ...rights }: ContainerRights = {}): SecurityContext {
  const { writableRoot = level === 'baseline' } = rights;
  return {
    allowPrivilegeEscalation: false,
    capabilities: level === 'baseline' ? undefined : { drop: ['ALL'] },
    readOnlyRootFilesystem: !writableRoot,
    runAsUser: user,
  };
}
