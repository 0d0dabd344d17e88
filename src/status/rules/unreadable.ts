import { oneLine } from '../../platform/text.ts';
import { commands } from './commands.ts';
import type { Meta } from './objects.ts';
import { type Health, type Surroundings, verdict } from './verdict.ts';

type Read = Pick<Meta, 'name' | 'namespace' | 'unreadable'>;

/**
 * The verdict on an object whose fields do not have the API's types: `unknown`, with its name and the field.
 *
 * @param why what is wrong with it. @default what its reader found
 * @returns `undefined` if its reader found nothing wrong
 */
export function unreadable(kind: string, metadata: Read, around: Pick<Surroundings, 'context'>): Health | undefined;
export function unreadable(kind: string, metadata: Read, around: Pick<Surroundings, 'context'>, why: string): Health;
export function unreadable(
  kind: string,
  { name, namespace, unreadable: found }: Read,
  { context }: Pick<Surroundings, 'context'>,
  why = found,
): Health | undefined {
  if (why === undefined) return undefined;
  const run = commands({ namespace }, { context });
  const type = kind.toLowerCase();
  const get = namespace === undefined ? run.clusterKubectl : run.kubectl;
  return verdict('unknown', 'Unreadable', {
    cause: `${type} ${name} can't be judged: ${oneLine(why)}`,
    advice: get('get', type, name, '-o yaml'),
  });
}
