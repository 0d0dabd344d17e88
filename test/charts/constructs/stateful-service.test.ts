import { describe, expect, test } from '@jest/globals';
import { objectLabels } from '../../../charts/common/labels.ts';
import { StatefulService } from '../../../charts/constructs/stateful-service.ts';
import { containerOf, one } from '../objects.ts';
import { labelled, minimalContainer, minimalPod, synthesized } from '../pod-props.ts';

const objects = synthesized((scope) => {
  const container = { ...minimalContainer, ports: { db: 5000 }, mounts: [{ volume: 'run', path: '/run/it' }] };
  new StatefulService(scope, 'it', { ...minimalPod, container, claim: { path: '/data', size: '7Gi' } });
});

describe('a stateful service', () => {
  const { metadata, spec } = one(objects, 'StatefulSet');

  test('is a StatefulSet of one pod, behind the Service of its name', () => {
    expect(metadata.name).toBe('shop-api');
    expect(spec).toMatchObject({ replicas: 1, serviceName: 'shop-api', revisionHistoryLimit: 3 });
    expect(one(objects, 'Service').metadata.name).toBe('shop-api');
  });

  test('says all of its claim’s template that the API would fill in, so that who applies it next finds no conflict', () => {
    expect(spec.volumeClaimTemplates[0]).toMatchObject({
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      spec: { volumeMode: 'Filesystem' },
      status: { phase: 'Pending' },
    });
  });

  test('has a claim of the size that is asked for, mounted beside the other mounts', () => {
    const [claim] = spec.volumeClaimTemplates;
    expect(claim?.spec).toMatchObject({ accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '7Gi' } } });
    expect(containerOf(objects).volumeMounts).toEqual([
      { name: 'run', mountPath: '/run/it' },
      { name: 'data', mountPath: '/data' },
      { name: 'tmp', mountPath: '/tmp' },
    ]);
  });

  test('its claim can be found by the labels of the rest', () => {
    expect(spec.volumeClaimTemplates[0]?.metadata.labels).toEqual(objectLabels(labelled));
  });

  test('keeps the claim when it is deleted or scaled, which is what Kubernetes does if nothing is said', () => {
    expect(spec.persistentVolumeClaimRetentionPolicy).toBeUndefined();
  });
});
