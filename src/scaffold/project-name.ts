import { dnsLabel } from '../../charts/common/fields.ts';
import type { Environment } from '../../charts/model.ts';
import { UsageError } from '../platform/errors.ts';

/** A text as a short name: lower-case letters, digits and `-`, beginning with a letter. */
export function asName(text: string, otherwise = 'app'): string {
  const name = text
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replace(/^[^a-z]+/, '')
    .slice(0, 40)
    .replace(/-+$/, '');
  return name === '' ? otherwise : name;
}

/** What a new project is called by. */
export interface CalledProject {
  /** Short name. */
  readonly name: string;
  /** Name of its folder. */
  readonly folder: string;
  /** The folder, if that is what was given. */
  readonly directory?: string;
}

/**
 * The project that people mean by its name or its folder: `backends/svc-new_quotes` is `new-quotes`, in that folder.
 */
export function calledProject(given: string): CalledProject {
  const directory = given.replace(/\/+$/, '');
  const folder = directory.split('/').at(-1) ?? '';
  // What is no name for other reasons is refused as it is.
  const [, name = folder] = /^(?:svc[-_])?([a-z][a-z0-9_-]*)$/.exec(folder) ?? [];
  return { name: name.replaceAll('_', '-'), folder, directory: directory.includes('/') ? directory : undefined };
}

/**
 * Checks the name of a new project.
 *
 * @throws UsageError if it can't be one, or is taken
 */
export function checkProjectName(name: string, environment: Environment): void {
  const [issue] = dnsLabel.safeParse(name).error?.issues ?? [];
  if (issue) {
    const near = asName(name);
    throw new UsageError(`the name "${name}" ${issue.message}`, near === name ? undefined : `for instance: ${near}`);
  }
  const owner = environment.projects.find((project) => project.name === name);
  if (owner)
    throw new UsageError(`the name "${name}" is taken by ${owner.directory}`, 'choose a name that no project has');
  if (name === environment.name)
    throw new UsageError(`the name "${name}" is the environment's own`, 'choose a name that no namespace has');
  if (isReserved(name))
    throw new UsageError(`the name "${name}" is reserved`, 'choose a name that Kubernetes does not use');
}

/** Whether nothing can have that name: namespaces of Kubernetes itself, and what JavaScript objects have. */
export const isReserved = (name: string): boolean => /^(default|kube-.*|constructor)$/.test(name);
