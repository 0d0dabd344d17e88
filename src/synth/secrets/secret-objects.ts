import { typeMeta } from '../../../charts/common/api-versions.ts';
import { labelKeys, ownerPart } from '../../../charts/common/labels.ts';
import { valueProblem } from '../../../charts/common/managed-values.ts';
import type { PlannedNamespace, PlannedSecret } from '../plan.ts';
import type { SecretObject } from './changed-keys.ts';

/** The values of `.env` files, by the path of the file and the name of the variable. */
export type EnvironmentValues = ReadonlyMap<string, Readonly<Record<string, string>>>;

/** A value that can't be used, as `file: message`. */
export interface UnusableValue {
  readonly file: string;
  readonly variable: string;
  readonly message: string;
}

/** The Secrets of a namespace, with the values of the `.env` files. */
export function secretObjects(
  namespace: Pick<PlannedNamespace, 'name' | 'labels' | 'secrets'>,
  values: EnvironmentValues,
): { objects: SecretObject[]; unusable: UnusableValue[] } {
  const unusable: UnusableValue[] = [];
  const { name, labels } = namespace;
  const ownLabels = ownerPart(labels);
  const objects = namespace.secrets.map((secret) => {
    const given = Object.fromEntries(
      secret.keys.map(({ key, variable, file }) => [key, values.get(file)?.[variable] ?? '']),
    );
    const entries = secret.keys.map(({ key, variable, file, generated, rule }) => {
      const value = values.get(file)?.[variable];
      const refuse = (message: string) => unusable.push({ file, variable, message });
      if (value === undefined) refuse('is not set');
      // These become part of a URL in the containers' environment.
      else if (generated && !/^[\w.~-]+$/.test(value))
        refuse('may only hold letters, digits and . _ ~ -, since it becomes part of a URL');
      const problem = value === undefined || rule === undefined ? undefined : valueProblem(rule, key, given);
      if (problem !== undefined) refuse(problem);
      return [key, Buffer.from(value ?? '').toString('base64')];
    });
    return secretObject(name, ownLabels, secret, Object.fromEntries(entries));
  });
  return { objects, unusable };
}

const secretObject = (
  namespace: string,
  labels: Readonly<Record<string, string>>,
  { name }: PlannedSecret,
  data: Record<string, string>,
): SecretObject => ({
  ...typeMeta('Secret'),
  type: 'Opaque',
  metadata: { name, namespace, labels: { ...labels, [labelKeys.instance]: name } },
  data,
});
