import { expect, test } from '@jest/globals';
import { withDiskLimits } from '../../../charts/common/disk.ts';
import type { ManifestObject } from '../../../charts/common/manifest-object.ts';
import { projectObjectsOf } from '../declared.ts';
import { podOf } from '../objects.ts';

const made = (resources: Readonly<Record<string, unknown>> = {}) =>
  podOf(
    projectObjectsOf(
      {
        workloads: {
          api: {
            kind: 'http',
            port: 80,
            resources,
            writable: ['/cache'],
            volumes: { big: { mountPath: '/big', emptyDir: '3Gi' } },
            initContainers: { prepare: { image: 'busybox:1.37', command: ['true'] } },
          },
        },
      },
      { profile: 'production' },
    ),
  );
const disk = (of: { readonly [resource: string]: string } | undefined) => of?.['ephemeral-storage'];
const folders = (pod: ReturnType<typeof made>) =>
  Object.fromEntries(
    pod.volumes.filter(({ emptyDir }) => emptyDir).map((each) => [each.name, each.emptyDir.sizeLimit]),
  );

test('every container states its part of the disk, and every folder its limit', () => {
  const pod = made();
  const all = [...pod.initContainers, ...pod.containers].map(({ resources }) => [
    disk(resources.requests),
    disk(resources.limits),
  ]);
  expect(all).toEqual([
    ['64Mi', '1Gi'],
    ['64Mi', '1Gi'],
  ]);
  expect(folders(pod)).toEqual({ big: '3Gi', 'writable-0': '1Gi', tmp: '1Gi' });
});

test('what is stated stays, and folders may be as large', () => {
  const pod = made({ limits: { 'ephemeral-storage': '5Gi' } });
  expect(disk(pod.containers[0]?.resources.limits)).toBe('5Gi');
  expect(folders(pod)).toEqual({ big: '3Gi', 'writable-0': '5Gi', tmp: '5Gi' });
  const small = made({ limits: { 'ephemeral-storage': '16Mi' } });
  expect(disk(small.containers[0]?.resources.requests)).toBe('16Mi');
});

test('what has no pods, or not the form of its kind, stays as it is', () => {
  const service: ManifestObject = { apiVersion: 'v1', kind: 'Service', metadata: { name: 'a' } };
  const broken: ManifestObject = { apiVersion: 'apps/v1', kind: 'Deployment', spec: { template: 'none' } };
  for (const each of [service, broken]) expect(withDiskLimits(each)).toBe(each);
});
