import type { PodSecurityContext, SecurityContext } from './k8s.ts';

/**
 * The pod's part of Pod Security `restricted`.
 *
 * @param user numeric uid; the image's name of the user is not enough for `runAsNonRoot`
 * @param group gid of the process and of mounted claims; default: the uid
 * @see https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted
 */
export function podSecurity(user: number, group = user): PodSecurityContext {
  return {
    runAsNonRoot: true,
    runAsUser: user,
    runAsGroup: group,
    fsGroup: group,
    fsGroupChangePolicy: 'OnRootMismatch',
    seccompProfile: { type: 'RuntimeDefault' },
  };
}

/** The container's part of Pod Security `restricted`; `writableRoot` only for containers that files are synced into. */
export function containerSecurity(writableRoot = false): SecurityContext {
  return {
    allowPrivilegeEscalation: false,
    capabilities: { drop: ['ALL'] },
    readOnlyRootFilesystem: !writableRoot,
  };
}
