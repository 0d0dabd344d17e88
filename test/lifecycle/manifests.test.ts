import { describe, expect, test } from '@jest/globals';
import { imagesAnnotation, podTemplateOf, withImages, withImagesOf } from '../../src/lifecycle/manifests.ts';

const ids = new Map([
  ['shop-app:local', 'sha256:aa'],
  ['shop-web:local', 'sha256:bb'],
]);

const spec = (...images: string[]) => ({ containers: images.map((image) => ({ image })) });
const object = (kind: string, of: object) => ({ apiVersion: 'v1', kind, metadata: { name: 'it' }, spec: of });
const annotationsOf = (it: { readonly metadata?: object } | undefined) =>
  (it?.metadata as { annotations?: Record<string, string> } | undefined)?.annotations;

describe('withImages', () => {
  test('says on the pod template what images of ours it runs', () => {
    const made = withImages(
      object('Deployment', {
        template: {
          metadata: { labels: { a: 'b' }, annotations: { x: 'y' } },
          spec: {
            initContainers: [{ image: 'shop-web:local' }],
            containers: [{ image: 'shop-app:local' }, { image: 'redis:7' }],
          },
        },
      }),
      ids,
    );
    const template = podTemplateOf(made);
    expect(annotationsOf(template)).toEqual({
      x: 'y',
      [imagesAnnotation]: 'shop-app:local@sha256:aa shop-web:local@sha256:bb',
    });
    expect(template?.metadata).toMatchObject({ labels: { a: 'b' } });
    expect(annotationsOf(made)).toBeUndefined();
  });

  test('says it of a cron job where its pods get it', () => {
    const made = withImages(
      object('CronJob', { jobTemplate: { spec: { template: { spec: spec('shop-app:local') } } } }),
      ids,
    );
    expect(annotationsOf(podTemplateOf(made))?.[imagesAnnotation]).toBe('shop-app:local@sha256:aa');
  });

  test('says it of a job on the job itself, whose template can’t be changed', () => {
    const made = withImages(object('Job', { template: { spec: spec('shop-app:local') } }), ids);
    expect(annotationsOf(made)?.[imagesAnnotation]).toBe('shop-app:local@sha256:aa');
    expect(annotationsOf(podTemplateOf(made))).toBeUndefined();
  });

  test('leaves alone what runs no image of ours, or none at all', () => {
    for (const it of [
      object('StatefulSet', { template: { spec: spec('postgres:16') } }),
      object('Service', { ports: [] }),
    ])
      expect(withImages(it, ids)).toBe(it);
  });
});

describe('withImagesOf', () => {
  const deployment = (...images: string[]) => object('Deployment', { template: { spec: spec(...images) } });

  test('says of images that are built here what another state of the object says', () => {
    const existing = withImages(deployment('shop-app:local', 'redis:6'), ids);
    const made = withImagesOf(deployment('shop-app:local', 'redis:7'), existing);
    expect(podTemplateOf(made)?.spec.containers).toEqual([{ image: 'shop-app:local' }, { image: 'redis:7' }]);
    expect(annotationsOf(podTemplateOf(made))).toEqual(annotationsOf(podTemplateOf(existing)));
  });

  test('of a job on the job itself', () => {
    const job = object('Job', { template: { spec: spec('shop-app:local') } });
    expect(annotationsOf(withImagesOf(job, withImages(job, ids)))?.[imagesAnnotation]).toBe('shop-app:local@sha256:aa');
  });

  test('says nothing where that says nothing', () => {
    const plain = deployment('shop-app:local');
    expect(withImagesOf(plain, plain)).toBe(plain);
  });
});
