import { z } from 'zod';
import type { Variable } from './connection.ts';
import { environmentVariableName, existingName, plainValue } from './fields.ts';

const keyName = z
  .string()
  .regex(/^[-._a-zA-Z0-9]+$/, 'must be a key: letters, digits, "-", "_" and "."')
  .max(253);

/** A key of an object, as a map or as `NAME/KEY`. */
const keyOf = (kind: string) =>
  z
    .union([
      z
        .string()
        .regex(/^[a-z0-9]([-a-z0-9.]*[a-z0-9])?\/[-._a-zA-Z0-9]+$/, 'must be NAME/KEY')
        .transform((text): { name: string; key: string; optional?: boolean } => {
          const [name = '', key = ''] = text.split('/');
          return { name, key };
        }),
      z.strictObject({
        name: existingName.describe(`Name of the ${kind}, in the project's namespace.`),
        key: keyName.describe('Its key.'),
        optional: z.boolean().optional().describe('Whether the container may start without it.'),
      }),
    ])
    .describe(`One of NAME/KEY, \`{name, key, optional}\`.`);

const podField = z
  .string()
  .regex(
    /^(metadata\.(name|namespace|uid|(labels|annotations)\['[^']+'\])|spec\.(nodeName|serviceAccountName)|status\.(hostIP|hostIPs|podIP|podIPs))$/,
    "must be metadata.name, .namespace, .uid, .labels['KEY'] or .annotations['KEY'], spec.nodeName or " +
      '.serviceAccountName, status.hostIP, .hostIPs, .podIP or .podIPs',
  );

const containerResource = z
  .string()
  .regex(
    /^(limits|requests)\.(cpu|memory|ephemeral-storage)$/,
    'must be limits or requests, and .cpu, .memory or .ephemeral-storage',
  );

/** Where else a variable's value comes from; the names are those of Kubernetes' `valueFrom`. */
const source = z.union([
  z.strictObject({ secretKeyRef: keyOf('Secret') }),
  z.strictObject({ configMapKeyRef: keyOf('ConfigMap') }),
  z.strictObject({ fieldRef: podField.describe('A field of the pod, such as metadata.name.') }),
  z.strictObject({
    resourceFieldRef: containerResource.describe('A resource of the container, such as limits.memory.'),
  }),
]);

const forms =
  'One of a value, `{secretKeyRef: NAME/KEY}`, `{configMapKeyRef: NAME/KEY}`, `{fieldRef: metadata.name}`, ' +
  '`{resourceFieldRef: limits.memory}`.';

/** Environment variables: values, and where values come from. */
export const environmentVariables = z.record(
  environmentVariableName,
  z.union([...plainValue.options, ...source.options]).describe(forms),
);

/** A value of an environment variable as the configuration gives it. */
export type EnvironmentValue = string | z.output<typeof source>;

/** Environment variables by name. */
export type EnvironmentValues = Readonly<Record<string, EnvironmentValue>>;

const declared = (name: string, value: EnvironmentValue): Variable => {
  if (typeof value === 'string') return { name, value };
  if ('fieldRef' in value) return { name, source: { fieldRef: { fieldPath: value.fieldRef } } };
  if ('resourceFieldRef' in value) return { name, source: { resourceFieldRef: { resource: value.resourceFieldRef } } };
  if ('configMapKeyRef' in value) return { name, source: value };
  const { name: secret, key, optional } = value.secretKeyRef;
  return optional === undefined ? { name, secret, key } : { name, source: value };
};

/** What the configuration says under `env`, in order. */
export const declaredVariables = (values: EnvironmentValues = {}): Variable[] =>
  Object.entries(values).map(([name, value]) => declared(name, value));
