import { TimeoutError } from '../platform/errors.ts';
import { poll } from '../platform/poll.ts';
import { type Cluster, described, type ObjectReference } from './client.ts';

export interface RemovalOptions {
  /** What it owns stays. @default it goes, too */
  readonly orphan?: boolean;
  /** How long it may take, in seconds. @default 60 */
  readonly patience?: number;
  readonly signal?: AbortSignal;
}

/**
 * Deletes an object and waits until it is gone.
 *
 * @throws TimeoutError if something holds it
 */
export async function removeAndWait(
  cluster: Cluster,
  reference: ObjectReference,
  { orphan, patience = 60, signal }: RemovalOptions = {},
): Promise<void> {
  if (!(await cluster.remove(reference, { orphan }))) return;
  const { namespace, name } = reference.metadata ?? {};
  await poll(
    async () => !(await cluster.get(reference)),
    () =>
      new TimeoutError(
        `${described(reference)} was deleted, but is still there after ${patience} s: a finalizer or a pod keeps it`,
        `kubectl --context ${cluster.context} -n ${namespace} describe ${reference.kind.toLowerCase()} ${name}`,
      ),
    { timeout: patience * 1000, interval: 200, signal },
  );
}
