import { bounded, oneLine, secondsSince, span } from '../../platform/text.ts';
import { commands } from '../rules/commands.ts';
import { patience } from '../rules/patience.ts';
import { type Health, type Surroundings, verdict } from '../rules/verdict.ts';
import type { Namespace } from '../snapshot/records.ts';

const kinds = (message: string | undefined): string[] =>
  [...bounded(message ?? '').matchAll(/(?<![-.a-z0-9])([a-z][-.a-z0-9]{0,252}) has \d+ resource instances?/g)].map(
    ([, resource = '']) => resource.replace(/\.$/, ''),
  );

/** A namespace that is being deleted, and what holds it; `undefined` of any other. */
export function terminatingHealth({ metadata, status }: Namespace, moment: Surroundings): Health | undefined {
  const since = secondsSince(metadata.deletionTimestamp, moment.now);
  if (since === undefined) return undefined;
  const run = commands({ namespace: metadata.name, labels: metadata.labels }, moment);
  const holding = (type: string) =>
    status?.conditions?.find((each) => each.type === type && each.status === 'True')?.message;
  const finalizers = holding('NamespaceFinalizersRemaining');
  const content = holding('NamespaceContentRemaining');
  const failure = [
    'NamespaceDeletionDiscoveryFailure',
    'NamespaceDeletionContentFailure',
    'NamespaceDeletionGroupVersionParsingFailure',
  ]
    .map(holding)
    .find((message) => message !== undefined);
  const why = [finalizers ?? content, failure].filter((each) => each !== undefined).map((each) => oneLine(each));
  const cause = `being deleted for ${span(since)}${why.length > 0 ? `: ${why.join('; ')}` : ''}`;
  const left = kinds(content);
  const advice =
    left.length > 0
      ? run.kubectl(
          `get ${left.join(',')} -o custom-columns=KIND:.kind,NAME:.metadata.name,FINALIZERS:.metadata.finalizers`,
        )
      : run.clusterKubectl(`get namespace ${metadata.name} -o yaml`);
  const late = since > patience.NamespaceTerminating;
  return verdict(late ? 'degraded' : 'progressing', 'Terminating', {
    cause,
    advice,
    since: metadata.deletionTimestamp,
    terminal: late && finalizers !== undefined,
  });
}
