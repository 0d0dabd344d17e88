import { context, kubectl } from '../environment.ts';
import { attempt } from '../run.ts';

/** A project whose namespace can't go. */
export const held = 'held';

const map = 'configmap/kept';

/** Deletes the namespace of a project, in which something waits for a finalizer that nobody removes. */
export function deleteHeld(): void {
  kubectl('-n', held, 'create', 'configmap', 'kept');
  const finalizers = ['example.com/hold'];
  kubectl('-n', held, 'patch', map, '--patch', JSON.stringify({ metadata: { finalizers } }));
  kubectl('delete', 'namespace', held, '--wait=false');
}

/** Lets it go, and waits until it has gone. */
export function release(): void {
  letGo();
  kubectl('wait', `namespace/${held}`, '--for=delete', '--timeout=60s');
}

/** Lets it go, if it is there. */
export const letGo = () =>
  attempt('kubectl', [
    ...['--context', context, '-n', held, 'patch', map],
    ...['--type', 'merge', '--patch', '{"metadata":{"finalizers":null}}'],
  ]);
