import { z } from 'zod';
import { labelKeys } from './labels.ts';
import { objectName } from './names.ts';

const entry = z.string().regex(/^[A-Z][A-Za-z]+\/[a-z][-a-z0-9]*$/, 'must be KIND/NAME, such as Deployment/api');

/** What an environment should have running, in few words: for the exporter, which sees the cluster and not the configuration. */
export const expectedSchema = z.strictObject({
  /** The global tier's namespace. */
  environment: z.string().min(1),
  namespaces: z.array(
    z.strictObject({
      namespace: z.string().min(1),
      /** First part of the names of its objects. */
      scope: z.string().min(1),
      /** None of the global tier. */
      project: z.string().min(1).optional(),
      /** What keeps running or runs by a schedule. Jobs are named after what they run, which nobody knows before. */
      workloads: z.array(entry),
    }),
  ),
});

export type Expected = z.output<typeof expectedSchema>;

/** A service or workload that should be there. */
export interface ExpectedObject {
  readonly name: string;
  readonly object: string;
  readonly controller: { readonly kind: string; readonly name: string };
}

/** Splits `KIND/NAME`. */
export function expectedObject(scope: string, text: string): ExpectedObject {
  const [kind = '', name = ''] = text.split('/');
  const object = objectName(scope, name);
  return { name, object, controller: { kind, name: object } };
}

/** The labels of an expected namespace, as far as a report needs them. */
export const expectedLabels = (
  environment: string,
  { project }: Pick<Expected['namespaces'][number], 'project'>,
): Record<string, string> => ({
  [labelKeys.partOf]: environment,
  [labelKeys.tier]: project === undefined ? 'global' : 'project',
  ...(project !== undefined && { [labelKeys.project]: project }),
});
