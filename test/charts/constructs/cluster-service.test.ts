import { describe, expect, test } from '@jest/globals';
import { objectLabels, selectorLabels } from '../../../charts/common/labels.ts';
import { addClusterService } from '../../../charts/constructs/cluster-service.ts';
import { one } from '../objects.ts';
import { labelled, minimalContainer, synthesized } from '../pod-props.ts';

describe('a Service', () => {
  const { metadata, spec } = one(
    synthesized((scope) => {
      addClusterService(scope, 'it', {
        labelled,
        container: { ...minimalContainer, ports: { s3: 9000, console: 9001 } },
      });
    }),
    'Service',
  );

  test('is inside the cluster only', () => {
    expect(spec.type).toBe('ClusterIP');
  });

  test('has the name and the labels of the object', () => {
    expect(metadata).toMatchObject({ name: 'shop-api', labels: objectLabels(labelled) });
  });

  test('finds the pods by the labels that never change', () => {
    expect(spec.selector).toEqual(selectorLabels(labelled));
  });

  test("leads to the container's ports by name", () => {
    expect(spec.ports).toEqual([
      { name: 's3', port: 9000, targetPort: 's3' },
      { name: 'console', port: 9001, targetPort: 'console' },
    ]);
  });
});
