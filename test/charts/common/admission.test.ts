import { describe, expect, test } from '@jest/globals';
import { admit } from '../../../charts/common/admission.ts';
import type { ManifestObject } from '../../../charts/common/manifest-object.ts';
import { podObject, pods } from '../../fixtures/pods.ts';
import type { Given } from '../declared.ts';
import { all, one, podOf } from '../objects.ts';

const labels = { 'app.kubernetes.io/part-of': 'dev', 'repoctl.dev/project': 'shop' };
const origin = 'backends/shop/infra/manifests/extra.yaml';

const add = (objects: readonly ManifestObject[], own: readonly ManifestObject[] = []) =>
  admit('shop', labels, own, [{ origin, objects }]);

const resources = { requests: { cpu: '10m', memory: '16Mi' }, limits: { memory: '32Mi' } };
const page = { name: 'page', image: 'nginx:1.29.0', resources };

interface Change {
  readonly pod?: Given;
  readonly container?: Given;
}

/** A Deployment that leaves out all that can be filled in. */
const deployment = ({ pod, container }: Change = {}): ManifestObject => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'page' },
  spec: {
    selector: { matchLabels: { app: 'page' } },
    template: { metadata: { labels: { app: 'page' } }, spec: { containers: [{ ...page, ...container }], ...pod } },
  },
});

const volumes =
  'allowed: configMap, csi, downwardAPI, emptyDir, ephemeral, name, persistentVolumeClaim, projected, secret';

const configMap = (metadata: ManifestObject['metadata']): ManifestObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata,
});

/** A resource that Kubernetes itself does not know. */
const custom = (kind: string, rest: object, apiVersion = 'example.com/v1'): ManifestObject => ({
  apiVersion,
  kind,
  metadata: { name: 'it' },
  ...rest,
});

const groups: Readonly<Record<string, string>> = {
  CronJob: 'batch/v1',
  DaemonSet: 'apps/v1',
  Deployment: 'apps/v1',
  Job: 'batch/v1',
  ReplicaSet: 'apps/v1',
  StatefulSet: 'apps/v1',
};

/** An object with a pod template at a path. */
const withTemplate = (kind: string, ...path: string[]): ManifestObject => {
  const template: unknown = { spec: { restartPolicy: 'Never', containers: [page] } };
  const body = path.reduceRight((inner, key) => ({ [key]: inner }), template) as object;
  return { apiVersion: groups[kind] ?? 'v1', kind, metadata: { name: 'it' }, ...body };
};

const deploymentSpec = (spec: Given) => ({ template: { spec } });

describe('what is filled in', () => {
  test('the namespace and the labels of the rest, beside its own labels', () => {
    const { objects, nonconformities } = add([configMap({ name: 'page', labels: { app: 'page' } })]);
    expect(objects).toEqual([configMap({ name: 'page', namespace: 'shop', labels: { app: 'page', ...labels } })]);
    expect(nonconformities).toEqual([]);
  });

  test('the labels of the rest win', () => {
    const [object] = add([configMap({ name: 'page', labels: { 'app.kubernetes.io/part-of': 'mine' } })]).objects;
    expect(object?.metadata?.labels).toEqual(labels);
  });

  test('what Pod Security restricted wants of a pod and its containers', () => {
    const { objects, nonconformities } = add([deployment({ pod: { initContainers: [{ ...page, name: 'before' }] } })]);
    expect(nonconformities).toEqual([]);
    const pod = podOf(objects);
    expect(pod.securityContext).toEqual({ runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } });
    for (const container of [...pod.containers, ...pod.initContainers])
      expect(container.securityContext).toEqual({ allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } });
  });

  test('that it gets no token and no variables of Services', () => {
    expect(podOf(add([deployment()]).objects)).toMatchObject({
      automountServiceAccountToken: false,
      enableServiceLinks: false,
    });
  });

  test.each([
    withTemplate('Deployment', 'spec', 'template'),
    withTemplate('StatefulSet', 'spec', 'template'),
    withTemplate('DaemonSet', 'spec', 'template'),
    withTemplate('ReplicaSet', 'spec', 'template'),
    withTemplate('ReplicationController', 'spec', 'template'),
    withTemplate('Job', 'spec', 'template'),
    withTemplate('CronJob', 'spec', 'jobTemplate', 'spec', 'template'),
  ])('in a $kind, its template too', (given) => {
    const { objects } = add([given]);
    expect(podOf(objects).automountServiceAccountToken).toBe(false);
    const { template } = { template: JSON.parse(JSON.stringify(objects[0])) };
    const inner = given.kind === 'CronJob' ? template.spec.jobTemplate.spec.template : template.spec.template;
    expect(inner.metadata.labels).toEqual(labels);
  });

  test('in a Pod', () => {
    const [object] = add([withTemplate('Pod')]).objects;
    expect(object).toMatchObject({ metadata: { labels }, spec: { automountServiceAccountToken: false } });
  });

  test('the labels of claims, by which data are found', () => {
    const given = withTemplate('StatefulSet', 'spec', 'template') as ManifestObject & { spec: Record<string, unknown> };
    given.spec.volumeClaimTemplates = [{ metadata: { name: 'data' }, spec: {} }];
    expect(one(add([given]).objects, 'StatefulSet').spec.volumeClaimTemplates).toEqual([
      { metadata: { name: 'data', labels }, spec: {} },
    ]);
  });

  test('the labels of the Jobs that a CronJob makes', () => {
    const { objects } = add([withTemplate('CronJob', 'spec', 'jobTemplate', 'spec', 'template')]);
    expect(all(objects, 'CronJob')[0]?.spec.jobTemplate.metadata.labels).toEqual(labels);
  });

  test('nothing in what was given', () => {
    const given = deployment();
    const before = JSON.stringify(given);
    add([given]);
    expect(JSON.stringify(given)).toBe(before);
  });
});

