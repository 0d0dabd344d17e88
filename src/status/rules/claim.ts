import { commands } from './commands.ts';
import { eventsAbout, standing } from './events.ts';
import type { PersistentVolumeClaim } from './objects.ts';
import { oneLine, secondsSince } from './text.ts';
import { type Health, type Surroundings, verdict } from './verdict.ts';

/** Failures that no retry of the provisioner's mends. */
const hopeless = /storageclass\S* "[^"]*" not found|does not support|no storage class is set|invalid/i;

/** Rows 10 to 12. `around.pods` are those that may use the claim. */
export function claimHealth(claim: PersistentVolumeClaim, around: Surroundings): Health {
  const { name, namespace, deletionTimestamp } = claim.metadata;
  const run = commands(claim.metadata, around);
  const events = eventsAbout('PersistentVolumeClaim', claim.metadata, around.events);
  const used = (around.pods ?? []).some(
    ({ metadata, spec }) =>
      metadata.namespace === namespace &&
      spec.volumes?.some((volume) => volume.persistentVolumeClaim?.claimName === name),
  );
  const describe = run.kubectl('describe pvc', name);
  if (secondsSince(deletionTimestamp, around.now) !== undefined)
    return verdict('progressing', 'Terminating', {
      cause: used ? 'is removed when the pod that uses it has gone' : 'being removed',
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
      cause: oneLine(message) || 'no volume could be made',
      advice: /storage ?class/i.test(message) ? run.clusterKubectl('get storageclass') : describe,
      terminal: hopeless.test(message),
    });
  }
  const storageClass = around.storageClasses?.find(({ metadata }) => metadata.name === claim.spec.storageClassName);
  const lazy =
    storageClass?.volumeBindingMode === 'WaitForFirstConsumer' ||
    events.some(({ reason }) => reason === 'WaitForFirstConsumer');
  return lazy && !used
    ? verdict('healthy', 'WaitForFirstConsumer', { warning: 'gets its volume when a pod uses it' })
    : verdict('progressing', 'Pending', { cause: 'waiting for a volume', advice: describe });
}
