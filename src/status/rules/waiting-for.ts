import { objectName } from '../../../charts/common/names.ts';
import type { ObservedContainer } from './container.ts';
import type { Surroundings } from './verdict.ts';

const prefix = 'wait-';

/**
 * What a container waits for, if that is all it does: `namespace/object`, or the short name that it was given if nothing
 * that the workload starts after is called so.
 *
 * Such a container is called `wait-NAME` and runs `sh -c SCRIPT TARGET …`.
 *
 * @see charts/common/wait.ts
 */
export function waitingFor({ name, init, spec }: ObservedContainer, { after = [] }: Surroundings): string | undefined {
  if (!init || !name.startsWith(prefix)) return undefined;
  const target = spec.command?.[3] ?? name.slice(prefix.length).replace('--', '/');
  return after.find((each) => each === target || isNamed(each, target)) ?? target;
}

/** Whether `namespace/object` is what the namespace calls by a short name. */
function isNamed(qualified: string, name: string): boolean {
  const [namespace = '', object] = qualified.split('/');
  const [owner = namespace, short = name] = name.includes('/') ? name.split('/') : [];
  return owner === namespace && object === objectName(owner, short);
}
