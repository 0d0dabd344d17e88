import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { stringify } from 'yaml';
import { projectObjects } from '../../charts/app.ts';
import type { ManifestObject } from '../../charts/common/manifest-object.ts';
import type { PresetName } from '../../charts/model.ts';
import { load } from '../../src/config/load.ts';
import { type Files, inRepository, paths } from '../config/repository.ts';
import { containerOf, one, podOf, workloads } from './objects.ts';

type Objects = readonly ManifestObject[];

/** What a project's workload may need that few do: what is said, and what of it is in the objects. */
interface Hatch {
  readonly name: string;
  /** Fields of the workload `api` of the project `web`. */
  readonly api: string;
  /** Of the project. */
  readonly project?: string;
  readonly files?: Files;
  readonly profile?: PresetName;
  readonly seen: (objects: Objects) => unknown;
  readonly expected: unknown;
}

const pod = (objects: Objects) => podOf(objects, 'web-api');
const main = (objects: Objects) => containerOf(objects, 'web-api');
const deployment = (objects: Objects) => one(objects, 'Deployment', 'web-api');
const variable = (name: string) => (objects: Objects) =>
  main(objects).env.find((each) => each.name === name)?.valueFrom;

const hatches: readonly Hatch[] = [
  {
    name: 'an annotation',
    api: 'annotations: { prometheus.io/scrape: true }',
    seen: (objects) => [
      deployment(objects).metadata.annotations,
      workloads(objects).map(({ template }) => template.metadata.annotations),
    ],
    expected: [{ 'prometheus.io/scrape': 'true' }, [{ 'prometheus.io/scrape': 'true' }]],
  },
  {
    name: 'a node selector and a toleration',
    api: 'nodeSelector: { disk: ssd }, tolerations: [{ key: dedicated, value: batch, effect: NoSchedule }]',
    seen: (objects) => [pod(objects).nodeSelector, pod(objects).tolerations],
    expected: [{ disk: 'ssd' }, [{ key: 'dedicated', operator: 'Equal', value: 'batch', effect: 'NoSchedule' }]],
  },
  {
    name: 'a sidecar',
    api: 'sidecars: { proxy: { image: "envoyproxy/envoy:v1.35.0", args: [-c, /etc/envoy.yaml], ports: { admin: 9901 }, health: { tcp: 9901 } } }',
    seen: (objects) =>
      pod(objects).initContainers.map(({ name, image, restartPolicy, ports, readinessProbe }) => ({
        name,
        image,
        restartPolicy,
        ports,
        asked: readinessProbe.tcpSocket,
      })),
    expected: [
      {
        name: 'proxy',
        image: 'envoyproxy/envoy:v1.35.0',
        restartPolicy: 'Always',
        ports: [{ name: 'admin', containerPort: 9901 }],
        asked: { port: 9901 },
      },
    ],
  },
  {
    name: 'a mounted file',
    api: 'volumes: { config: { mountPath: /etc/nginx/nginx.conf, files: infra/nginx.conf } }',
    files: { 'apps/web/infra/nginx.conf': 'events {}\n' },
    seen: (objects) => [
      one(objects, 'ConfigMap', 'web-api-config').data,
      pod(objects).volumes[0]?.configMap.name,
      main(objects).volumeMounts[0],
    ],
    expected: [
      { 'nginx.conf': 'events {}\n' },
      'web-api-config',
      { name: 'config', mountPath: '/etc/nginx/nginx.conf', subPath: 'nginx.conf', readOnly: true },
    ],
  },
  {
    name: 'a claim and an emptyDir',
    api: 'volumes: { data: { mountPath: /data, claim: 2Gi }, cache: { mountPath: /cache, emptyDir: { sizeLimit: 64Mi, medium: Memory } } }',
    seen: (objects) => {
      const claim = objects.find(({ kind }) => kind === 'PersistentVolumeClaim');
      return [
        claim?.metadata?.name,
        claim?.spec,
        pod(objects).volumes.slice(0, 2),
        deployment(objects).spec.strategy.type,
      ];
    },
    expected: [
      'web-api-data',
      { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '2Gi' } }, volumeMode: 'Filesystem' },
      [
        { name: 'data', persistentVolumeClaim: { claimName: 'web-api-data' } },
        { name: 'cache', emptyDir: { sizeLimit: '64Mi', medium: 'Memory' } },
      ],
      // The next pod could not mount it beside the last one.
      'Recreate',
    ],
  },
  {
    name: 'a ServiceAccount with a Role',
    api: 'serviceAccount: { annotations: { eks.amazonaws.com/role-arn: "arn:aws:iam::1:role/api" }, rules: [{ resources: [pods], verbs: [get, list] }] }',
    seen: (objects) => {
      const of = (kind: string) => objects.find((each) => each.kind === kind);
      const { serviceAccountName, automountServiceAccountToken } = pod(objects);
      return {
        serviceAccountName,
        automountServiceAccountToken,
        account: (of('ServiceAccount')?.metadata as { annotations?: unknown } | undefined)?.annotations,
        rules: of('Role')?.rules,
        subjects: of('RoleBinding')?.subjects,
      };
    },
    expected: {
      serviceAccountName: 'web-api',
      automountServiceAccountToken: true,
      account: { 'eks.amazonaws.com/role-arn': 'arn:aws:iam::1:role/api' },
      rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get', 'list'] }],
      subjects: [{ kind: 'ServiceAccount', name: 'web-api' }],
    },
  },
  {
    name: 'gRPC beside HTTP',
    api: 'ports: { grpc: { port: 9000, protocol: grpc, hostPort: 19000 } }, ready: { grpc: 9000, service: web.Api }',
    seen: (objects) => [one(objects, 'Service', 'web-api').spec.ports, main(objects).readinessProbe.grpc],
    expected: [
      [
        { name: 'http', port: 8080, targetPort: 'http' },
        { name: 'grpc', port: 9000, targetPort: 'grpc', appProtocol: 'kubernetes.io/h2c' },
      ],
      { port: 9000, service: 'web.Api' },
    ],
  },
  {
    name: "the pod's name",
    api: 'env: { POD_NAME: { fieldRef: metadata.name } }',
    seen: variable('POD_NAME'),
    expected: { fieldRef: { fieldPath: 'metadata.name' } },
  },
  {
    name: 'the memory limit',
    api: 'env: { LIMIT: { resourceFieldRef: limits.memory } }',
    seen: variable('LIMIT'),
    expected: { resourceFieldRef: { resource: 'limits.memory' } },
  },
  {
    name: 'a key of a Secret under another name',
    api: 'env: { TOKEN: { secretKeyRef: stripe/api-key } }',
    seen: variable('TOKEN'),
    expected: { secretKeyRef: { name: 'stripe', key: 'api-key' } },
  },
  {
    name: 'a Secret for a registry that wants a login',
    api: 'replicas: 1',
    project: 'pullSecrets: [registry-login]',
    seen: (objects) => pod(objects).imagePullSecrets,
    expected: [{ name: 'registry-login' }],
  },
  {
    name: 'root with a reason',
    api: 'security: { level: baseline, reason: its entrypoint changes owners }',
    profile: 'production',
    seen: (objects) => [
      one(objects, 'Namespace').metadata.labels['pod-security.kubernetes.io/enforce'],
      pod(objects).securityContext,
      main(objects).securityContext,
    ],
    expected: [
      'baseline',
      { seccompProfile: { type: 'RuntimeDefault' } },
      { allowPrivilegeEscalation: false, readOnlyRootFilesystem: false },
    ],
  },
  {
    name: 'replicas per profile',
    api: 'replicas: 1',
    project: 'profiles: { production: { workloads: { api: { replicas: 3, labels: { tier: gold } } } }  }',
    profile: 'production',
    seen: (objects) => [deployment(objects).spec.replicas, deployment(objects).metadata.labels.tier],
    expected: [3, 'gold'],
  },
  {
    name: 'a GPU, and disk of the node',
    api: 'resources: { limits: { nvidia.com/gpu: 1, ephemeral-storage: 1Gi } }, runtimeClassName: nvidia',
    seen: (objects) => [main(objects).resources, pod(objects).runtimeClassName],
    expected: [
      {
        requests: { cpu: '50m', memory: '128Mi', 'nvidia.com/gpu': '1' },
        limits: { cpu: '1', memory: '512Mi', 'ephemeral-storage': '1Gi', 'nvidia.com/gpu': '1' },
      },
      'nvidia',
    ],
  },
  {
    name: 'writing where the root file system is read-only',
    api: 'writable: [/var/cache/nginx]',
    seen: (objects) => [main(objects).securityContext.readOnlyRootFilesystem, main(objects).volumeMounts[0]?.mountPath],
    expected: [true, '/var/cache/nginx'],
  },
  {
    name: 'time to be forgotten before it stops, without a shell',
    api: 'preStop: { sleep: 8 }, stopSeconds: 20',
    seen: (objects) => [main(objects).lifecycle, pod(objects).terminationGracePeriodSeconds],
    expected: [{ preStop: { sleep: { seconds: 8 } } }, 28],
  },
];

