// The program of a further thread; see threads.ts.
import { parentPort } from 'node:worker_threads';
import {
  type AttemptShare,
  attemptShare,
  type MakeShare,
  makeShare,
  type SettleShare,
  settleShare,
  type Unsettled,
} from './make-namespaces.ts';
import { type ReadShare, readShare } from './read-ahead.ts';

const unsettled: Unsettled = [];

parentPort?.on('message', async (share: MakeShare | AttemptShare | SettleShare | ReadShare) => {
  if (share.task === 'make') return parentPort?.postMessage(await makeShare(share));
  if (share.task === 'attempt') return parentPort?.postMessage(await attemptShare(share, unsettled));
  if (share.task === 'settle') return parentPort?.postMessage(await settleShare(share, unsettled));
  parentPort?.postMessage(await readShare(share));
  // What was read will be made next; until then there is time to load what that takes.
  await import('../../charts/app.ts');
});
