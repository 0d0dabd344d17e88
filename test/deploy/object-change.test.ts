import { describe, expect, test } from '@jest/globals';
import type { ManifestObject } from '../../charts/common/manifest-object.ts';
import { changeOf, removal } from '../../src/deploy/object-change.ts';
import type { Step } from '../../src/lifecycle/examine.ts';

const object = (kind: string, spec: object, more: object = {}): ManifestObject => ({
  apiVersion: 'v1',
  kind,
  metadata: { name: 'shop-api' },
  spec,
  ...more,
});
const told = (step: Step) => {
  const change = changeOf(step);
  return change && [change.action, ...change.consequences.map(({ severity, message }) => `${severity}: ${message}`)];
};
const changed = (existing: ManifestObject, would: ManifestObject): Step => ({
  object: would,
  way: 'apply',
  existing,
  would,
});
const replaced = (existing: ManifestObject, wanted: ManifestObject, way: 'replace' | 'orphan' = 'replace'): Step => ({
  object: wanted,
  way,
  existing,
});

const deployment = (image: string, replicas = 1) =>
  object('Deployment', { replicas, template: { spec: { containers: [{ name: 'api', image }] } } });
const service = (instance: string) => object('Service', { selector: { 'app.kubernetes.io/instance': instance } });
const set = (storage: string) =>
  object('StatefulSet', {
    volumeClaimTemplates: [{ metadata: { name: 'data' }, spec: { resources: { requests: { storage } } } }],
  });

describe('a change', () => {
  test.each<[string, Step, unknown]>([
    ['of nothing is none', changed(deployment('a:1'), deployment('a:1')), undefined],
    [
      'of a pod template replaces the pods',
      changed(deployment('a:1'), deployment('a:2')),
      ['change', 'note: replaces its pods'],
    ],
    ['of the number of pods does not', changed(deployment('a:1'), deployment('a:1', 2)), ['change']],
    [
      'to no pods at all is an interruption',
      changed(deployment('a:1', 2), deployment('a:1', 0)),
      ['change', 'interruption: scales it from 2 pods to 0: nothing answers any more'],
    ],
    ['of what is new', { object: deployment('a:1'), way: 'apply' }, ['create']],
    ['a new job runs', { object: object('Job', {}), way: 'apply' }, ['create', 'note: runs once']],
    ['a job that failed runs again', replaced(object('Job', {}), object('Job', {})), ['replace', 'note: runs again']],
    ['a job that is done stays', { object: object('Job', {}), way: 'leave', existing: object('Job', {}) }, undefined],
    [
      'of a Service’s selector leads elsewhere',
      changed(service('shop-api'), service('shop-web')),
      [
        'change',
        'interruption: its selector changes from app.kubernetes.io/instance=shop-api to app.kubernetes.io/instance=shop-web: it leads to other pods, or to none',
      ],
    ],
    [
      'of a Service’s labels does not',
      changed(service('a'), object('Service', { ...(service('a').spec as object), x: 1 })),
      ['change'],
    ],
    [
      'of a Service that can’t be changed',
      replaced(service('a'), service('a')),
      [
        'replace',
        'interruption: can’t be changed: it is deleted and made again with another address; open connections break',
      ],
    ],
    [
      'of a Deployment that can’t be changed',
      replaced(deployment('a:1'), deployment('a:1')),
      [
        'replace',
        'interruption: can’t be changed: it is deleted and made again, and has no pods until the new ones are ready',
      ],
    ],
    [
      'of a claim template keeps pods and claims',
      replaced(set('1Gi'), set('2Gi'), 'orphan'),
      [
        'replace',
        'interruption: a claim template can’t be changed: it is deleted and made again; its pods and claims stay, and the claims keep what they have',
      ],
    ],
    [
      'of a StatefulSet’s selector keeps the claims only',
      replaced(set('1Gi'), set('1Gi')),
      [
        'replace',
        'interruption: can’t be changed: it is deleted with its pods and made again; its claims and their data stay',
      ],
    ],
  ])('%s', (_, step, expected) => expect(told(step)).toEqual(expected));

  test('of what can’t be changed names only fields that the manifest speaks of', () => {
    const existing = object('Deployment', { selector: { a: '1' }, defaulted: true }, { status: { replicas: 1 } });
    const change = changeOf(replaced(existing, object('Deployment', { selector: { a: '2' } })));
    expect(change?.fields).toEqual([{ path: 'spec.selector.a', from: '1', to: '2' }]);
  });
});

describe('a removal', () => {
  test.each<[string, ManifestObject, string[]]>([
    [
      'of a StatefulSet names the claims that stay',
      set('1Gi'),
      ['data: its claims data-shop-api-* stay with their data; nothing reads them any more'],
    ],
    ['of one without claims says nothing', object('StatefulSet', {}), []],
    ['of a Service leaves who uses it', service('a'), ['interruption: what still uses its address gets no answer']],
    ['of a Deployment says nothing', deployment('a:1'), []],
  ])('%s', (_, existing, expected) => {
    const { action, consequences } = removal(existing);
    expect([action, ...consequences.map(({ severity, message }) => `${severity}: ${message}`)]).toEqual([
      'remove',
      ...expected,
    ]);
  });
});
