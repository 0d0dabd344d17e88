import { describe, expect, test } from '@jest/globals';
import { conform } from '../../../charts/common/conform.ts';
import type { ManifestObject } from '../../../charts/common/manifest-object.ts';
import type { Given } from '../declared.ts';
import { all, one, podOf } from '../objects.ts';

const labels = { 'app.kubernetes.io/part-of': 'dev', 'repoctl.dev/project': 'shop' };
const origin = 'backends/shop/infra/manifests/extra.yaml';

const add = (objects: readonly ManifestObject[], own: readonly ManifestObject[] = []) =>
  conform('shop', labels, own, [{ origin, objects }]);

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

const configMap = (metadata: ManifestObject['metadata']): ManifestObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata,
});

/** An object with a pod template at a path. */
const withTemplate = (kind: string, ...path: string[]): ManifestObject => {
  const template: unknown = { spec: { restartPolicy: 'Never', containers: [page] } };
  const body = path.reduceRight((inner, key) => ({ [key]: inner }), template) as object;
  return { apiVersion: 'v1', kind, metadata: { name: 'it' }, ...body };
};

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
  expect(add([{ apiVersion: 'v1', kind, metadata: { name: 'it' } }]).nonconformities).toHaveLength(1);
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
    ['the network of the node', deployment({ pod: { hostNetwork: true } }), 'hostNetwork is not allowed'],
    ['the processes of the node', deployment({ pod: { hostPID: true } }), 'hostPID is not allowed'],
    ['the shared memory of the node', deployment({ pod: { hostIPC: true } }), 'hostIPC is not allowed'],
    [
      'a folder of the node',
      deployment({ pod: { volumes: [{ name: 'docker', hostPath: { path: '/var/run' } }] } }),
      'volume docker is a hostPath, which is not allowed',
    ],
    [
      'a volume of a server that the pod names itself',
      deployment({ pod: { volumes: [{ name: 'share', nfs: { server: 'nas', path: '/' } }] } }),
      'volume share is a nfs, which is not allowed',
    ],
    ['a pod as root', deployment({ pod: { securityContext: { runAsUser: 0 } } }), 'runAsUser must not be 0'],
    [
      'a pod that may be root',
      deployment({ pod: { securityContext: { runAsNonRoot: false } } }),
      'runAsNonRoot must be true',
    ],
    [
      'a pod without seccomp',
      deployment({ pod: { securityContext: { seccompProfile: { type: 'Unconfined' } } } }),
      'seccompProfile must be RuntimeDefault or Localhost',
    ],
    ['a container as root', inContainer({ runAsUser: 0 }), 'runAsUser must not be 0'],
    ['a container that may be root', inContainer({ runAsNonRoot: false }), 'runAsNonRoot must be true'],
    [
      'a container without seccomp',
      inContainer({ seccompProfile: { type: 'Unconfined' } }),
      'seccompProfile must be RuntimeDefault or Localhost',
    ],
    ['privileges', inContainer({ privileged: true }), 'privileged is not allowed'],
    ['a way to privileges', inContainer({ allowPrivilegeEscalation: true }), 'allowPrivilegeEscalation must be false'],
    [
      'capabilities that are kept',
      inContainer({ capabilities: { drop: ['NET_RAW'] } }),
      'capabilities.drop must hold ALL',
    ],
    [
      'capabilities that are added',
      inContainer({ capabilities: { drop: ['ALL'], add: ['NET_BIND_SERVICE', 'SYS_ADMIN'] } }),
      'capabilities.add may only hold NET_BIND_SERVICE, not SYS_ADMIN',
    ],
    [
      'a port of the node',
      deployment({ container: { ports: [{ containerPort: 80, hostPort: 80 }] } }),
      'hostPort 80 is not allowed',
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
      'privileged is not allowed',
    ],
  ])('%s', (_what, given, message) => {
    expect(add([given]).nonconformities.map((each) => each.message)).toEqual([message]);
  });

  test('with the file, the object and the container', () => {
    expect(add([deployment({ container: { image: 'nginx' } })]).nonconformities).toEqual([
      { origin, object: 'Deployment/page container page', message: expect.any(String) },
    ]);
  });

  test.each<[string, unknown]>([
    ['a specification that is no map', 5],
    ['a container that is none', { template: { spec: { containers: [5, null] } } }],
    [
      'capabilities that are no list',
      { template: { spec: { containers: [{ ...page, securityContext: { capabilities: { drop: 5 } } }] } } },
    ],
  ])('%s', (_, spec) => {
    const { nonconformities } = add([{ ...deployment(), spec }]);
    expect(nonconformities.at(-1)).toMatchObject({
      message: expect.stringContaining('does not have the form of a Deployment'),
    });
  });

  test('what is there already, among the own objects or twice among the added', () => {
    const given = configMap({ name: 'page' });
    const message = 'is there already: rename one of the two';
    expect(add([given], [given]).nonconformities).toMatchObject([{ object: 'ConfigMap/page', message }]);
    expect(add([given, given]).nonconformities).toMatchObject([{ message }]);
    expect(add([given, { ...given, kind: 'Role' }]).nonconformities).toEqual([]);
  });

  test('all that is wrong at once', () => {
    const given = deployment({ pod: { hostNetwork: true, hostPID: true }, container: { image: 'nginx' } });
    expect(add([given, configMap({})]).nonconformities).toHaveLength(4);
  });
});
