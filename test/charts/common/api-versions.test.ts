import { describe, expect, test } from '@jest/globals';
import { knownKind } from '../../../charts/common/api-kinds.ts';
import { type ApiKind, apiVersions, typeMeta } from '../../../charts/common/api-versions.ts';

describe('apiVersions', () => {
  // What the API answers with; no objects that can be made.
  const answers = ['List', 'Status'];
  // Not Kubernetes' own: nobody has their types.
  const custom = [
    'AppProject',
    'ApplicationSet',
    'Cluster',
    'ExternalSecret',
    'GitRepository',
    'HTTPRoute',
    'Kustomization',
    'ObjectStore',
    'PodMonitor',
    'PrometheusRule',
    'ScaledObject',
    'ScheduledBackup',
    'SealedSecret',
    'ServiceMonitor',
  ];
  const kinds = (Object.keys(apiVersions) as ApiKind[]).filter((kind) => !answers.includes(kind));

  test.each(custom as ApiKind[])('%s is known to be of somebody else', (kind) => {
    expect(knownKind(apiVersions[kind], kind)).toMatchObject({ builtIn: false });
    expect(knownKind(apiVersions[kind], kind).problem).toBeUndefined();
  });

  test.each(kinds.filter((kind) => !custom.includes(kind)))('%s is of the group that admission knows', (kind) => {
    const { builtIn, problem = '' } = knownKind(apiVersions[kind], kind);
    expect(builtIn).toBe(true);
    expect(problem).not.toContain('has no');
  });
});

test('typeMeta is the first two fields of an object', () => {
  expect(typeMeta('Deployment')).toEqual({ apiVersion: 'apps/v1', kind: 'Deployment' });
});
