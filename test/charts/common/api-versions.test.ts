import { describe, expect, test } from '@jest/globals';
import { knownKind } from '../../../charts/common/api-kinds.ts';
import { type ApiKind, apiVersions, typeMeta } from '../../../charts/common/api-versions.ts';

describe('apiVersions', () => {
  // What the API answers with; no objects that can be made.
  const answers = ['List', 'Status'];
  const kinds = (Object.keys(apiVersions) as ApiKind[]).filter((kind) => !answers.includes(kind));

  test.each(kinds)('%s is of the group that admission knows', (kind) => {
    const { builtIn, problem = '' } = knownKind(apiVersions[kind], kind);
    expect(builtIn).toBe(true);
    expect(problem).not.toContain('has no');
  });
});

test('typeMeta is the first two fields of an object', () => {
  expect(typeMeta('Deployment')).toEqual({ apiVersion: 'apps/v1', kind: 'Deployment' });
});
