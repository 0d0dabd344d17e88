import { oneLine, secondsSince, span } from '../../platform/text.ts';
import { commands } from './commands.ts';
import { eventsAbout, standing } from './events.ts';
import type { PersistentVolumeClaim } from './objects.ts';
import { patience } from './patience.ts';
import { unreadable } from './unreadable.ts';
import { type Health, type Surroundings, verdict } from './verdict.ts';

/** Failures that the provisioner's retries do not fix. */
const hopeless = /storageclass\S* "[^"]*" not found|does not support|no storage class is set|invalid/i;

/** Rows 10 to 12. `around.pods` are those that may use the claim. */
export function claimHealth(claim: PersistentVolumeClaim, around: Surroundings): Health {
  const unread = unreadable('PersistentVolumeClaim', claim.metadata, around);
  if (unread) return unread;
  const { name, namespace, deletionTimestamp } = claim.metadata;
  const run = commands(claim.metadata, around);
  const events = eventsAbout('PersistentVolumeClaim', claim.metadata, around.events);
  const used = (around.pods ?? []).some(
    ({ metadata, spec }) =>
      metadata.namespace === namespace &&
      spec.volumes?.some((volume) => volume.persistentVolumeClaim?.claimName === name),
  );
  const describe = run.kubectl('describe pvc', name);
  const going = secondsSince(deletionTimestamp, around.now);
  if (going !== undefined)
    return verdict(going > patience.Terminating && !used ? 'degraded' : 'progressing', 'Terminating', {
      cause: used ? 'will be removed when the pod that uses it is gone' : `being removed for ${span(going)}`,
      advice: describe,
    });
  switch (claim.status?.phase) {
    case 'Bound':
      return verdict('healthy', 'Bound');
    case 'Lost':
      return verdict('degraded', 'ClaimLost', {
        cause: 'its volume is gone, and the data with it',
        advice: run.infra('restore') ?? describe,
        terminal: true,
      });
  }
  const failed = standing(
    events,
    ['ProvisioningFailed', 'FailedBinding'],
    ['ProvisioningSucceeded', 'WaitForFirstConsumer'],
  );
  if (failed) {
    const message = failed.message ?? '';
    return verdict('degraded', failed.reason ?? 'ProvisioningFailed', {
      cause: oneLine(message) || 'no volume could be created',
      advice:
        /storage ?class/i.test(message) || claim.spec.storageClassName === undefined
          ? run.clusterKubectl('get storageclass')
          : describe,
      terminal: hopeless.test(message),
    });
  }
  const storageClass = around.storageClasses?.find(({ metadata }) => metadata.name === claim.spec.storageClassName);
  const lazy =
    storageClass?.volumeBindingMode === 'WaitForFirstConsumer' ||
    events.some(({ reason }) => reason === 'WaitForFirstConsumer');
  return lazy && !used
    ? verdict('healthy', 'WaitForFirstConsumer', { warning: 'gets its volume when a pod uses it' })
    : pending(claim, { provisioner: storageClass?.provisioner, advice: describe }, around);
}

/** A claim that has no volume yet. */
function pending(
  { metadata }: PersistentVolumeClaim,
  { provisioner, advice }: { readonly provisioner?: string; readonly advice: string },
  around: Surroundings,
): Health {
  const begun = [metadata, ...(around.pods ?? []).map((pod) => pod.metadata)];
  // One without a pod may wait for it.
  const age = Math.min(...begun.map(({ creationTimestamp }) => secondsSince(creationTimestamp, around.now) ?? 0));
  const late = age > patience.Pending;
  const from = provisioner === undefined ? '' : ` from ${provisioner}`;
  return verdict(late ? 'degraded' : 'progressing', 'Pending', {
    cause: late ? `waiting for a volume${from} for ${span(age)}` : 'waiting for a volume',
    advice,
  });
}
