import { describe, expect, test } from '@jest/globals';
import { fieldChanges, narrowed } from '../../src/deploy/field-changes.ts';

const pod = (...containers: object[]) => ({ spec: { template: { spec: { containers } } } });

describe('fields that differ', () => {
  test.each<[string, Record<string, unknown>, Record<string, unknown>, unknown[]]>([
    ['none', { a: { b: [1] } }, { a: { b: [1] } }, []],
    ['a value', { spec: { replicas: 1 } }, { spec: { replicas: 2 } }, [{ path: 'spec.replicas', from: 1, to: 2 }]],
    ['a new field', { spec: {} }, { spec: { paused: true } }, [{ path: 'spec.paused', to: true }]],
    ['a field that goes', { spec: { paused: true } }, { spec: {} }, [{ path: 'spec.paused', from: true }]],
    [
      'a container is told by its name, not by its place',
      pod({ name: 'a', image: 'a:1' }, { name: 'b', image: 'b:1' }),
      pod({ name: 'b', image: 'b:2' }, { name: 'a', image: 'a:1' }),
      [{ path: 'spec.template.spec.containers[b].image', from: 'b:1', to: 'b:2' }],
    ],
    [
      'an item that is new among others',
      pod({ name: 'a' }),
      pod({ name: 'a' }, { name: 'b', image: 'b:1' }),
      [{ path: 'spec.template.spec.containers[b]', to: { name: 'b', image: 'b:1' } }],
    ],
    [
      'a port by its number',
      { ports: [{ port: 1, x: 1 }] },
      { ports: [{ port: 1, x: 2 }] },
      [{ path: 'ports[1].x', from: 1, to: 2 }],
    ],
    [
      'a claim template by the name in its metadata',
      { spec: { templates: [{ metadata: { name: 'data' }, x: 1 }] } },
      { spec: { templates: [{ metadata: { name: 'data' }, x: 2 }] } },
      [{ path: 'spec.templates[data].x', from: 1, to: 2 }],
    ],
    [
      'items without a name by their place',
      { args: ['a', 'b'] },
      { args: ['a', 'c'] },
      [{ path: 'args[1]', from: 'b', to: 'c' }],
    ],
    [
      'items of which two have one name by their place',
      {
        env: [
          { name: 'A', value: 1 },
          { name: 'A', value: 2 },
        ],
      },
      {
        env: [
          { name: 'A', value: 1 },
          { name: 'A', value: 3 },
        ],
      },
      [{ path: 'env[1].value', from: 2, to: 3 }],
    ],
    [
      'a key with dots is quoted, and each of new annotations has a line',
      { metadata: {} },
      { metadata: { annotations: { 'a.b/c': 'x', d: 'y' } } },
      [
        { path: 'metadata.annotations["a.b/c"]', to: 'x' },
        { path: 'metadata.annotations.d', to: 'y' },
      ],
    ],
    [
      'nothing that the API server keeps for itself',
      { metadata: { resourceVersion: '1', generation: 1, managedFields: [1], uid: 'a' }, status: { replicas: 1 } },
      { metadata: { resourceVersion: '2', generation: 2, managedFields: [2] }, status: {} },
      [],
    ],
    [
      'but a status further inside',
      { spec: { status: 1 } },
      { spec: { status: 2 } },
      [{ path: 'spec.status', from: 1, to: 2 }],
    ],
    [
      'no quantity that is written in another way',
      { resources: { limits: { cpu: '1' }, requests: { memory: '1Gi' } } },
      { resources: { limits: { cpu: '1000m' }, requests: { memory: '1024Mi' } } },
      [],
    ],
    [
      'a quantity that is another one',
      { resources: { limits: { cpu: '1' } } },
      { resources: { limits: { cpu: '1001m' } } },
      [{ path: 'resources.limits.cpu', from: '1', to: '1001m' }],
    ],
    [
      'a text that looks like a quantity stays a text',
      { env: [{ name: 'A', value: '1' }] },
      { env: [{ name: 'A', value: '1000m' }] },
      [{ path: 'env[A].value', from: '1', to: '1000m' }],
    ],
  ])('%s', (_, from, to, expected) => expect(fieldChanges(from, to)).toEqual(expected));

  test('the values of a Secret are not among them', () => {
    const secret = (password: string) => ({
      kind: 'Secret',
      type: 'Opaque',
      data: { password },
      stringData: { other: password },
    });
    const changes = fieldChanges(secret('b25l'), secret('dHdv'));
    expect(changes).toEqual([
      { path: 'data.password', hidden: true },
      { path: 'stringData.other', hidden: true },
    ]);
    expect(JSON.stringify(fieldChanges({ kind: 'Secret' }, secret('dHdv')))).not.toContain('dHdv');
  });
});

test('an object is narrowed to what another state of it speaks of, with all items of a list', () => {
  const existing = {
    spec: {
      clusterIP: '10.0.0.1',
      ports: [
        { port: 80, nodePort: 30000, protocol: 'TCP' },
        { port: 81, protocol: 'TCP' },
      ],
      args: [{ given: 1, defaulted: 2 }],
    },
    status: {},
  };
  const wanted = { spec: { ports: [{ port: 80, protocol: 'UDP' }], args: [{ given: 2 }], type: 'ClusterIP' } };
  expect(narrowed(existing, wanted)).toEqual({
    spec: {
      ports: [
        { port: 80, protocol: 'TCP' },
        { port: 81, protocol: 'TCP' },
      ],
      args: [{ given: 1 }],
    },
  });
});
