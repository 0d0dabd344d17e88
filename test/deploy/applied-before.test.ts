import { describe, expect, test } from '@jest/globals';
import type { ManifestObject } from '../../charts/common/manifest-object.ts';
import { appliedBy } from '../../src/deploy/applied-before.ts';

/** As the API server writes it, of a Deployment that was scaled and annotated by others. */
const existing = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: {
    name: 'shop-api',
    namespace: 'shop',
    uid: 'u',
    labels: { a: 'ours', b: 'theirs' },
    annotations: { 'deployment.kubernetes.io/revision': '3' },
    managedFields: [
      {
        manager: 'repoctl',
        operation: 'Apply',
        apiVersion: 'apps/v1',
        fieldsType: 'FieldsV1',
        fieldsV1: {
          'f:metadata': { 'f:labels': { 'f:a': {} } },
          'f:spec': {
            'f:selector': {},
            'f:template': {
              'f:spec': {
                'f:containers': {
                  'k:{"name":"api"}': {
                    '.': {},
                    'f:name': {},
                    'f:image': {},
                    'f:args': {},
                    'f:ports': { 'k:{"containerPort":80,"protocol":"TCP"}': { '.': {}, 'f:containerPort': {} } },
                  },
                },
                'f:finalizers': { 'v:"x"': {} },
                'f:places': { 'i:1': {} },
                'f:gone': {},
              },
            },
          },
        },
      },
      { manager: 'repoctl', operation: 'Update', fieldsV1: { 'f:spec': { 'f:paused': {} } } },
      { manager: 'repoctl', operation: 'Apply', subresource: 'status', fieldsV1: { 'f:status': {} } },
      { manager: 'kube-controller-manager', operation: 'Update', fieldsV1: { 'f:spec': { 'f:replicas': {} } } },
    ],
  },
  spec: {
    replicas: 5,
    paused: false,
    selector: { matchLabels: { a: 'b' } },
    template: {
      spec: {
        containers: [
          { name: 'sidecar', image: 's:1' },
          {
            name: 'api',
            image: 'a:1',
            args: ['x', 'y'],
            imagePullPolicy: 'Always',
            ports: [
              { containerPort: 80, protocol: 'TCP' },
              { containerPort: 81, protocol: 'TCP' },
            ],
          },
        ],
        finalizers: ['w', 'x'],
        places: ['p', 'q'],
      },
    },
  },
  status: { replicas: 5 },
} as unknown as ManifestObject;

describe('what a manager had applied', () => {
  test('is the fields that it owns, whole where it owns them whole', () => {
    expect(appliedBy(existing, 'repoctl')).toEqual({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'shop-api', namespace: 'shop', labels: { a: 'ours' } },
      spec: {
        selector: { matchLabels: { a: 'b' } },
        template: {
          spec: {
            containers: [{ name: 'api', image: 'a:1', args: ['x', 'y'], ports: [{ containerPort: 80 }] }],
            finalizers: ['x'],
            places: ['q'],
          },
        },
      },
    });
  });

  test('is nothing of what it only updated, or never touched', () => {
    expect(appliedBy(existing, 'kube-controller-manager')).toBeUndefined();
    expect(appliedBy(existing, 'kubectl')).toBeUndefined();
    expect(appliedBy({ ...existing, metadata: { name: 'x' } }, 'repoctl')).toBeUndefined();
  });

  test('and what somebody changed by hand since, without which a container has no image', () => {
    const text = JSON.stringify(existing).replace('"f:image":{},', '');
    const taken = JSON.parse(text) as { metadata: { managedFields: object[] } } & ManifestObject;
    const containers = { 'k:{"name":"api"}': { 'f:image': {} } };
    const fieldsV1 = { 'f:spec': { 'f:template': { 'f:spec': { 'f:containers': containers } } } };
    taken.metadata.managedFields.push({ manager: 'kubectl-set', operation: 'Update', fieldsV1 });
    expect(appliedBy(taken, 'repoctl')).toEqual(appliedBy(existing, 'repoctl'));
  });
});
