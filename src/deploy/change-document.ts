import type { Plan } from '../synth/plan.ts';
import { isEmpty } from './change-lines.ts';
import type { LeftNamespace, NamespaceChanges } from './read-changes.ts';

/** What would change, for programs. */
export const changeDocument = (
  { environment, profile }: Plan,
  context: string,
  namespaces: readonly NamespaceChanges[],
  left: readonly LeftNamespace[],
) => ({
  environment,
  profile,
  context,
  changed: namespaces.some((each) => !isEmpty(each)),
  namespaces: namespaces.map(({ namespace, changes, enlargements, problems }) => ({
    name: namespace.name,
    ...(namespace.project !== undefined && { project: namespace.project }),
    changes,
    enlargements,
    problems: problems.map(({ message, advice }) => ({ message, advice })),
  })),
  left,
});
