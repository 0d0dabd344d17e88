import { z } from 'zod';
import { existingName } from './fields.ts';
import type { Volume } from './k8s.ts';

const names = z.array(z.string().min(1)).min(1);

/** A rule of a Role. */
const rule = z.strictObject({
  apiGroups: z
    .array(z.string())
    .min(1)
    .default([''])
    .describe('API groups; "" is the group of pods, Secrets and ConfigMaps.'),
  resources: names.describe('The resources, in the plural: pods, configmaps, pods/log.'),
  resourceNames: names.optional().describe('The names of objects. Default: all in its namespace.'),
  verbs: z
    .array(
      z.enum([
        'get',
        'list',
        'watch',
        'create',
        'update',
        'patch',
        'delete',
        'deletecollection',
        'bind',
        'escalate',
        'use',
        '*',
      ]),
    )
    .min(1)
    .describe('The allowed verbs.'),
});

const account = z
  .strictObject({
    name: existingName
      .optional()
      .describe('Name of an existing account. Default: a new one with the name of its pods.'),
    annotations: z
      .record(z.string().min(1), z.string())
      .optional()
      .describe('Annotations, for instance for a cloud’s workload identity.'),
    rules: z.array(rule).min(1).optional().describe('Its rights in its namespace: a Role.'),
    automountServiceAccountToken: z
      .boolean()
      .optional()
      .describe('Whether its containers get a token for the Kubernetes API. Default: only if it has rules.'),
  })
  .refine(({ name, annotations }) => name === undefined || annotations === undefined, {
    path: ['annotations'],
    message: 'do not go with an existing account: annotate it where it is created',
  });

/** The ServiceAccount of pods: a name is short for one that is there already. */
export const serviceAccountField = z
  .union([existingName.transform((name): AccountSettings => ({ name })), account])
  .optional()
  .describe(
    'The ServiceAccount of its pods: the name of an existing one, or `{name, annotations, rules, ' +
      "automountServiceAccountToken}`. Default: the namespace's, without a token.",
  );

/** A ServiceAccount as the configuration gives it. */
export interface AccountSettings {
  readonly name?: string;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly rules?: readonly z.output<typeof rule>[];
  readonly automountServiceAccountToken?: boolean;
}

/** A ServiceAccount as a pod has it. */
export interface PodAccount {
  readonly name: string;
  /** Whether its containers get a token. */
  readonly token: boolean;
}

export const podAccount = (object: string, given: AccountSettings | undefined): PodAccount | undefined =>
  given && {
    name: given.name ?? object,
    token: given.automountServiceAccountToken ?? given.rules !== undefined,
  };

/**
 * What a pod with a token gets without being asked: here only the container that mounts it has the token.
 *
 * @see https://kubernetes.io/docs/reference/access-authn-authz/service-accounts-admin/#bound-service-account-token-volume
 */
export const tokenVolume: Volume = {
  name: 'token',
  projected: {
    sources: [
      { serviceAccountToken: { path: 'token', expirationSeconds: 3600 } },
      { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
      { downwardAPI: { items: [{ path: 'namespace', fieldRef: { fieldPath: 'metadata.namespace' } }] } },
    ],
  },
};

/** Where programs look for the token. */
export const tokenMount = {
  volume: tokenVolume.name,
  path: '/var/run/secrets/kubernetes.io/serviceaccount',
  readOnly: true,
} as const;
