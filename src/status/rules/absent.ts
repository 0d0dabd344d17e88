import { oneLine } from '../../platform/text.ts';
import { commands } from './commands.ts';
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

/** What the API's answers mean that are no answers, and what to look at: by HTTP status. */
const answers: readonly { readonly codes: readonly number[]; readonly text?: string; readonly next: string }[] = [
  { codes: [404], text: 'the API does not know this kind', next: 'api-resources' },
  { codes: [429], text: 'the API server is overloaded', next: "get --raw '/readyz?verbose'" },
  { codes: [408, 504], text: 'the API server did not answer in time', next: "get --raw '/readyz?verbose'" },
  { codes: [500, 502, 503], text: 'the API server has an internal error', next: "get --raw '/readyz?verbose'" },
];

/** Whether the API refused it because a right is missing: 401 or 403. */
export const isForbidden = ({ code }: Pick<Refusal, 'code'>): boolean => code === 401 || code === 403;

/** Whether asking again may be answered: there was no answer, or the API server has trouble. */
export const isPassing = ({ code }: Pick<Refusal, 'code'>): boolean =>
  code === undefined || code === 408 || code === 429 || code >= 500;

/** What to type next when the API did not answer. */
export function refusalAdvice(refusal: Refusal, around: Pick<Surroundings, 'now' | 'context'>): string {
  const { code, verb, resource, namespace } = refusal;
  const run = commands({ namespace }, around);
  const asked = namespace === undefined ? run.clusterKubectl : run.kubectl;
  if (code === 401) return run.clusterKubectl('auth whoami');
  if (code === 403) return asked(`auth can-i ${verb} ${resource}${namespace === undefined ? ' -A' : ''}`);
  return run.clusterKubectl(answers.find(({ codes }) => codes.includes(code ?? 0))?.next ?? 'cluster-info');
}

/** What went wrong, in words: the API's own message says little when it had no time for one. */
export function refusalText({ code, message }: Refusal): string {
  const meaning = answers.find(({ codes }) => codes.includes(code ?? 0))?.text;
  return meaning === undefined ? oneLine(message) : `${meaning} (${code}: ${oneLine(message)})`;
}

/** Row 3: nothing is known, which is never the same as that there is nothing. */
export function unknownHealth(refusal: Refusal, around: Pick<Surroundings, 'now' | 'context'>): Health {
  const { code, verb, resource, namespace } = refusal;
  const where = namespace === undefined ? 'in all namespaces' : `in ${namespace}`;
  const advice = refusalAdvice(refusal, around);
  if (code === undefined)
    return verdict('unknown', 'Unreachable', { cause: `the API can't be reached: ${refusalText(refusal)}`, advice });
  return verdict('unknown', isForbidden(refusal) ? 'Forbidden' : 'ApiError', {
    cause: `can't ${verb} ${resource} ${where}: ${refusalText(refusal)}`,
    advice,
  });
}
