// The program of a further thread; see threads.ts.
import { parentPort, workerData } from 'node:worker_threads';
import { type MakeShare, makeShare } from './make-namespaces.ts';
import { type ReadShare, readShare } from './read-ahead.ts';

const share = workerData as MakeShare | ReadShare;
parentPort?.postMessage(share.task === 'make' ? await makeShare(share) : await readShare(share));
