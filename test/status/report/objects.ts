import { namespaceLabels, objectLabels, ownerLabels } from '../../../charts/common/labels.ts';
import type { Meta, Pod, Workload } from '../../../src/status/rules/objects.ts';
import type { Namespace } from '../../../src/status/snapshot/records.ts';
import type { Snapshot } from '../../../src/status/snapshot/snapshot.ts';
import type { Plan, PlannedNamespace } from '../../../src/synth/plan.ts';
import { ago, now, pod } from '../rules/fixtures/objects.ts';

const ownerOf = (namespace: string) =>
  namespace === 'dev'
    ? ({ environment: 'dev', tier: 'global' } as const)
    : ({ environment: 'dev', tier: 'project', project: namespace } as const);

/** A namespace of the environment `dev`, which is its global tier. */
export const namespace = (name: string, more: Partial<Meta> = {}, status?: Namespace['status']): Namespace => ({
  metadata: { name, labels: ownerLabels(ownerOf(name)), ...more },
  status,
});

const labelsOf = (space: string, name: string) =>
  objectLabels({ name, object: `${space}-${name}`, component: 'x', owner: ownerOf(space) });

const metaOf = (space: string, name: string, object = `${space}-${name}`): Meta => ({
  name: object,
  namespace: space,
  labels: labelsOf(space, name),
  creationTimestamp: ago(7200),
  generation: 1,
});

/** A Deployment `SPACE-NAME`, of which a pod is ready or not; not replicas at all of 0. */
export const deployment = (space: string, name: string, ready: number, replicas = 1): Workload => ({
  kind: 'Deployment',
  metadata: metaOf(space, name),
  spec: { replicas },
  status: {
    observedGeneration: 1,
    replicas,
    updatedReplicas: replicas,
    readyReplicas: ready,
    availableReplicas: ready,
  },
});

/** A Job of `SPACE-NAME` that is done. */
export const job = (space: string, name: string, object: string): Workload => ({
  kind: 'Job',
  metadata: metaOf(space, name, object),
  spec: {},
  status: { succeeded: 1, conditions: [{ type: 'Complete', status: 'True' }] },
});

/** A pod of `SPACE-NAME`. */
export const podOf = (space: string, name: string, parts: Parameters<typeof pod>[0] = {}): Pod =>
  pod({ ...parts, meta: { ...metaOf(space, name, `${space}-${name}-1`), ...parts.meta } });

/** A pod of `SPACE-NAME` that crashed over and over. */
export const crashedPodOf = (space: string, name: string, restarts = 7): Pod =>
  podOf(space, name, {
    status: {
      ready: false,
      restartCount: restarts,
      state: { waiting: { reason: 'CrashLoopBackOff' } },
      lastState: { terminated: { exitCode: 1, reason: 'Error', finishedAt: ago(20), message: 'no space left' } },
    },
  });

/** A pod of `SPACE-NAME` whose init container waits for something. */
export const waitingPodOf = (space: string, name: string, target: string): Pod =>
  podOf(space, name, {
    phase: 'Pending',
    init: [{ name: `wait-${target.replace('/', '--')}`, command: ['sh', '-c', 'loop', target] }],
    initStatuses: [{ name: `wait-${target.replace('/', '--')}`, state: { running: { startedAt: ago(30) } } }],
    status: { ready: false, started: false, state: { waiting: { reason: 'PodInitializing' } } },
  });

export const snapshot = (parts: Partial<Snapshot> = {}): Snapshot => ({
  namespaces: [],
  nodes: [],
  pods: [],
  loosePods: [],
  claims: [],
  slices: [],
  events: [],
  workloads: [],
  refusals: [],
  readAnything: true,
  now,
  ...parts,
});

/** A namespace of which services are planned: of names, or names with what they start after. */
export function planned(name: string, services: Readonly<Record<string, readonly string[]>>): PlannedNamespace {
  const owner = ownerOf(name);
  return {
    name,
    tier: owner.tier,
    directory: `backends/svc-${name}`,
    needs: [],
    manifest: `${name}.k8s.yaml`,
    labels: namespaceLabels(owner, { name: 'local', chain: ['local'] }),
    images: [],
    services: [],
    workloads: Object.entries(services).map(([short, after]) => ({
      name: short,
      kind: 'http',
      object: `${name}-${short}`,
      controller: { kind: 'Deployment', name: `${name}-${short}` },
      ports: [],
      after,
    })),
    commands: [],
    objects: [],
    secrets: [],
  };
}

export const plan = (...namespaces: PlannedNamespace[]): Plan => ({ environment: 'dev', profile: 'local', namespaces });
