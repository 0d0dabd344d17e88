import { describe, expect, test } from '@jest/globals';
import {
  type Labelled,
  namespaceLabels,
  objectLabels,
  ownerLabels,
  selectorLabels,
} from '../../../charts/common/labels.ts';

const ofProject: Labelled = {
  name: 'postgres',
  object: 'shop-postgres',
  component: 'database',
  owner: { environment: 'dev', tier: 'project', project: 'shop' },
};
const ofTier: Labelled = {
  name: 'redis',
  object: 'dev-redis',
  component: 'broker',
  owner: { environment: 'dev', tier: 'global' },
};

describe('labels', () => {
  test('of an object of a project', () => {
    expect(objectLabels(ofProject)).toEqual({
      'app.kubernetes.io/name': 'postgres',
      'app.kubernetes.io/instance': 'shop-postgres',
      'app.kubernetes.io/component': 'database',
      'app.kubernetes.io/part-of': 'dev',
      'app.kubernetes.io/managed-by': 'repoctl',
      'repoctl.dev/tier': 'project',
      'repoctl.dev/project': 'shop',
    });
  });

  test('of everything in a namespace', () => {
    expect(ownerLabels(ofProject.owner)).toEqual({
      'app.kubernetes.io/part-of': 'dev',
      'app.kubernetes.io/managed-by': 'repoctl',
      'repoctl.dev/tier': 'project',
      'repoctl.dev/project': 'shop',
    });
  });

  test('of an object of the global tier name no project', () => {
    expect(objectLabels(ofTier)).not.toHaveProperty(['repoctl.dev/project']);
    expect(objectLabels(ofTier)).toMatchObject({ 'repoctl.dev/tier': 'global' });
  });

  test.each([ofProject, ofTier])('selectors of $object hold only what never changes for its name', (labelled) => {
    const changed = { ...labelled, component: 'other', owner: { ...labelled.owner, environment: 'renamed' } };
    expect(selectorLabels(changed)).toEqual(selectorLabels(labelled));
    expect(objectLabels(labelled)).toMatchObject(selectorLabels(labelled));
  });

  test('selectors hold the whole of whose pods they are', () => {
    expect(selectorLabels(ofProject)).toEqual({
      'app.kubernetes.io/name': 'postgres',
      'app.kubernetes.io/instance': 'shop-postgres',
      'repoctl.dev/tier': 'project',
      'repoctl.dev/project': 'shop',
    });
  });

  test('two services of a namespace have different selectors', () => {
    expect(selectorLabels({ ...ofProject, name: 'reports', object: 'shop-reports' })).not.toEqual(
      selectorLabels(ofProject),
    );
  });

  test('of a namespace are those of its owner, its profile, and Pod Security restricted in all its modes', () => {
    expect(namespaceLabels(ofProject.owner, { name: 'staging', chain: ['staging', 'production'] })).toEqual({
      ...ownerLabels(ofProject.owner),
      'repoctl.dev/profile': 'staging',
      'repoctl.dev/preset': 'production',
      'pod-security.kubernetes.io/enforce': 'restricted',
      'pod-security.kubernetes.io/warn': 'restricted',
      'pod-security.kubernetes.io/audit': 'restricted',
    });
  });
});
