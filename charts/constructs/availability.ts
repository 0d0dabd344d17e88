import type { Construct } from 'constructs';
import { typeMeta } from '../common/api-versions.ts';
import { addHorizontalPodAutoscaler, addPodDisruptionBudget } from '../common/k8s.ts';
import { type Labelled, objectLabels, selectorLabels } from '../common/labels.ts';
import { fewestPods, type Scaling } from '../common/scaling.ts';

/**
 * Adds what keeps a workload of several pods up: a HorizontalPodAutoscaler where it is asked for, and a PodDisruptionBudget,
 * so that nodes are drained one pod at a time. One pod alone has no budget: it would keep its node from being drained.
 *
 * @param given its settings; those that say nothing of this are left alone
 */
export function addAvailability(pods: Construct, labelled: Labelled, controller: string, given: unknown): void {
  if (controller !== 'Deployment' && controller !== 'StatefulSet') return;
  const settings = given as Scaling;
  const { autoscale } = settings;
  const metadata = { name: labelled.object, labels: objectLabels(labelled) };
  if (autoscale) {
    const { min, max, ...targets } = autoscale;
    const metrics = (['cpu', 'memory'] as const).flatMap((name) => {
      const averageUtilization = targets[name];
      return averageUtilization === undefined
        ? []
        : [{ type: 'Resource', resource: { name, target: { type: 'Utilization', averageUtilization } } }];
    });
    addHorizontalPodAutoscaler(pods, 'autoscaler', {
      metadata,
      spec: {
        scaleTargetRef: { ...typeMeta(controller), name: labelled.object },
        minReplicas: min,
        maxReplicas: max,
        metrics,
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
