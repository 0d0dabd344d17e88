import { spawnSync } from 'node:child_process';
import { hostname } from 'node:os';
import { describe, expect, test } from '@jest/globals';
import {
  holderAnnotation,
  holderText,
  isFree,
  type LeaseObject,
  newLease,
  renewed,
  sightOf,
  takenOver,
} from '../../src/cluster/lease-object.ts';

/** Of a process that was there and is gone. */
const goneProcess = () => spawnSync(process.execPath, ['--version']).pid;

const held = (holder: object | string, spec: LeaseObject['spec'] = {}): LeaseObject => {
  const own = newLease('turfoo');
  const text = typeof holder === 'string' ? holder : JSON.stringify({ command: 'repoctl down', ...holder });
  const metadata = { ...own.metadata, annotations: { [holderAnnotation]: text }, resourceVersion: '7' };
  return { ...own, metadata, spec: { ...own.spec, ...spec } };
};
const elsewhere = { host: 'elsewhere', pid: 1 };

describe('a lease', () => {
  test.each<[string, LeaseObject, boolean]>([
    ['of a process that runs on this machine', held({ host: hostname(), pid: process.pid }), false],
    ['of a process of this machine that is gone', held({ host: hostname(), pid: goneProcess() }), true],
    ['of another machine, whatever its process', held({ host: 'elsewhere', pid: goneProcess() }), false],
    ['that does not say what process it is of', held(''), false],
    ['that says it in another way', held('{"pid":"x"}'), false],
    ['that was given back', held(elsewhere, { holderIdentity: '' }), true],
  ])('%s may be taken at once or not', (_, lease, free) => {
    expect(isFree(sightOf(lease, undefined, 1000), 1000)).toBe(free);
  });

  test('is free once its holder has given no sign for as long as it says', () => {
    const lease = held(elsewhere, { leaseDurationSeconds: 15 });
    const first = sightOf(lease, undefined, 1000);
    expect(isFree(sightOf(lease, first, 16_000), 16_000)).toBe(false);
    expect(isFree(sightOf(lease, first, 16_001), 16_001)).toBe(true);
  });

  test('is not free while its holder gives signs, whatever the clocks say', () => {
    const lease = held(elsewhere, { renewTime: '2020-01-01T00:00:00.000000Z' });
    const first = sightOf(lease, undefined, 1000);
    const signOfLife = { ...lease, metadata: { ...lease.metadata, resourceVersion: '8' } };
    expect(isFree(sightOf(signOfLife, first, 15_000), 16_001)).toBe(false);
  });

  test('says who holds it', () => {
    const acquireTime = '2026-01-31T09:00:00.123000Z';
    expect(holderText(held({ host: hostname(), pid: 4711 }, { acquireTime }))).toBe(
      'repoctl down (process 4711 on this machine, since 2026-01-31T09:00:00Z)',
    );
    expect(holderText(held(elsewhere, { acquireTime }))).toContain('on elsewhere');
    expect(holderText(held('', { holderIdentity: 'a person', acquireTime: undefined }))).toBe(
      'a person (since an unknown time)',
    );
  });

  test('is written in the API’s own format, and renewed without anything else being changed', () => {
    const own = newLease('turfoo');
    expect(own.spec.renewTime).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);
    expect(own.spec.holderIdentity).toContain(hostname());
    expect(renewed(own)).toEqual({ ...own, spec: { ...own.spec, renewTime: expect.any(String) } });
  });

  test('is taken over as it was seen, and counts it', () => {
    const other = held(elsewhere, { leaseTransitions: 2 });
    const own = newLease('turfoo');
    expect(takenOver(other, own)).toEqual({
      ...own,
      metadata: { ...own.metadata, resourceVersion: '7' },
      spec: { ...own.spec, leaseTransitions: 3 },
    });
  });
});
