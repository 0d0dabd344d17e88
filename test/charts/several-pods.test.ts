import { describe, expect, test } from '@jest/globals';
import { serviceKinds, workloadKinds } from '../../charts/kinds.ts';
import { type Given, projectObjectsOf } from './declared.ts';
import { everyNamespace, type FixtureNamespace } from './fixtures.ts';
import { identity, type Objects, type Workload, workloads } from './objects.ts';

/** A budget or an autoscaler, as far as it is looked at. */
interface Spec {
  readonly maxUnavailable?: number;
  readonly selector?: { readonly matchLabels?: Readonly<Record<string, string>> };
  readonly scaleTargetRef?: { readonly kind?: string; readonly name: string };
  readonly minReplicas?: number;
  readonly minReplicaCount?: number;
}
const specs = (objects: Objects, ...kinds: readonly string[]) =>
  objects.filter(({ kind }) => kinds.includes(kind)).map((object) => ({ object, spec: object.spec as Spec }));

/** How many pods of a workload there are at least. */
function fewest(objects: Objects, { object, kind, name }: Workload): number {
  const scaler = specs(objects, 'HorizontalPodAutoscaler', 'ScaledObject').find(
    ({ spec: { scaleTargetRef } }) => scaleTargetRef?.kind === kind && scaleTargetRef.name === name,
  );
  if (scaler) return scaler.spec.minReplicas ?? scaler.spec.minReplicaCount ?? 0;
  return (object.spec as { replicas?: number }).replicas ?? 1;
}

/** What a workload has against the loss of its pods: its budgets, and over what its pods spread. */
function kept(objects: Objects, { template, pod }: Workload) {
  const finds = (labels: Readonly<Record<string, string>> = {}) =>
    Object.entries(labels).every(([key, value]) => template.metadata.labels[key] === value);
  const budgets = specs(objects, 'PodDisruptionBudget').filter(({ spec }) => finds(spec.selector?.matchLabels));
  const spreads = (pod.topologySpreadConstraints ?? []).filter(({ labelSelector }) =>
    finds(labelSelector?.matchLabels),
  );
  return { budgets: budgets.map(({ object }) => identity(object)), spreads: spreads.map((each) => each.topologyKey) };
}

const overNodesAndZones = ['kubernetes.io/hostname', 'topology.kubernetes.io/zone'];
const isReal = ({ profile }: FixtureNamespace) => !profile.development;
const lasting = (await everyNamespace())
  .filter(isReal)
  .flatMap((namespace) =>
    namespace.workloads
      .filter((workload) => workload.lasting && !namespace.added.has(identity(workload.object)))
      .map((workload) => ({ namespace, workload, count: fewest(namespace.objects, workload) })),
  );

describe('in all fixtures, on a real cluster', () => {
  const nameOf = ({ namespace, workload }: (typeof lasting)[number]) =>
    `${namespace.fixture}, ${namespace.profile.name}: ${identity(workload.object)} of ${namespace.name}`;
  const several = lasting.filter(({ count }) => count > 1);
  const single = lasting.filter(({ count }) => count <= 1);

  test.each(several.map((each) => [nameOf(each), each] as const))(
    '%s has a budget, and spreads over nodes and zones',
    (_name, { namespace, workload }) => {
      const { budgets, spreads } = kept(namespace.objects, workload);
      expect(budgets).toHaveLength(1);
      expect(spreads).toEqual(overNodesAndZones);
    },
  );

  test('one pod alone has no budget, which would keep its node from being drained', () => {
    const budgets = single.filter(({ namespace, workload }) => kept(namespace.objects, workload).budgets.length > 0);
    // Its project's own chart adds that one.
    expect(budgets.map(nameOf)).toEqual(['polyglot, production: StatefulSet/search-meilisearch of search']);
    expect(single.length).toBeGreaterThan(10);
  });
});

describe('of each kind that can have several', () => {
  const required: Readonly<Record<string, Given>> = {
    http: { port: 8000 },
    'celery-worker': { app: 'shop.worker' },
    worker: { health: { tcp: 9000 } },
    statefulset: { health: { tcp: 9000 } },
  };
  const withReplicas = Object.entries({ ...serviceKinds, ...workloadKinds })
    .filter(([, { schema }]) => 'replicas' in schema.shape)
    .map(([kind]) => kind);
  const made = (kind: string) => {
    const it = { kind, ...required[kind], replicas: 2 };
    return projectObjectsOf(kind in workloadKinds ? { workloads: { it } } : { services: { it, postgres: {} } }, {
      profile: 'production',
    });
  };

  test.each(withReplicas)('%s', (kind) => {
    const objects = made(kind);
    const found = workloads(objects).find(({ name }) => name === 'shop-it');
    if (!found) throw new TypeError(`no shop-it among ${objects.map(identity).join(', ')}`);
    expect(fewest(objects, found)).toBe(2);
    expect(kept(objects, found)).toEqual({ budgets: ['PodDisruptionBudget/shop-it'], spreads: overNodesAndZones });
  });
});
