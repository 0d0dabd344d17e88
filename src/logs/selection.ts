import { labelKeys } from '../../charts/common/labels.ts';
import type { Environment } from '../../charts/model.ts';
import type { ListOptions } from '../cluster/client.ts';
import { findNamed, findOwn } from '../config/select-projects.ts';
import { UsageError } from '../platform/errors.ts';
import { suggestion } from '../platform/nearest.ts';

/** The pods whose logs are wanted. */
export interface Selection {
  /** `turfoo`, `turfoo-api` */
  readonly title: string;
  readonly pods: ListOptions;
  /** The first part of the names of all objects. */
  readonly prefix: string;
  /** The command that starts them. */
  readonly start: string;
}

/**
 * The pods of a project, of the global tier (`global`, or the environment's name), or of one of their services.
 *
 * @param service `api` or `turfoo-api`; default all
 * @throws UsageError if there is no such project or service
 */
export function select(environment: Environment, given: string, service?: string): Selection {
  const { name, namespace, services, workloads } = findNamed(tiers(environment), given);
  const global = workloads === undefined;
  const start = global ? 'repoctl infra global start' : `repoctl infra project start ${name}`;
  const labels: Record<string, string> = global
    ? { [labelKeys.partOf]: environment.namespace, [labelKeys.tier]: 'global' }
    : { [labelKeys.project]: name };
  const tier = {
    title: global ? 'the global tier' : name,
    pods: { namespace, labels },
    prefix: `${global ? environment.name : name}-`,
    start,
  };
  if (service === undefined) return tier;

  const all = [...services, ...(workloads ?? [])];
  const found = all.find((each) => service === each.name || service === each.object);
  if (!found) {
    const allowed = suggestion(
      service,
      all.map((each) => each.name),
    );
    throw new UsageError(`${tier.title} has no service "${service}"; ${allowed}`);
  }
  const pods = { namespace, labels: { ...labels, [labelKeys.instance]: found.object } };
  return { ...tier, title: found.object, pods };
}

/**
 * The pods of a project that the configuration no longer has, or of one of its services.
 *
 * @param left its short name and its namespace
 */
export function selectLeft(
  { project: name, name: namespace }: { readonly project: string; readonly name: string },
  service?: string,
): Selection {
  const object = service?.startsWith(`${name}-`) ? service : `${name}-${service}`;
  const labels: Record<string, string> = { [labelKeys.project]: name };
  return {
    title: service === undefined ? name : object,
    pods: { namespace, labels: service === undefined ? labels : { ...labels, [labelKeys.instance]: object } },
    prefix: `${name}-`,
    start: `${name} is not in the configuration; repoctl infra project reset ${name} deletes what is left of it`,
  };
}

/** Whether a tier of the configuration is called so. */
export const isTier = (environment: Environment, given: string): boolean =>
  findOwn(tiers(environment), given) !== undefined;

interface Tier extends Pick<Environment, 'services'> {
  readonly name: string;
  readonly namespace: string;
  readonly directory: string;
  /** None in the global tier. */
  readonly workloads?: Environment['projects'][number]['workloads'];
}

const tiers = ({ name, namespace, services, projects }: Environment): Tier[] => [
  ...projects,
  { name: 'global', namespace, directory: name, services },
];