describe('what an object says itself stays', () => {
  test.each<[string, Change, Given]>([
    [
      'a token that it asks for',
      { pod: { automountServiceAccountToken: true } },
      { automountServiceAccountToken: true },
    ],
    ['variables of Services that it asks for', { pod: { enableServiceLinks: true } }, { enableServiceLinks: true }],
    [
      'a user and a profile of its own',
      {
        pod: { securityContext: { runAsUser: 101, seccompProfile: { type: 'Localhost', localhostProfile: 'p.json' } } },
      },
      {
        securityContext: {
          runAsUser: 101,
          runAsNonRoot: true,
          seccompProfile: { type: 'Localhost', localhostProfile: 'p.json' },
        },
      },
    ],
    [
      'the one capability that may be added',
      { container: { securityContext: { capabilities: { drop: ['ALL'], add: ['NET_BIND_SERVICE'] } } } },
      { containers: [{ securityContext: { capabilities: { drop: ['ALL'], add: ['NET_BIND_SERVICE'] } } }] },
    ],
    [
      'volumes that need no node',
      {
        pod: {
          volumes: [
            { name: 'a', emptyDir: {} },
            { name: 'b', projected: {} },
          ],
        },
      },
      {},
    ],
  ])('%s', (_what, change, expected) => {
    const { objects, nonconformities } = add([deployment(change)]);
    expect(nonconformities).toEqual([]);
    expect(podOf(objects)).toMatchObject(expected);
  });
});

test.each(['configMap', 'csi', 'downwardAPI', 'emptyDir', 'ephemeral', 'persistentVolumeClaim', 'projected', 'secret'])(
  'a volume may be a %s',
  (kind) => {
    expect(add([deployment({ pod: { volumes: [{ name: 'data', [kind]: {} }] } })]).nonconformities).toEqual([]);
  },
);

test.each([
  'ClusterRole',
  'ClusterRoleBinding',
  'CustomResourceDefinition',
  'PersistentVolume',
  'PriorityClass',
  'StorageClass',
  'MutatingWebhookConfiguration',
  'ValidatingWebhookConfiguration',
])('a project can not add a %s', (kind) => {
  for (const apiVersion of ['v1', 'example.com/v1'])
    expect(add([{ apiVersion, kind, metadata: { name: 'it' } }]).nonconformities).toHaveLength(1);
});

describe('pods as Pod Security restricted has them', () => {
  test.each(pods.map((each) => [each.name, each] as const))('%s', (_, { pod, admitted }) => {
    const { nonconformities } = add([podObject(pod)]);
    expect(nonconformities.map(({ message }) => message)).toEqual(admitted ? [] : [expect.any(String)]);
  });
});

