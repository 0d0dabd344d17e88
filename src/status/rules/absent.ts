import { commands } from './commands.ts';
import { oneLine } from './text.ts';
import { type Health, type Surroundings, verdict } from './verdict.ts';

/** Where something should be. */
export interface Place {
  readonly namespace: string;
  /** The namespace's labels, as planned. */
  readonly labels: Readonly<Record<string, string>>;
}

/** Rows 1 and 2: what should be there and isn't, in a namespace that is there or not. */
export const missingHealth = (
  place: Place,
  namespaceExists: boolean,
  around: Pick<Surroundings, 'now' | 'context'>,
): Health =>
  verdict('missing', namespaceExists ? 'NotDeployed' : 'NamespaceMissing', {
    cause: namespaceExists ? 'not deployed' : `there is no namespace ${place.namespace}`,
    advice: commands(place, around).infra('start'),
  });

/** A request that the API did not answer. */
export interface Refusal {
  /** HTTP status; none if there was no answer. */
  readonly code?: number;
  readonly verb: string;
  readonly resource: string;
  readonly namespace?: string;
  readonly message: string;
}

/** Row 3: nothing is known, which is never the same as that there is nothing. */
export function unknownHealth(
  { code, verb, resource, namespace, message }: Refusal,
  around: Pick<Surroundings, 'now' | 'context'>,
): Health {
  const run = commands({ namespace }, around);
  const where = namespace === undefined ? 'in all namespaces' : `in ${namespace}`;
  if (code === undefined)
    return verdict('unknown', 'Unreachable', {
      cause: `the API can't be reached: ${oneLine(message)}`,
      advice: run.clusterKubectl('cluster-info'),
    });
  const refused = code === 401 || code === 403;
  const asked = namespace === undefined ? run.clusterKubectl : run.kubectl;
  return verdict('unknown', refused ? 'Forbidden' : 'ApiError', {
    cause: `can't ${verb} ${resource} ${where}: ${oneLine(message)}`,
    advice: refused
      ? asked(`auth can-i ${verb} ${resource}${namespace === undefined ? ' -A' : ''}`)
      : run.clusterKubectl('cluster-info'),
  });
}
