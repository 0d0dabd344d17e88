import { labelKeys, objectLabels, ownerLabels } from '../../charts/common/labels.ts';
import { RefusedError } from '../../src/cluster/api-errors.ts';
import type { Cluster } from '../../src/cluster/client.ts';
import { send } from '../../src/cluster/request.ts';

/** How many namespaces the pods are spread over. */
export const namespaceCount = 100;

/** Pods of a Deployment, at most. */
const replicas = 10;

/** Requests at once. */
const atOnce = 16;

const namespaceName = (index: number): string => `bench-${String(index).padStart(3, '0')}`;
const owner = (index: number) => ({ environment: 'bench', tier: 'project', project: namespaceName(index) }) as const;

// Not before they are made: the report would say that the clock of their node is wrong.
const soon = () => new Date(Date.now() + 1000).toISOString();
const condition = (type: string) => ({ type, status: 'True', lastProbeTime: null, lastTransitionTime: soon() });

async function request(
  cluster: Cluster,
  method: string,
  path: string,
  body?: object,
): Promise<Record<string, unknown>> {
  const options = { ...(await cluster.authenticate()), method };
  const answer = await send(new URL(path, cluster.server), options, {
    contentType: 'application/json',
    body: body && JSON.stringify(body),
  });
  const chunks: Buffer[] = [];
  for await (const chunk of answer) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString();
  if ((answer.statusCode ?? 500) >= 400) throw new RefusedError(`${method} ${path}: ${text}`, answer.statusCode ?? 0);
  return JSON.parse(text) as Record<string, unknown>;
}

/** Makes an object and gives it its status, as a controller or a kubelet would. */
async function write(cluster: Cluster, path: string, object: Record<string, unknown>, status: object): Promise<void> {
  const { name } = object.metadata as { name: string };
  const made = await request(cluster, 'POST', `${path}?fieldManager=kube-controller-manager`, object);
  await request(cluster, 'PUT', `${path}/${name}/status?fieldManager=kubelet`, { ...made, status });
}

/** A Deployment of a namespace and its pods. */
async function writeDeployment(cluster: Cluster, index: number, number: number, count: number) {
  const namespace = namespaceName(index);
  const name = `service-${number}`;
  const object = `${namespace}-${name}`;
  const labels = objectLabels({ name, object, component: 'http', owner: owner(index) });
  const path = `/apis/apps/v1/namespaces/${namespace}/deployments`;
  const template = { metadata: { labels }, spec: podSpec(object) };
  const status = {
    observedGeneration: 1,
    replicas: count,
    updatedReplicas: count,
    readyReplicas: count,
    availableReplicas: count,
  };
  const conditions = ['Available', 'Progressing'].map((type) => ({
    ...condition(type),
    lastProbeTime: undefined,
    lastUpdateTime: soon(),
    reason: type === 'Available' ? 'MinimumReplicasAvailable' : 'NewReplicaSetAvailable',
  }));
  const spec = { replicas: count, selector: { matchLabels: { [labelKeys.instance]: object } }, template };
  await write(cluster, path, { metadata: { name: object, labels }, spec }, { ...status, conditions });
  for (let pod = 0; pod < count; pod += 1) await writePod(cluster, namespace, object, labels, pod);
}

async function writePod(
  cluster: Cluster,
  namespace: string,
  object: string,
  labels: Readonly<Record<string, string>>,
  number: number,
): Promise<void> {
  const metadata = {
    name: `${object}-5b467c8c69-${String(number).padStart(5, 'x')}`,
    labels: { ...labels, 'pod-template-hash': '5b467c8c69' },
    ownerReferences: [
      {
        ...{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: `${object}-5b467c8c69` },
        ...{ uid: 'a9df2cb8-3d0c-4df1-b2a4-6f0e6f4b8c3e', controller: true, blockOwnerDeletion: true },
      },
    ],
  };
  const image = 'bench/service';
  await write(
    cluster,
    `/api/v1/namespaces/${namespace}/pods`,
    { metadata, spec: { ...podSpec(object), nodeName: 'node-1' } },
    {
      phase: 'Running',
      conditions: ['PodReadyToStartContainers', 'Initialized', 'Ready', 'ContainersReady', 'PodScheduled'].map(
        condition,
      ),
      hostIP: '172.18.0.2',
      podIP: '10.244.0.9',
      podIPs: [{ ip: '10.244.0.9' }],
      startTime: soon(),
      qosClass: 'Burstable',
      containerStatuses: [
        {
          name: 'service',
          image,
          imageID: `${image}@sha256:${'0'.repeat(64)}`,
          containerID: `containerd://${'0'.repeat(64)}`,
          ready: true,
          started: true,
          restartCount: 0,
          state: { running: { startedAt: soon() } },
          lastState: {},
        },
      ],
    },
  );
}

/** As large as a pod of a real service with probes, limits, a Secret and a volume or two. */
function podSpec(object: string): object {
  const probe = (path: string) => ({ httpGet: { path, port: 8000 }, periodSeconds: 5, timeoutSeconds: 5 });
  const fromSecret = (key: string) => ({ name: key, valueFrom: { secretKeyRef: { name: object, key } } });
  return {
    automountServiceAccountToken: false,
    securityContext: { runAsUser: 1000, runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
    containers: [
      {
        name: 'service',
        image: 'bench/service',
        ports: [{ name: 'http', containerPort: 8000 }],
        env: [fromSecret('DATABASE_PASSWORD'), { name: 'LOG_LEVEL', value: 'info' }],
        resources: { requests: { cpu: '50m', memory: '64Mi' }, limits: { cpu: '1', memory: '512Mi' } },
        startupProbe: probe('/health'),
        readinessProbe: probe('/ready'),
        securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
        volumeMounts: [{ name: 'tmp', mountPath: '/tmp' }],
      },
    ],
    volumes: [{ name: 'tmp', emptyDir: {} }],
    tolerations: ['not-ready', 'unreachable'].map((state) => ({
      ...{ key: `node.kubernetes.io/${state}`, operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 },
    })),
  };
}

/** A namespace and the account of its pods, which a controller would make and admission asks for. */
async function writeNamespace(cluster: Cluster, index: number): Promise<void> {
  const name = namespaceName(index);
  await request(cluster, 'POST', '/api/v1/namespaces', { metadata: { name, labels: ownerLabels(owner(index)) } });
  await request(cluster, 'POST', `/api/v1/namespaces/${name}/serviceaccounts`, { metadata: { name: 'default' } });
}

/** Adds pods, spread evenly over the namespaces. Before the first the namespaces are made. */
export async function fill(cluster: Cluster, before: number, after: number): Promise<void> {
  if (before === 0) for (let index = 0; index < namespaceCount; index += 1) await writeNamespace(cluster, index);
  const [first, last] = [before, after].map((count) => Math.floor(count / namespaceCount)) as [number, number];
  const deployments: [number, number, number][] = [];
  for (let index = 0; index < namespaceCount; index += 1)
    // What is in the cluster already stays, and new pods come in Deployments of their own.
    for (let from = first; from < last; from += replicas)
      deployments.push([index, from, Math.min(replicas, last - from)]);
  const waiting = deployments.values();
  const worker = async () => {
    for (const each of waiting) await writeDeployment(cluster, ...each);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}

export async function removeNamespaces(cluster: Cluster): Promise<void> {
  for (let index = 0; index < namespaceCount; index += 1)
    await cluster.remove({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespaceName(index) } });
}