/** What a project becomes, from its file. */
const objectsOf = ({ api, project = '', files, profile = 'local' }: Hatch): Promise<Objects> => {
  const text = `name: web\n${project}\nworkloads:\n  api: { kind: http, image: "nginx:1.29", port: 8080, ${api} }\n`;
  return inRepository({ ...files, [paths.other]: text }, (root) => {
    const { environment, profile: resolved } = load(root, { profile, environmentFilesOf: [] });
    const found = environment.projects.find(({ name }) => name === 'web');
    if (!found) throw new TypeError('no project');
    const { objects, nonconformities } = projectObjects(environment, resolved, found);
    expect(nonconformities).toEqual([]);
    return JSON.parse(JSON.stringify(objects)) as Objects;
  });
};

test.each(hatches.map((hatch) => [hatch.name, hatch] as const))('a workload may say %s', async (_name, hatch) => {
  expect(hatch.seen(await objectsOf(hatch))).toEqual(hatch.expected);
});

// kubernetes-validate has the API's schemas with it: pip install kubernetes-validate
const installed = spawnSync('kubernetes-validate', ['--version']).status === 0;

(installed ? test : test.skip)('what they become meets the schema of the API', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'repoctl-hatches-'));
  const objects = (await Promise.all(hatches.map(objectsOf))).flat();
  const file = join(folder, 'objects.yaml');
  writeFileSync(file, objects.map((object) => stringify(object)).join('---\n'));
  const { status, stdout, stderr } = spawnSync('kubernetes-validate', ['--strict', '--quiet', '-k', '1.34.0', file], {
    encoding: 'utf8',
  });
  rmSync(folder, { recursive: true, force: true });
  expect([status, stdout + stderr]).toEqual([0, '']);
});
