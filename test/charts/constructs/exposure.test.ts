import { describe, expect, test } from '@jest/globals';
import type { PresetName } from '../../../charts/model.ts';
import { type Given, projectObjectsOf } from '../declared.ts';

const build = (expose: Given, profile: PresetName = 'production') =>
  projectObjectsOf({ workloads: { api: { kind: 'http', port: 8000, expose } } }, { profile });
const one = (objects: ReturnType<typeof build>, kind: string, name = 'shop-api') =>
  objects.find((each) => each.kind === kind && each.metadata?.name === name) as
    | { spec: Given; metadata: { annotations?: Given } }
    | undefined;
const host = 'www.example.com';

describe('an exposed workload', () => {
  test('has an Ingress to its Service', () => {
    expect(one(build({ host, path: '/v1', className: 'nginx' }), 'Ingress')?.spec).toEqual({
      ingressClassName: 'nginx',
      rules: [
        {
          host,
          http: {
            paths: [
              { path: '/v1', pathType: 'Prefix', backend: { service: { name: 'shop-api', port: { name: 'http' } } } },
            ],
          },
        },
      ],
    });
  });

  test.each([
    [{ secret: 'wildcard' }, undefined, 'wildcard'],
    [{ issuer: 'ours' }, { 'cert-manager.io/issuer': 'ours' }, 'shop-api-tls'],
    [{ clusterIssuer: 'letsencrypt' }, { 'cert-manager.io/cluster-issuer': 'letsencrypt' }, 'shop-api-tls'],
  ])('has its certificate from %j', (tls, annotations, secretName) => {
    const ingress = one(build({ host, tls }), 'Ingress');
    expect(ingress?.metadata.annotations).toEqual(annotations);
    expect(ingress?.spec.tls).toEqual([{ hosts: [host], secretName }]);
  });

  test('has an HTTPRoute of a Gateway, which says that browsers use HTTPS only', () => {
    const objects = build({ host, via: 'gateway', gateway: 'web/main', hsts: 31536000 });
    expect(one(objects, 'Ingress')).toBeUndefined();
    const set = [{ name: 'Strict-Transport-Security', value: 'max-age=31536000; includeSubDomains' }];
    expect(one(objects, 'HTTPRoute')?.spec).toEqual({
      parentRefs: [{ group: 'gateway.networking.k8s.io', kind: 'Gateway', namespace: 'web', name: 'main' }],
      hostnames: [host],
      rules: [
        {
          matches: [{ path: { type: 'PathPrefix', value: '/' } }],
          filters: [{ type: 'ResponseHeaderModifier', responseHeaderModifier: { set } }],
          backendRefs: [{ group: '', kind: 'Service', name: 'shop-api', port: 8000, weight: 1 }],
        },
      ],
    });
  });

  test('is reached by the ingress controller, and only then', () => {
    const ingress = (expose: Given | undefined) =>
      JSON.stringify(one(build(expose as Given), 'NetworkPolicy')?.spec.ingress ?? []);
    expect(ingress({ host })).toContain('"kubernetes.io/metadata.name":"ingress-nginx"');
    expect(ingress(undefined)).toBe('[]');
  });

  test('is not exposed in development', () => {
    expect(one(build({ host }, 'local'), 'Ingress')).toBeUndefined();
  });
});