describe('pods are found wherever they are', () => {
  const privileged = { containers: [{ ...page, securityContext: { privileged: true } }] };
  const message = 'securityContext.privileged must be false, given true';

  test.each<[string, ManifestObject, string]>([
    ['a PodTemplate', { ...custom('PodTemplate', { template: { spec: privileged } }), apiVersion: 'v1' }, message],
    [
      'an Argo Rollout',
      custom('Rollout', { spec: { template: { spec: privileged } } }, 'argoproj.io/v1alpha1'),
      `spec.template.spec: ${message}`,
    ],
    [
      'a ScaledJob',
      custom('ScaledJob', { spec: { jobTargetRef: { template: { spec: privileged } } } }, 'keda.sh/v1alpha1'),
      `spec.jobTargetRef.template.spec: ${message}`,
    ],
    [
      'a list of pods in a resource that nobody knows',
      custom('Thing', { spec: { parts: [{}, { podSpec: privileged }] } }),
      `spec.parts.1.podSpec: ${message}`,
    ],
    [
      'a single container of a workflow',
      custom('Workflow', { spec: { templates: [{ container: privileged.containers[0] }] } }, 'argoproj.io/v1alpha1'),
      `spec.templates.0.container.${message}`,
    ],
    [
      'a node’s folder in a workflow',
      custom('Workflow', { spec: { volumes: [{ name: 'root', hostPath: { path: '/' } }] } }, 'argoproj.io/v1alpha1'),
      'spec.volumes.0.hostPath must not be a volume, given {"path":"/"}',
    ],
    [
      'the node’s network, asked for from an operator',
      custom('Prometheus', { spec: { hostNetwork: true } }, 'monitoring.coreos.com/v1'),
      'spec.hostNetwork must be false, given true',
    ],
    [
      'containers as a map',
      custom('Thing', { spec: { containers: { page } } }),
      'spec: containers must be a list, given {"page":{"name":"page","image":"nginx:1.29.0","resources"…',
    ],
    [
      'a container that changes one that an operator makes',
      custom('Prometheus', { spec: { containers: [{ name: 'prometheus', securityContext: { runAsUser: 0 } }] } }),
      'spec: securityContext.runAsUser must be a number above 0, given 0',
    ],
  ])('%s', (_what, given, expected) => {
    expect(add([given]).nonconformities.map((each) => each.message)).toEqual([expected]);
  });

  test('a Rollout gets what a Deployment gets', () => {
    const { kind: _, apiVersion: __, ...rest } = deployment();
    const rollout = add([custom('Rollout', rest, 'argoproj.io/v1alpha1')]);
    expect(rollout.nonconformities).toEqual([]);
    expect(rollout.objects[0]?.spec).toEqual(add([deployment()]).objects[0]?.spec);
  });

  test('what only looks like one is left alone: the keys of a ConfigMap, a change to another’s container', () => {
    const texts = { ...configMap({ name: 'a' }), data: { containers: 'x', securityContext: 'y' } };
    const change = custom('Prometheus', { spec: { containers: [{ name: 'prometheus', env: [] }] } });
    const { objects, nonconformities } = add([texts, change]);
    expect(nonconformities).toEqual([]);
    expect(objects).toMatchObject([{ data: texts.data }, { spec: change.spec }]);
    expect(objects[1]?.spec).toEqual(change.spec);
  });
});

describe('kinds and names that the API does not take', () => {
  test.each<[string, ManifestObject, string]>([
    [
      'a kind in lower case',
      { ...deployment(), kind: 'deployment' },
      'kind must be letters and digits, the first a capital, given "deployment"; did you mean Deployment?',
    ],
    ['a kind in another group', { ...deployment(), apiVersion: 'v1' }, 'v1 has no Deployment; it is of apps/v1'],
    [
      'a version that is none',
      { ...configMap({ name: 'a' }), apiVersion: 'v1/apps' },
      'apiVersion must be GROUP/VERSION or v1, given "v1/apps"',
    ],
    [
      'a name in capitals',
      configMap({ name: 'Page_1' }),
      'metadata.name must be lower-case letters, digits, "-" and ".", at most 253 characters, given "Page_1"',
    ],
    [
      'a name that leaves the URL',
      { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'Role', metadata: { name: '../pods' } },
      'metadata.name must be without "/" and "%", at most 253 characters, given "../pods"',
    ],
    [
      'a Service named by a number',
      { apiVersion: 'v1', kind: 'Service', metadata: { name: '1st' } },
      'metadata.name must be lower-case letters, digits and "-", the first a letter, at most 63 characters, given "1st"',
    ],
    [
      'a name of 300 characters',
      configMap({ name: 'x'.repeat(300) }),
      `metadata.name must be lower-case letters, digits, "-" and ".", at most 253 characters, given "${'x'.repeat(300)}"`,
    ],
    [
      'labels that are no map',
      configMap({ name: 'a', labels: 'x' as never }),
      'metadata.labels must be a map, given "x"',
    ],
  ])('%s', (_what, given, expected) => {
    expect(add([given]).nonconformities.map((each) => each.message)).toContain(expected);
  });
});

