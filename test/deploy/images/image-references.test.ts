import { expect, test } from '@jest/globals';
import { typeMeta } from '../../../charts/common/api-versions.ts';
import type { ManifestObject } from '../../../charts/common/manifest-object.ts';
import { imageUses, lockChanges } from '../../../src/deploy/images/image-references.ts';

const digest = `sha256:${'a'.repeat(64)}`;
const template = (...images: string[]) => ({ spec: { containers: images.map((image) => ({ image })) } });
const object = (kind: string, name: string, spec: object): ManifestObject => ({
  apiVersion: 'v1',
  kind,
  metadata: { name, namespace: 'shop' },
  spec,
});

test('the images of a profile are those of all containers, without the digests that the lock has put there', () => {
  const init = {
    spec: { initContainers: [{ image: 'postgres:16' }], containers: [{ image: 'r.example/shop-app:1' }] },
  };
  const objects = [
    object('Deployment', 'shop-api', { template: init }),
    object('CronJob', 'shop-nightly', {
      jobTemplate: { spec: { template: template(`r.example/shop-app:1@${digest}`) } },
    }),
    object('StatefulSet', 'shop-postgres', { template: template(`postgres:16@${digest}`, `sidecar@${digest}`) }),
    object('Service', 'shop-api', {}),
    { ...object('Cluster', 'shop-books', { imageName: `postgres:17@${digest}` }), ...typeMeta('Cluster') },
    // Of another operator.
    object('Cluster', 'shop-other', { imageName: 'other:1' }),
  ];
  expect(imageUses(objects, new Set(['r.example/shop-app:1']))).toEqual([
    { reference: 'postgres:16', built: false, users: ['shop/deployment shop-api', 'shop/statefulset shop-postgres'] },
    { reference: 'postgres:17', built: false, users: ['shop/cluster shop-books'] },
    {
      reference: 'r.example/shop-app:1',
      built: true,
      users: ['shop/cronjob shop-nightly', 'shop/deployment shop-api'],
    },
  ]);
});

test('a lock differs by what is new, what leads elsewhere, and what is no longer used', () => {
  expect(lockChanges({ a: '1', b: '1', c: '1' }, { a: '1', b: '2', d: '1' })).toEqual([
    { reference: 'b', from: '1', to: '2' },
    { reference: 'c', from: '1' },
    { reference: 'd', to: '1' },
  ]);
});
