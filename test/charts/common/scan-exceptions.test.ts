import { describe, expect, test } from '@jest/globals';
import { projectObjects } from '../../../charts/app.ts';
import type { ManifestObject } from '../../../charts/common/manifest-object.ts';
import { scanExceptions, withScanExceptions } from '../../../charts/common/scan-exceptions.ts';
import { declareEnvironment, declareProject } from '../declared.ts';

type Annotations = Readonly<Record<string, string>>;
const annotationsOf = ({ metadata }: ManifestObject): Annotations =>
  (metadata as { readonly annotations?: Annotations }).annotations ?? {};

/** Ids of the checks that an object has left out for it. */
const leftOut = (object: ManifestObject): string[] => {
  const annotations = annotationsOf(object);
  const checkov = Object.entries(annotations).filter(([key]) => key.startsWith('checkov.io/skip'));
  const kubeScore = annotations['kube-score/ignore'];
  return [...checkov.map(([, text]) => text.split('=')[0] ?? ''), ...(kubeScore?.split(',') ?? [])];
};

/** A Deployment of one container, high user, nothing to leave out. */
const deployment = (container: object = {}, pod: object = {}, metadata: object = {}): ManifestObject => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'shop-api', ...metadata },
  spec: {
    template: {
      spec: {
        securityContext: { runAsUser: 10_001, runAsGroup: 10_001 },
        containers: [{ name: 'api', image: 'registry.example.com/shop-api:1', ...container }],
        ...pod,
      },
    },
  },
});

const digest = `sha256:${'0'.repeat(64)}`;
const probe = { httpGet: { path: '/health', port: 80 } };

describe('an exception', () => {
  test.each([
    ['nothing', deployment(), []],
    [
      'a variable from a Secret',
      deployment({ env: [{ valueFrom: { secretKeyRef: { name: 'a', key: 'b' } } }] }),
      ['CKV_K8S_35'],
    ],
    ['all variables of a Secret', deployment({ envFrom: [{ secretRef: { name: 'a' } }] }), ['CKV_K8S_35']],
    ['a variable of the pod', deployment({ env: [{ valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } }] }), []],
    [
      'a low user of the pod',
      deployment({}, { securityContext: { runAsUser: 999 } }),
      ['CKV_K8S_40', 'container-security-context-user-group-id'],
    ],
    [
      'a low user of an init container',
      deployment({}, { initContainers: [{ image: 'a', securityContext: { runAsUser: 1000 } }] }),
      ['CKV_K8S_40', 'container-security-context-user-group-id'],
    ],
    ['a digest', deployment({ image: `registry.example.com/shop-api:1@${digest}` }), ['container-image-pull-policy']],
    ['a digest beside a tag', deployment({ image: `a@${digest}` }, { initContainers: [{ image: 'busybox:1' }] }), []],
    [
      'a digest that is asked for at each start',
      deployment({ image: `registry.example.com/shop-api:1@${digest}`, imagePullPolicy: 'Always' }),
      [],
    ],
    [
      'one route for both probes',
      deployment({ readinessProbe: { ...probe, periodSeconds: 5 }, livenessProbe: { ...probe, periodSeconds: 15 } }),
      ['pod-probes-identical'],
    ],
    [
      'a route for each probe',
      deployment({ readinessProbe: { httpGet: { path: '/ready', port: 80 } }, livenessProbe: probe }),
      [],
    ],
  ] as const)('by %s', (_, object, expected) => {
    expect(leftOut(withScanExceptions(object))).toEqual(expected);
  });

  test('gives its reason beside it, for both scanners', () => {
    const found = annotationsOf(withScanExceptions(deployment({}, { securityContext: { runAsUser: 999 } })));
    const reason = scanExceptions.find(({ name }) => name === 'user')?.reason;
    expect(found).toEqual({
      'checkov.io/skip1': `CKV_K8S_40=${reason}`,
      'kube-score/ignore': 'container-security-context-user-group-id',
      'scan.repoctl.dev/user': reason,
    });
  });

  test('is not added to those of a patch', () => {
    const annotations = { 'checkov.io/skip1': 'CKV_K8S_8=asked otherwise' };
    const object = deployment({}, { securityContext: { runAsUser: 999 } }, { annotations });
    expect(withScanExceptions(object)).toBe(object);
  });

  test('has a reason that checkov can read: it splits at the first sign that it knows', () => {
    for (const { reason } of scanExceptions) expect(reason).not.toMatch(/=/);
  });

  test('is one of five at most', () => expect(scanExceptions.length).toBeLessThan(6));
});

describe('the objects of a project', () => {
  const shop = declareProject({ services: { postgres: {} }, workloads: { api: { kind: 'http', port: 80 } } });
  const environment = declareEnvironment([shop]);
  const { local, production } = environment.profiles;

  test('name what is left out in production', () => {
    const found = projectObjects(environment, production, shop).objects.flatMap((object) =>
      leftOut(object).map((check) => `${object.kind} ${check}`),
    );
    expect(found).toEqual([
      'StatefulSet CKV_K8S_40',
      'StatefulSet container-security-context-user-group-id',
      'Deployment CKV_K8S_35',
      'Deployment CKV_K8S_40',
      'Deployment container-security-context-user-group-id',
      'Deployment pod-probes-identical',
    ]);
  });

  test('a service is behind a Service without an address in production, which its StatefulSet names', () => {
    const { objects } = projectObjects(environment, production, shop);
    const named = (kind: string, name: string) =>
      objects.find((object) => object.kind === kind && object.metadata?.name === name) as ManifestObject & {
        readonly spec: Readonly<Record<string, unknown>>;
      };
    expect(named('StatefulSet', 'shop-postgres').spec.serviceName).toBe('shop-postgres-peers');
    expect(named('Service', 'shop-postgres-peers').spec).toMatchObject({ clusterIP: 'None' });
    expect(named('Service', 'shop-postgres').spec.clusterIP).toBeUndefined();
  });

  test('name nothing in development', () => {
    expect(projectObjects(environment, local, shop).objects.flatMap(leftOut)).toEqual([]);
  });
});
