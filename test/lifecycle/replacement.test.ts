import { describe, expect, test } from '@jest/globals';
import type { ManifestObject } from '../../charts/common/manifest-object.ts';
import { isImmutable, jobWay, replacement } from '../../src/lifecycle/replacement.ts';

const labels = { 'app.kubernetes.io/instance': 'shop-migrate' };
const job = (name: string, more: object = {}, images?: string): ManifestObject => ({
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: {
    name,
    labels,
    ...(images && { annotations: { 'repoctl.dev/images': images } }),
  } as ManifestObject['metadata'],
  ...more,
});
const ended = (type: string) => ({ status: { conditions: [{ type, status: 'True' }] } });
const hashed = 'shop-migrate-1f0c9a2b';

describe('a job that is there', () => {
  test.each<[string, ManifestObject, ManifestObject, string]>([
    [
      'is left alone if its name says the same work, and it is done',
      job(hashed, ended('Complete')),
      job(hashed),
      'leave',
    ],
    [
      'by whatever was its image applied, if it does not say',
      job(hashed, ended('Complete')),
      job(hashed, {}, 'a@1'),
      'leave',
    ],
    ['in the same image', job(hashed, ended('Complete'), 'a@1'), job(hashed, {}, 'a@1'), 'leave'],
    ['but in another image it runs again', job(hashed, ended('Complete'), 'a@1'), job(hashed, {}, 'a@2'), 'replace'],
    ['after it failed it runs again', job(hashed, ended('Failed')), job(hashed), 'replace'],
    ['while it runs it is changed, if it can be', job(hashed), job(hashed), 'apply'],
    ['of a name that says nothing is changed, if it can be', job('tidy', ended('Complete')), job('tidy'), 'apply'],
    [
      'that is going is awaited',
      { ...job(hashed), metadata: { name: hashed, deletionTimestamp: 'now' } as never },
      job(hashed),
      'replace',
    ],
  ])('%s', (_, existing, wanted, way) => expect(jobWay(existing, wanted)).toBe(way));
});

describe('what can’t be changed', () => {
  const object = (kind: string, spec: object = {}): ManifestObject => ({ apiVersion: 'x', kind, spec });
  const set = (selector: string) =>
    object('StatefulSet', { selector, serviceName: 'a', volumeClaimTemplates: [selector] });

  test.each<[string, ManifestObject, ManifestObject, string | undefined]>([
    ['a Deployment is made anew', object('Deployment'), object('Deployment'), 'replace'],
    ['a job that is not done is made anew', object('Job'), object('Job'), 'replace'],
    ['a RoleBinding is made anew', object('RoleBinding'), object('RoleBinding'), 'replace'],
    [
      'a StatefulSet keeps its pods',
      set('a'),
      { ...set('a'), spec: { ...(set('a').spec as object), volumeClaimTemplates: [] } },
      'orphan',
    ],
    ['but not those that it would not find', set('a'), set('b'), 'replace'],
    ['a claim is not deleted', object('PersistentVolumeClaim'), object('PersistentVolumeClaim'), undefined],
    ['of an unknown kind, which may hold data, nothing is', object('Cluster'), object('Cluster'), undefined],
  ])('%s', (_, existing, wanted, way) => expect(replacement(existing, wanted)).toBe(way));

  test.each([
    ['spec.template: field is immutable', true],
    ['spec: Forbidden: updates to statefulset spec for fields other than … are forbidden', true],
    ['spec.clusterIPs[0]: Invalid value: []: may not change once set', true],
    ['roleRef: cannot change roleRef', true],
    ['spec.replicas: Invalid value: -1: must be greater than or equal to 0', false],
  ])('is told by the API’s words: %s', (message, immutable) => expect(isImmutable(message)).toBe(immutable));
});
