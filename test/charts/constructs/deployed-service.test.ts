import { describe, expect, test } from '@jest/globals';
import { DeployedService, type DeployedServiceProps } from '../../../charts/constructs/deployed-service.ts';
import { all, one } from '../objects.ts';
import { minimalContainer, minimalPod, synthesized } from '../pod-props.ts';

const build = (props: Partial<DeployedServiceProps> = {}) =>
  synthesized((scope) => {
    new DeployedService(scope, 'it', { ...minimalPod, replicas: 2, strategy: 'RollingUpdate', ...props });
  });

describe('a deployed service', () => {
  test('is a Deployment with the name of the object, and keeps three revisions', () => {
    const { metadata, spec } = one(build(), 'Deployment');
    expect(metadata.name).toBe('shop-api');
    expect(spec).toMatchObject({ replicas: 2, revisionHistoryLimit: 3 });
  });

  test('has a Service only if it has ports', () => {
    expect(all(build(), 'Service')).toEqual([]);
    expect(all(build({ container: { ...minimalContainer, ports: { http: 80 } } }), 'Service')).toHaveLength(1);
  });

  test('is replaced one by one, one more before one less', () => {
    expect(one(build(), 'Deployment').spec.strategy).toEqual({
      type: 'RollingUpdate',
      rollingUpdate: { maxSurge: 1, maxUnavailable: 0 },
    });
  });

  test('or all at once, if it may not run twice', () => {
    expect(one(build({ strategy: 'Recreate' }), 'Deployment').spec.strategy).toEqual({ type: 'Recreate' });
  });

  test('may have no pod at all', () => {
    expect(one(build({ replicas: 0 }), 'Deployment').spec.replicas).toBe(0);
  });
});
