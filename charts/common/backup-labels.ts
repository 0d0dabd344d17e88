import type { Service } from './kind.ts';
import { labelled } from './labelled.ts';
import type { Labelled } from './labels.ts';

/** The roles of the pods of backups. */
export const backupComponents = { backup: 'backup', check: 'backup-check' } as const;

/** Name and labels of what backs a service up. */
export const backupLabels = (service: Pick<Service, 'name' | 'object' | 'owner'>): Labelled =>
  beside(service, 'backup');

/** Name and labels of what checks the backups of a service. */
export const backupCheckLabels = (service: Pick<Service, 'name' | 'object' | 'owner'>): Labelled =>
  beside(service, 'check');

const beside = (
  { name, object, owner }: Pick<Service, 'name' | 'object' | 'owner'>,
  role: keyof typeof backupComponents,
) => {
  const component = backupComponents[role];
  return labelled({ name: `${name}-${component}`, object: `${object}-${component}`, owner }, component);
};
