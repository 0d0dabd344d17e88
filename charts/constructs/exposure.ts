import type { Construct } from 'constructs';
import { apiVersions } from '../common/api-versions.ts';
import type { Exposure } from '../common/expose.ts';
import { addHttpRoute, addIngress } from '../common/k8s.ts';
import { type Labelled, objectLabels } from '../common/labels.ts';

/** Says where cert-manager puts a certificate, and what it asks for. */
const issuerAnnotation = { issuer: 'cert-manager.io/issuer', clusterIssuer: 'cert-manager.io/cluster-issuer' } as const;

/** Adds what leads to a workload's Service from outside of the cluster: an Ingress, or an HTTPRoute. */
export function addExposure(
  pods: Construct,
  labelled: Labelled,
  port: string,
  portNumber: number,
  given: Exposure,
): void {
  const { host, path, via, gateway = '', hsts } = given;
  const metadata = { name: labelled.object, labels: objectLabels(labelled) };
  if (via === 'gateway') {
    const [namespace = '', name = ''] = gateway.split('/');
    const header = { name: 'Strict-Transport-Security', value: `max-age=${hsts}; includeSubDomains` };
    addHttpRoute(pods, 'route', {
      metadata: { ...metadata, annotations: annotationsOf(given.annotations) },
      spec: {
        parentRefs: [{ group: apiVersions.HTTPRoute.split('/')[0], kind: 'Gateway', namespace, name }],
        hostnames: [host],
        rules: [
          {
            matches: [{ path: { type: 'PathPrefix', value: path } }],
            filters:
              hsts === undefined
                ? undefined
                : [{ type: 'ResponseHeaderModifier', responseHeaderModifier: { set: [header] } }],
            backendRefs: [{ group: '', kind: 'Service', name: labelled.object, port: portNumber, weight: 1 }],
          },
        ],
      },
    });
    return;
  }
  const { tls, className } = given;
  const issuer = Object.entries(issuerAnnotation).flatMap(([field, key]) => {
    const value = tls && (tls as Readonly<Record<string, string>>)[field];
    return value === undefined ? [] : [[key, value] as const];
  });
  const secretName = tls && ('secret' in tls ? tls.secret : `${labelled.object}-tls`);
  addIngress(pods, 'ingress', {
    metadata: { ...metadata, annotations: annotationsOf({ ...Object.fromEntries(issuer), ...given.annotations }) },
    spec: {
      ingressClassName: className,
      tls: secretName === undefined ? undefined : [{ hosts: [host], secretName }],
      rules: [
        {
          host,
          http: {
            paths: [
              { path, pathType: 'Prefix', backend: { service: { name: labelled.object, port: { name: port } } } },
            ],
          },
        },
      ],
    },
  });
}

const annotationsOf = (given: Readonly<Record<string, string>>) => (Object.keys(given).length > 0 ? given : undefined);
