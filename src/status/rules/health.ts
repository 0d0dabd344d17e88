import { claimHealth } from './claim.ts';
import { cronJobHealth } from './cron-job.ts';
import { daemonSetHealth } from './daemon-set.ts';
import { databaseClusterHealth } from './database-cluster.ts';
import { deploymentHealth } from './deployment.ts';
import { jobHealth } from './job.ts';
import type { PersistentVolumeClaim, Pod, Service, Workload } from './objects.ts';
import { podHealth } from './pod.ts';
import { serviceHealth } from './service.ts';
import { statefulSetHealth } from './stateful-set.ts';
import { unreadable } from './unreadable.ts';
import { type Health, type Surroundings, verdict } from './verdict.ts';

/** What a verdict can be had on. Items of a list come without their kind: it has to be put in. */
export type Judged = Workload | PersistentVolumeClaim | Service | (Pod & { readonly kind: 'Pod' });

type Rules = { readonly [Kind in Judged['kind']]: (object: Judged & { kind: Kind }, around: Surroundings) => Health };

const rules: Rules = {
  Pod: podHealth,
  Cluster: databaseClusterHealth,
  Deployment: deploymentHealth,
  StatefulSet: statefulSetHealth,
  DaemonSet: daemonSetHealth,
  Job: jobHealth,
  CronJob: cronJobHealth,
  PersistentVolumeClaim: claimHealth,
  Service: serviceHealth,
};

/**
 * Whether an object is healthy, why not, and what to type next. An object of any other kind is `unknown`, and so is one that
 * is not as the API says that it is: it is the only one that is not judged.
 */
export function health(object: Judged, around: Surroundings): Health {
  const { kind, metadata } = object;
  if (!Object.hasOwn(rules, kind)) return verdict('unknown', 'UnknownKind', { cause: `no rule for the kind ${kind}` });
  try {
    return (
      unreadable(kind, metadata, around) ??
      (rules[kind] as (object: Judged, around: Surroundings) => Health)(object, around)
    );
  } catch (error) {
    return unreadable(kind, metadata, around, (error as Error).message);
  }
}
