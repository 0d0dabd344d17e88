import { ApiObject } from 'cdk8s';
import type { Construct } from 'constructs';
import { typeMeta } from '../common/api-versions.ts';
import type { Connection } from '../common/connection.ts';
import { addHorizontalPodAutoscaler, addPodDisruptionBudget, addScaledObject } from '../common/k8s.ts';
import { type Labelled, labelKeys, objectLabels, selectorLabels } from '../common/labels.ts';
import { fewestPods, type Scaling, type Waiting } from '../common/scaling.ts';

/**
 * Adds what keeps several pods of a workload or service up: a HorizontalPodAutoscaler or a ScaledObject where it is asked for, and a
 * PodDisruptionBudget, so that nodes are drained one pod at a time. One pod alone has no budget: it would keep its node from
 * being drained.
 *
 * @param given its settings; those that say nothing of this are left alone
 * @param connected what it gets from services, by their names; only queues need it
 */
export function addAvailability(
  pods: Construct,
  labelled: Labelled,
  controller: string,
  given: unknown,
  connected: ReadonlyMap<string, Connection> = new Map(),
): void {
  if (controller !== 'Deployment' && controller !== 'StatefulSet') return;
  const settings = given as Scaling;
  const { autoscale } = settings;
  const metadata = { name: labelled.object, labels: objectLabels(labelled) };
  const scaleTargetRef = { ...typeMeta(controller), name: labelled.object };
  if (autoscale?.queues) {
    // The health report can't tell from the number of pods alone whether somebody has stopped it.
    if (autoscale.min === 0) ApiObject.of(pods).metadata.addLabel(labelKeys.scalesToZero, 'true');
    addScaledObject(pods, 'autoscaler', {
      metadata,
      spec: {
        scaleTargetRef,
        minReplicaCount: autoscale.min,
        maxReplicaCount: autoscale.max,
        triggers: [
          ...autoscale.queues.map((each) => trigger(each, connected.get(each.service))),
          ...utilizations(autoscale).map(({ name, percent }) => ({
            type: name,
            metricType: 'Utilization',
            metadata: { value: String(percent) },
          })),
        ],
      },
    });
  } else if (autoscale) {
    addHorizontalPodAutoscaler(pods, 'autoscaler', {
      metadata,
      spec: {
        scaleTargetRef,
        minReplicas: autoscale.min,
        maxReplicas: autoscale.max,
        metrics: utilizations(autoscale).map(({ name, percent }) => ({
          type: 'Resource',
          resource: { name, target: { type: 'Utilization', averageUtilization: percent } },
        })),
      },
    });
  }
  if (fewestPods(settings) > 1)
    addPodDisruptionBudget(pods, 'disruption-budget', {
      metadata,
      spec: {
        maxUnavailable: 1,
        // Pods that never became ready keep no node.
        unhealthyPodEvictionPolicy: 'AlwaysAllow',
        selector: { matchLabels: selectorLabels(labelled) },
      },
    });
}

/** How much of what they request pods use on average. */
const utilizations = (targets: NonNullable<Scaling['autoscale']>) =>
  (['cpu', 'memory'] as const).flatMap((name) => {
    const percent = targets[name];
    return percent === undefined ? [] : [{ name, percent }];
  });

/**
 * What has KEDA ask for the length of a queue, with the variables that the workload itself has.
 *
 * @see https://keda.sh/docs/latest/scalers/
 */
function trigger(waiting: Waiting, connection: Connection | undefined) {
  const { perPod, authentication } = waiting;
  const [type, metadata] =
    'queue' in waiting
      ? ['rabbitmq', { queueName: waiting.queue, mode: 'QueueLength', value: String(perPod) }]
      : 'stream' in waiting
        ? ['redis-streams', { stream: waiting.stream, consumerGroup: waiting.group, lagCount: String(perPod) }]
        : ['redis', { listName: waiting.list, listLength: String(perPod) }];
  if (authentication !== undefined) return { type, metadata, authenticationRef: { name: authentication } };
  return { type, metadata: { ...connection?.scaler?.metadata, ...metadata } };
}
