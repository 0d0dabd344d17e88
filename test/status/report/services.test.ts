import { describe, expect, test } from '@jest/globals';
import { assemble } from '../../../src/status/report/assemble.ts';
import type { EndpointSlice } from '../../../src/status/rules/objects.ts';
import type { Snapshot } from '../../../src/status/snapshot/snapshot.ts';
import type { PlannedNamespace } from '../../../src/synth/plan.ts';
import { deployment, namespace, plan, planned, podOf, snapshot } from './objects.ts';

const context = 'kind-dev';
const labels = { 'app.kubernetes.io/instance': 'shop-api', 'kubernetes.io/service-name': 'shop-api' };
const slice = (pod?: string): EndpointSlice => ({
  metadata: { name: 'shop-api-x7k2p', namespace: 'shop', labels },
  endpoints: pod === undefined ? [] : [{ conditions: { ready: true }, targetRef: { kind: 'Pod', name: pod } }],
  ports: [{}],
});

/** A project whose `api` has a port. */
function withPort(): PlannedNamespace {
  const given = planned('shop', { api: [] });
  const ports = [{ name: 'http', port: 8000 }] as unknown as PlannedNamespace['workloads'][number]['ports'];
  return { ...given, workloads: given.workloads.map((each) => ({ ...each, ports })) };
}

const reported = (parts: Partial<Snapshot>, given = [withPort()]) => {
  const seen = {
    namespaces: [namespace('shop')],
    workloads: [deployment('shop', 'api', 1)],
    pods: [podOf('shop', 'api')],
    ...parts,
  };
  return given.length > 0
    ? assemble(plan(...given), snapshot(seen), context)
    : assemble(undefined, snapshot(seen), context);
};
const verdictIn = (...given: Parameters<typeof reported>) => {
  const { status, reason } = reported(...given).tiers[0]?.services[0]?.health ?? {};
  return `${status} ${reason}`;
};

describe('a workload whose pods are well', () => {
  test('is as well as its Service', () => {
    expect(verdictIn({ slices: [slice('shop-api-1')] })).toBe('healthy Available');
    expect(verdictIn({ slices: [slice()] })).toBe('degraded NoReadyEndpoint');
  });

  test('has a Service by its name, whatever Argo CD wrote into the label', () => {
    const renamed = (given: EndpointSlice): EndpointSlice => ({
      ...given,
      metadata: { ...given.metadata, labels: { ...labels, 'app.kubernetes.io/instance': 'argo-app' } },
    });
    expect(verdictIn({ slices: [renamed(slice('shop-api-1'))] })).toBe('healthy Available');
    expect(verdictIn({ slices: [renamed(slice())] })).toBe('degraded NoReadyEndpoint');
  });

  test('lacks its Service if the configuration gives it ports', () => {
    expect(verdictIn({})).toBe('degraded ServiceMissing');
    expect(verdictIn({}, [planned('shop', { api: [] })])).toBe('healthy Available');
    expect(verdictIn({}, [])).toBe('healthy Available');
  });

  test('is not blamed for a Service that may not be seen', () => {
    const refusals = [
      { code: 403, verb: 'list', resource: 'endpointslices.discovery.k8s.io', namespace: 'shop', message: 'no' },
    ];
    expect(verdictIn({ refusals })).toBe('healthy Available');
  });
});

test('pods that are the cause are blamed, and their Service is not', () => {
  const pods = [podOf('shop', 'api', { status: { ready: false, state: { waiting: { reason: 'InvalidImageName' } } } })];
  const workloads = [deployment('shop', 'api', 0)];
  expect(verdictIn({ pods, workloads, slices: [slice()] })).toBe('degraded InvalidImageName');
});

test('what waits for a service that nothing leads to has that cause', () => {
  const given = plan(withPort(), planned('web', { site: ['shop/shop-api'] }));
  const { causes } = assemble(
    given,
    snapshot({
      namespaces: [namespace('shop'), namespace('web')],
      workloads: [deployment('shop', 'api', 1), deployment('web', 'site', 0)],
      pods: [podOf('shop', 'api'), podOf('web', 'site', { status: { ready: false } })],
      slices: [slice()],
    }),
    context,
  );
  expect(causes).toMatchObject([{ object: 'shop/shop-api', victims: ['web/web-site'] }]);
});
