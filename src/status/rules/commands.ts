import { labelKeys } from '../../../charts/common/labels.ts';
import type { Meta } from './objects.ts';
import type { Surroundings } from './verdict.ts';

/** The commands that advice about an object is made of. */
export interface Commands {
  /** `kubectl … ARGUMENTS`, with the context and the object's namespace. */
  readonly kubectl: (...given: string[]) => string;
  /** `kubectl … ARGUMENTS` on objects outside of namespaces. */
  readonly clusterKubectl: (...given: string[]) => string;
  /**
   * `repoctl infra project VERB PROJECT`, of the global tier `repoctl infra global VERB`; none for foreign objects. In a namespace
   * of a real cluster `repoctl deploy` starts, and the others are none: they are for development.
   */
  readonly infra: (verb: 'start' | 'rebuild' | 'restore' | 'rotate') => string | undefined;
  /** `repoctl infra project logs PROJECT SERVICE`: of its latest pods' main container. */
  readonly serviceLogs: (previous: boolean) => string | undefined;
}

/** The command that brings a project, or everything, to a real cluster. */
export const deployCommand = (profile: string, project: string | undefined, context: string | undefined): string =>
  ['repoctl deploy', project, '--profile', profile, context && `--context ${context}`].filter(Boolean).join(' ');

/** Verbs that the global tier has, too. */
const globalVerbs: readonly string[] = ['start'];

/**
 * Makes the commands for an object.
 *
 * @param metadata its namespace (@default `default`), and its labels, which tell its project, tier and service
 * @param around the context that each command names. @default no command names one
 */
export function commands(
  { namespace = 'default', labels = {} }: Pick<Meta, 'namespace' | 'labels'>,
  { context, realProfile }: Partial<Pick<Surroundings, 'context' | 'now' | 'realProfile'>>,
): Commands {
  const line = (...words: (string | undefined)[]) => words.filter((word) => word !== undefined).join(' ');
  const where = context === undefined ? undefined : `--context ${context}`;
  const { [labelKeys.project]: project, [labelKeys.tier]: tier, [labelKeys.name]: service } = labels;
  const kubectl = (...given: string[]) => line('kubectl', where, '-n', namespace, ...given);
  return {
    kubectl,
    clusterKubectl: (...given) => line('kubectl', where, ...given),
    infra: (verb) => {
      if (realProfile !== undefined && verb !== 'start') return undefined;
      if (realProfile !== undefined && tier !== undefined) return deployCommand(realProfile, project, context);
      // Without --latest it wants to be told which backup.
      const more = verb === 'restore' ? '--latest' : verb === 'rotate' ? service : undefined;
      if (project !== undefined) return line('repoctl infra project', verb, project, more, where);
      return tier === 'global' && globalVerbs.includes(verb) ? line('repoctl infra global', verb, where) : undefined;
    },
    serviceLogs: (previous) => {
      const of = project ?? (tier === 'global' ? 'global' : undefined);
      return of === undefined || service === undefined
        ? undefined
        : line('repoctl infra project logs', of, service, previous ? '--previous' : undefined, where);
    },
  };
}
