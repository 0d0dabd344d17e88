import { labelKeys } from '../../../charts/common/labels.ts';
import type { Meta } from './objects.ts';
import type { Surroundings } from './verdict.ts';

/** The commands that advice about an object is made of. */
export interface Commands {
  /** `kubectl … ARGUMENTS`, with the context and the object's namespace. */
  readonly kubectl: (...given: string[]) => string;
  /** `kubectl … ARGUMENTS` on objects outside of namespaces. */
  readonly clusterKubectl: (...given: string[]) => string;
  /** `repoctl infra project VERB PROJECT`, of the global tier `repoctl infra global VERB`; none for foreign objects. */
  readonly infra: (verb: 'start' | 'rebuild' | 'restore' | 'rotate') => string | undefined;
  /** `repoctl infra project logs PROJECT SERVICE`: of its latest pods' main container. */
  readonly serviceLogs: (previous: boolean) => string | undefined;
}

/** Verbs that the global tier has, too. */
const globalVerbs: readonly string[] = ['start'];

export function commands(
  { namespace = 'default', labels = {} }: Pick<Meta, 'namespace' | 'labels'>,
  { context }: Partial<Pick<Surroundings, 'context' | 'now'>>,
): Commands {
  const line = (...words: (string | undefined)[]) => words.filter((word) => word !== undefined).join(' ');
  const where = context === undefined ? undefined : `--context ${context}`;
  const { [labelKeys.project]: project, [labelKeys.tier]: tier, [labelKeys.name]: service } = labels;
  const kubectl = (...given: string[]) => line('kubectl', where, '-n', namespace, ...given);
  return {
    kubectl,
    clusterKubectl: (...given) => line('kubectl', where, ...given),
    infra: (verb) => {
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
