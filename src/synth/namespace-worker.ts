// A thread that helps to make manifests; see make-namespaces.ts.
import { parentPort, workerData } from 'node:worker_threads';
import { type Share, takeShare } from './make-namespaces.ts';

parentPort?.postMessage(await takeShare(workerData as Share));
