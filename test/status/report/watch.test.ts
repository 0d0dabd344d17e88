import { describe, expect, test } from '@jest/globals';
import { Changes } from '../../../src/status/live/changes.ts';
import { signature } from '../../../src/status/live/watch.ts';
import { assemble } from '../../../src/status/report/assemble.ts';
import type { Snapshot } from '../../../src/status/snapshot/snapshot.ts';
import { now } from '../rules/fixtures/objects.ts';
import { crashedPodOf, deployment, namespace, podOf, snapshot } from './objects.ts';

const look = (parts: Partial<Snapshot>, stale = false) => ({
  report: assemble(undefined, snapshot({ namespaces: [namespace('shop')], ...parts }), 'kind-dev'),
  stale: stale ? { since: now, message: "can't reach it" } : undefined,
});
const well = { workloads: [deployment('shop', 'api', 1)], pods: [podOf('shop', 'api')] };
const broken = { workloads: [deployment('shop', 'api', 0)], pods: [crashedPodOf('shop', 'api')] };
const later = new Date(now.getTime() + 5000);

describe('changes in lines', () => {
  const told = (changes: Changes, ...looks: ReturnType<typeof look>[]) =>
    looks.map((each) => changes.next(each).map((line) => line.slice('00:00:00 '.length)));

  test('tell what becomes otherwise, not that time passes', () => {
    const lines = told(new Changes(), look(well), look(broken), look({ ...broken, now: later }), look(well), look({}));
    expect(lines).toEqual([
      ['shop/shop-api: healthy'],
      [expect.stringMatching(/^shop\/shop-api: degraded CrashLoopBackOff: container api exited with 1: no space left/)],
      [],
      ['shop/shop-api: healthy'],
      ['shop/shop-api: gone'],
    ]);
  });

  test('leave out what is well from the beginning if they are to be quiet', () => {
    expect(told(new Changes(true), look(well), look(broken), look(well)).map(({ length }) => length)).toEqual([
      0, 1, 1,
    ]);
  });

  test('say once that the report is stale, and that it no longer is', () => {
    expect(told(new Changes(true), look(well), look(well, true), look(well, true), look(well))).toEqual([
      [],
      ["the report is stale: can't reach it; asking again"],
      [],
      ['the cluster answers again'],
    ]);
  });
});

describe('a report is another one', () => {
  const of = (parts: Partial<Snapshot>, stale = false) =>
    signature(look(parts, stale).report, look(parts, stale).stale);

  test('when a service is', () => expect(of(broken)).not.toBe(of(well)));
  test('when it gets stale', () => expect(of(well, true)).not.toBe(of(well)));
  test('but not because time has passed', () => expect(of({ ...broken, now: later })).toBe(of(broken)));
});