describe('what is refused', () => {
  const inContainer = (securityContext: Given): ManifestObject => deployment({ container: { securityContext } });

  test.each<[string, ManifestObject, string]>([
    ['no name', configMap({}), 'has no metadata.name'],
    [
      'another namespace',
      configMap({ name: 'page', namespace: 'other' }),
      'is in the namespace other; leave it out, or say shop',
    ],
    [
      'what belongs to no namespace',
      { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', metadata: { name: 'all' } },
      'does not belong to a namespace; a project can only add objects that do',
    ],
    [
      'a Namespace',
      { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'more' } },
      'does not belong to a namespace; a project can only add objects that do',
    ],
    [
      'a Secret with values',
      { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'token' }, stringData: { token: 'x' } },
      'holds values: name the variables in .env.example instead',
    ],
    [
      'a Secret with encoded values',
      { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'token' }, data: { token: 'eA==' } },
      'holds values: name the variables in .env.example instead',
    ],
    [
      'a list, whose items nobody would look at',
      { apiVersion: 'v1', kind: 'List', metadata: { name: 'all' }, items: [deployment({ pod: { hostPID: true } })] },
      'is a list: give each of its items as a document of its own',
    ],
    [
      'a selector that does not fit the labels',
      {
        ...deployment(),
        spec: {
          selector: { matchLabels: { 'app.kubernetes.io/part-of': 'mine' } },
          template: { metadata: { labels: { 'app.kubernetes.io/part-of': 'mine' } }, spec: { containers: [page] } },
        },
      },
      'selects pods with app.kubernetes.io/part-of: mine, but its own have dev',
    ],
    ['the network of the node', deployment({ pod: { hostNetwork: true } }), 'hostNetwork must be false, given true'],
    ['the processes of the node', deployment({ pod: { hostPID: true } }), 'hostPID must be false, given true'],
    ['the shared memory of the node', deployment({ pod: { hostIPC: true } }), 'hostIPC must be false, given true'],
    [
      'a folder of the node',
      deployment({ pod: { volumes: [{ name: 'docker', hostPath: { path: '/var/run' } }] } }),
      `volumes[0].hostPath is not allowed; ${volumes}`,
    ],
    [
      'a volume of a server that the pod names itself',
      deployment({ pod: { volumes: [{ name: 'share', nfs: { server: 'nas', path: '/' } }] } }),
      `volumes[0].nfs is not allowed; ${volumes}`,
    ],
    [
      'a pod as root',
      deployment({ pod: { securityContext: { runAsUser: 0 } } }),
      'securityContext.runAsUser must be a number above 0, given 0',
    ],
    [
      'a pod that may be root',
      deployment({ pod: { securityContext: { runAsNonRoot: false } } }),
      'securityContext.runAsNonRoot must be true, given false',
    ],
    [
      'a pod without seccomp',
      deployment({ pod: { securityContext: { seccompProfile: { type: 'Unconfined' } } } }),
      'securityContext.seccompProfile.type must be RuntimeDefault or Localhost, given "Unconfined"',
    ],
    [
      'a container as root',
      inContainer({ runAsUser: 0 }),
      'securityContext.runAsUser must be a number above 0, given 0',
    ],
    [
      'a container that may be root',
      inContainer({ runAsNonRoot: false }),
      'securityContext.runAsNonRoot must be true, given false',
    ],
    [
      'a container without seccomp',
      inContainer({ seccompProfile: { type: 'Unconfined' } }),
      'securityContext.seccompProfile.type must be RuntimeDefault or Localhost, given "Unconfined"',
    ],
    ['privileges', inContainer({ privileged: true }), 'securityContext.privileged must be false, given true'],
    [
      'a way to privileges',
      inContainer({ allowPrivilegeEscalation: true }),
      'securityContext.allowPrivilegeEscalation must be false, given true',
    ],
    [
      'capabilities that are kept',
      inContainer({ capabilities: { drop: ['NET_RAW'] } }),
      'securityContext.capabilities.drop must hold ALL, given ["NET_RAW"]',
    ],
    [
      'capabilities that are added',
      inContainer({ capabilities: { drop: ['ALL'], add: ['NET_BIND_SERVICE', 'SYS_ADMIN'] } }),
      'securityContext.capabilities.add must hold nothing but NET_BIND_SERVICE, given ["NET_BIND_SERVICE","SYS_ADMIN"]',
    ],
    [
      'a port of the node',
      deployment({ container: { ports: [{ containerPort: 80, hostPort: 80 }] } }),
      'ports[0].hostPort must be 0, given 80',
    ],
    [
      'an image without a tag',
      deployment({ container: { image: 'nginx' } }),
      'image nginx needs a tag other than latest, or a digest',
    ],
    [
      'an image without a tag, of a registry with a port',
      deployment({ container: { image: 'localhost:5001/nginx' } }),
      'image localhost:5001/nginx needs a tag other than latest, or a digest',
    ],
    [
      'the latest image',
      deployment({ container: { image: 'nginx:latest' } }),
      'image nginx:latest needs a tag other than latest, or a digest',
    ],
    [
      'no image',
      deployment({ container: { image: undefined } }),
      'image (none) needs a tag other than latest, or a digest',
    ],
    [
      'no resources',
      deployment({ container: { resources: undefined } }),
      'resources: state requests of cpu and memory and a limit of memory',
    ],
    [
      'no limit of memory',
      deployment({ container: { resources: { requests: resources.requests } } }),
      'resources: state requests of cpu and memory and a limit of memory',
    ],
    [
      'an init container that is worse than the main one',
      deployment({ pod: { initContainers: [{ ...page, securityContext: { privileged: true } }] } }),
      'securityContext.privileged must be false, given true',
    ],
  ])('%s', (_what, given, message) => {
    expect(add([given]).nonconformities.map((each) => each.message)).toEqual([message]);
  });

  test('with the file, the object and the container', () => {
    expect(add([deployment({ container: { image: 'nginx' } })]).nonconformities).toEqual([
      { origin, object: 'Deployment/page container page', message: expect.any(String) },
    ]);
  });

  test.each<[string, unknown, string]>([
    ['a specification that is no map', 5, 'spec must be a map, given 5'],
    ['a template that is a list', { template: [] }, 'template must be a map, given []'],
    ['containers that are none', deploymentSpec({ containers: [5, null] }), 'containers[0] must be a map, given 5'],
    [
      'containers as a map',
      deploymentSpec({ containers: { page } }),
      'containers must be a list of at least one, given {"page":{"name":"page","image":"nginx:1.29.0","resources"…',
    ],
    ['no container', deploymentSpec({ containers: [] }), 'containers must be a list of at least one, given []'],
    [
      'capabilities that are no list',
      deploymentSpec({ containers: [{ ...page, securityContext: { capabilities: { drop: 5 } } }] }),
      'securityContext.capabilities.drop must hold ALL, given 5',
    ],
  ])('%s', (_, spec, message) => {
    expect(add([{ ...deployment(), spec }]).nonconformities[0]?.message).toBe(message);
  });

  test('what is there already, among the own objects or twice among the added', () => {
    const given = configMap({ name: 'page' });
    const message = 'is there already: rename one of the two';
    expect(add([given], [given]).nonconformities).toMatchObject([{ object: 'ConfigMap/page', message }]);
    expect(add([given, given]).nonconformities).toMatchObject([{ message }]);
    expect(add([given, { ...given, kind: 'Service' }]).nonconformities).toEqual([]);
  });

  test('all that is wrong at once', () => {
    const given = deployment({ pod: { hostNetwork: true, hostPID: true }, container: { image: 'nginx' } });
    expect(add([given, configMap({})]).nonconformities).toHaveLength(4);
  });
});
