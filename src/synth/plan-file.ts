import { z } from 'zod';
import { typeMeta } from '../../charts/common/api-versions.ts';
import type { Plan, PlannedNamespace } from './plan.ts';

/** Only files with such names are ever removed. */
const manifest = z.string().refine((name) => /^[a-z][-a-z0-9]*\.k8s\.yaml$/.test(name));
/** Relative to the root, and inside it. */
export const path = z.string().refine((text) => !text.startsWith('/') && !text.split('/').includes('..'));
const texts = z.array(z.string());
const named = { name: z.string(), kind: z.string() };

const workload = z.looseObject({
  ...named,
  object: z.string(),
  controller: z.looseObject(named).optional(),
  managed: z.literal(true).optional(),
  ports: z.array(
    z.looseObject({
      name: z.string(),
      port: z.int(),
      protocol: z.enum(['tcp', 'udp', 'http', 'grpc']).optional(),
      scheme: z.string().optional(),
      hostPort: z.int().optional(),
    }),
  ),
  after: texts,
  replicas: z.int().optional(),
  security: z.object({ level: z.literal('baseline'), reason: z.string().optional() }).optional(),
  client: texts.optional(),
});

/** A namespace of a plan. Fields that it does not know are those of another version, and stay. */
export const plannedNamespace: z.ZodType<PlannedNamespace> = z
  .looseObject({
    name: z.string(),
    tier: z.enum(['global', 'project']),
    directory: path,
    needs: texts,
    manifest,
    labels: z.record(z.string(), z.string()),
    images: z.array(
      z.looseObject({
        name: z.string(),
        context: path,
        dockerfile: path,
        target: z.string().optional(),
        buildArgs: z.record(z.string(), z.string()),
        secrets: z.record(z.string(), z.object({ env: z.string().optional(), file: path.optional() })).optional(),
        additionalContexts: z.record(z.string(), path).optional(),
        platforms: texts.optional(),
        sync: z.array(z.looseObject({ from: path, to: z.string() })),
        rebuildOn: z.array(path),
        reference: z.string(),
      }),
    ),
    services: z.array(workload),
    workloads: z.array(workload),
    commands: z.array(
      z.looseObject({
        name: z.string(),
        description: z.string().optional(),
        object: z.string(),
        command: texts,
        test: z.boolean(),
      }),
    ),
    objects: z.array(z.looseObject({ ...named, of: z.string().optional(), added: z.boolean().optional() })),
    secrets: z.array(
      z.looseObject({
        name: z.string(),
        keys: z.array(
          z.looseObject({
            key: z.string(),
            variable: z.string(),
            file: path,
            generated: z.boolean(),
            rule: z.string().optional(),
          }),
        ),
      }),
    ),
  })
  .refine(({ name, manifest }) => manifest === `${name}.k8s.yaml`);

const entries = z.object({ plan: z.object({ namespaces: z.array(z.unknown()) }) });

/**
 * The plan as a file. `kubectl apply -f` reads every file of a folder, JSON too, so the plan is an empty list to it.
 */
export function planText(plan: Plan): string {
  return `${JSON.stringify({ ...typeMeta('List'), items: [], plan }, null, 2)}\n`;
}

/** The namespaces in the text of a plan's file, without those that this version would not have written. */
export const readNamespaces = (text: string): PlannedNamespace[] => fitting(text, plannedNamespace);

/** The names of the manifests in the text of a plan's file, whichever version wrote it. */
export const readManifestNames = (text: string): string[] =>
  fitting(text, z.object({ manifest })).map((namespace) => namespace.manifest);

/** The entries of a plan's file that fit a schema; none if it is no plan. */
function fitting<Type>(text: string, schema: z.ZodType<Type>): Type[] {
  try {
    const { data } = entries.safeParse(JSON.parse(text));
    return (data?.plan.namespaces ?? []).flatMap((entry) => schema.safeParse(entry).data ?? []);
  } catch {
    return [];
  }
}

/** Whether repoctl writes files of that name, the plan aside. */
export const isManifestName = (name: string): boolean => manifest.safeParse(name).success;
