import { describe, expect, test } from '@jest/globals';
import { Changes } from '../../../src/status/live/changes.ts';
import { cut, fitted, repaint } from '../../../src/status/live/screen.ts';
import { signature } from '../../../src/status/live/signature.ts';
import { assemble } from '../../../src/status/report/assemble.ts';
import type { Picture } from '../../../src/status/report/picture.ts';
import { now } from '../rules/fixtures/objects.ts';
import { crashedPodOf, deployment, namespace, picture, podOf } from './objects.ts';

const look = (parts: Partial<Picture>, stale = false) => ({
  report: assemble(undefined, picture({ namespaces: [namespace('shop')], ...parts }), 'kind-dev'),
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

  test('say once that the picture is stale, and that it no longer is', () => {
    expect(told(new Changes(true), look(well), look(well, true), look(well, true), look(well))).toEqual([
      [],
      ["the picture is stale: can't reach it; asking again"],
      [],
      ['the cluster answers again'],
    ]);
  });
});

describe('a report is another one', () => {
  const of = (parts: Partial<Picture>, stale = false) => signature(look(parts, stale).report, look(parts, stale).stale);

  test('when a service is', () => expect(of(broken)).not.toBe(of(well)));
  test('when it gets stale', () => expect(of(well, true)).not.toBe(of(well)));
  test('but not because time has passed', () => expect(of({ ...broken, now: later })).toBe(of(broken)));
});

describe('a screen', () => {
  test('is painted as a whole first, then only where it differs', () => {
    expect(repaint(undefined, ['a'])).toBe('\u001B[H\u001B[2J\u001B[1;1Ha\u001B[0m\u001B[K');
    expect(repaint(['a', 'b', 'c'], ['a', 'x', 'c'])).toBe('\u001B[2;1Hx\u001B[0m\u001B[K');
    expect(repaint(['a', 'b'], ['a', 'b'])).toBe('');
  });

  test('loses lines that are no longer there', () => {
    expect(repaint(['a', 'b'], ['a'])).toBe('\u001B[2;1H\u001B[0m\u001B[K');
  });

  test.each([
    ['abc', 3, 'abc'],
    ['abcd', 3, 'ab…'],
    ['\u001B[31mabc\u001B[0m', 3, '\u001B[31mabc\u001B[0m'],
    ['\u001B[31mabcd\u001B[0m', 3, 'ab…'],
  ])('cuts %j to %s columns', (line, columns, expected) => expect(cut(line, columns)).toBe(expected));

  test('says how many lines it has no room for', () => {
    expect(fitted(['a', 'b', 'c', 'd'], 3, 80)).toEqual(['a', 'b', '… 2 more lines']);
    expect(fitted(['a', 'b', 'c'], 3, 80)).toEqual(['a', 'b', 'c']);
  });
});
