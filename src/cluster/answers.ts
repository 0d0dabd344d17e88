import { z } from 'zod';
import { ClusterError } from '../platform/errors.ts';

const texts = z.record(z.string(), z.string()).optional();

/** Of an object that was asked for: by these it is decided whose it is, and whether it may be changed or deleted. */
const metadata = z.looseObject({
  name: z.string().min(1),
  namespace: z.string().min(1).optional(),
  uid: z.string().optional(),
  resourceVersion: z.string().optional(),
  deletionTimestamp: z.string().optional(),
  labels: texts,
  annotations: texts,
  ownerReferences: z.array(z.looseObject({ kind: z.string(), name: z.string() })).optional(),
});

/** An object as the API server gives it. */
export const objectAnswer = z.looseObject({ metadata });

/** A page of a list; an answer without items is no empty list. Some servers write an empty one as null. */
export const pageAnswer = z.looseObject({
  items: z.array(objectAnswer).nullable(),
  metadata: z.looseObject({ continue: z.string().optional() }).optional(),
});

/** The answer of `/version`, of which only `gitVersion` is read: `v1.34.4`. */
export const versionAnswer = z.looseObject({ gitVersion: z.string() });

/** The kinds of a version of the API. */
export const resourcesAnswer = z.looseObject({
  resources: z.array(z.looseObject({ name: z.string(), kind: z.string(), namespaced: z.boolean() })).optional(),
});

/**
 * Reads what a server has answered.
 *
 * @param from `https://127.0.0.1:6443 (context kind-dev)`
 * @throws ClusterError if it is not as the schema says
 */
export function readAnswer<Answer>(body: string, schema: z.ZodType<Answer>, action: string, from: string): Answer {
  const { success, data, error } = schema.safeParse(parsed(body));
  if (success) return data;
  const { path = [], message = '' } = error.issues[0] ?? {};
  throw new ClusterError(
    `can't ${action} on ${from}: not an answer of Kubernetes: ${[...path, message].join(': ')}`,
    'Is this the address of the API server? A proxy or a login page may answer instead',
  );
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    // Says no schema to be right.
    return undefined;
  }
}
