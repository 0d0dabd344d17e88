import { describe, expect, test } from '@jest/globals';
import { statefulSet } from '../../../charts/constructs/stateful-set.ts';
import type { PresetName } from '../../../charts/model.ts';
import type { Given } from '../declared.ts';
import { describeFields } from '../fields.ts';
import { all, containerOf, one } from '../objects.ts';
import { metricsCase, portsCase } from '../pod-field-cases.ts';
import {
  commandCase,
  localCommandCase,
  resourcesCase,
  startupCase,
  stopCase,
  workloadFieldCases,
  workloadObjects,
} from '../workload-fields.ts';

const minimal = { health: { tcp: 9000 } };
const build = (settings: Given = {}, profile?: PresetName) =>
  workloadObjects('statefulset', { ...minimal, ...settings }, profile);

test('without a word more it is a StatefulSet of one pod without claims, and a Service by which its pods find each other', () => {
  const objects = build();
  const { metadata, spec } = one(objects, 'StatefulSet');
  expect([metadata.name, spec.replicas, spec.serviceName]).toEqual(['shop-it', 1, 'shop-it-peers']);
  expect(spec.volumeClaimTemplates).toBeUndefined();
  const service = one(objects, 'Service');
  expect(service.metadata.name).toBe('shop-it-peers');
  expect(service.spec).toMatchObject({ clusterIP: 'None', publishNotReadyAddresses: true });
  expect(service.spec.selector).toEqual(spec.selector.matchLabels);
});

describeFields(statefulSet, minimal, build, {
  ...workloadFieldCases,
  command: commandCase,
  localCommand: localCommandCase,
  ports: portsCase('shop-it'),
  metrics: metricsCase('shop-it'),
  health: {
    given: { grpc: 9000 },
    seen: (objects) => containerOf(objects).livenessProbe.grpc,
    expected: { port: 9000 },
  },
  ready: {
    given: { tcp: 9001 },
    seen: (objects) =>
      (['startupProbe', 'readinessProbe', 'livenessProbe'] as const).map(
        (probe) => containerOf(objects)[probe].tcpSocket.port,
      ),
    expected: [9000, 9001, 9000],
  },
  replicas: { given: 3, seen: (objects) => one(objects, 'StatefulSet').spec.replicas, expected: 3 },
  startupSeconds: startupCase,
  stopSeconds: stopCase,
  resources: resourcesCase,
});

describe('with claims under volumes', () => {
  const objects = build({
    volumes: {
      data: { mountPath: '/data', claim: '2Gi' },
      wal: { mountPath: '/wal', claim: { storage: '1Gi', storageClassName: 'fast' } },
    },
  });

  test('each pod has them for itself', () => {
    const templates = one(objects, 'StatefulSet').spec.volumeClaimTemplates;
    const said = templates.map(({ metadata, spec }) => [
      metadata.name,
      spec.resources.requests.storage,
      spec.storageClassName,
    ]);
    expect(said).toEqual([
      ['data', '2Gi', undefined],
      ['wal', '1Gi', 'fast'],
    ]);
    expect(objects.filter(({ kind }) => kind === 'PersistentVolumeClaim')).toEqual([]);
    expect(all(objects, 'Deployment')).toEqual([]);
  });

  test('its container has them where it is said', () => {
    expect(containerOf(objects).volumeMounts.slice(0, 2)).toEqual([
      { name: 'data', mountPath: '/data' },
      { name: 'wal', mountPath: '/wal' },
    ]);
  });
});
