import type { Service } from './kind.ts';
import type { Labelled } from './labels.ts';

/** A service or a workload as far as labels go. */
export const labelled = (
  { name, object, owner }: Pick<Service, 'name' | 'object' | 'owner'>,
  component: string,
): Labelled => ({ name, object, owner, component });
