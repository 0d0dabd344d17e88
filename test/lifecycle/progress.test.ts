import { Writable } from 'node:stream';
import { describe, expect, test } from '@jest/globals';
import { blockLines, progressOn, type Shown } from '../../src/lifecycle/progress.ts';
import { type Health, type Status, verdict } from '../../src/status/rules/verdict.ts';

const item = (object: string, status: Status, reason = 'Ready', more: Partial<Health> = {}): Shown => ({
  object,
  health: { ...verdict(status, reason), ...more },
});

/** What is written to a stream that is no terminal. */
function written(pictures: readonly (readonly Shown[])[], said?: ReadonlyMap<string, readonly string[]>): string[] {
  let text = '';
  const stream = new Writable({
    write(chunk, _, done) {
      text += String(chunk);
      done();
    },
  });
  const progress = progressOn(stream as unknown as NodeJS.WriteStream);
  for (const items of pictures) progress.show(items, said);
  return text.split('\n').slice(0, -1);
}

describe('where nobody looks on', () => {
  test('a line tells each change, and none that only counts seconds', () => {
    const unready = (seconds: number) => item('api', 'degraded', 'Unhealthy', { cause: `not ready for ${seconds} s` });
    expect(
      written([
        [item('api', 'progressing', 'ContainerCreating')],
        [item('api', 'progressing', 'Starting', { cause: 'for 1 s' })],
        [unready(70)],
        [unready(71)],
        [item('api', 'progressing', 'PodInitializing', { waitingFor: 'shop/db' })],
        [item('api', 'healthy')],
      ]),
    ).toEqual([
      'api: starting',
      'api: degraded: Unhealthy: not ready for 70 s',
      'api: waiting for shop/db',
      'api: healthy',
    ]);
  });

  test('what a container wrote last stands below, once', () => {
    const said = new Map([['api', ['Error: no such module']]]);
    const starting = [item('api', 'progressing', 'Starting')];
    expect(written([starting, starting], said)).toEqual([
      'api: starting',
      '  it runs, but is not ready; the end of its log:',
      '    Error: no such module',
    ]);
  });
});

describe('on a terminal', () => {
  const room = (columns: number, rows: number, said?: ReadonlyMap<string, readonly string[]>) => ({
    columns,
    rows,
    paint: (_: string, text: string) => text,
    said,
  });
  const items = [
    item('api', 'healthy'),
    item('worker', 'degraded', 'Unhealthy'),
    item('db', 'progressing', 'Starting'),
  ];

  test('each has a line, with the end of its log', () => {
    expect(blockLines(items, room(80, 24, new Map([['worker', ['boom']]])))).toEqual([
      '  api     healthy',
      '  worker  degraded    Unhealthy',
      '    it runs, but is not ready; the end of its log:',
      '      boom',
      '  db      progressing Starting',
    ]);
  });

  test('no line is wider than it', () => {
    const long = [item('api', 'degraded', 'Unhealthy', { cause: 'x'.repeat(200) })];
    const lines = blockLines(long, room(60, 24, new Map([['api', ['y'.repeat(200)]]])));
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThan(60);
  });

  test('no more lines than can be painted over: the healthy go first, then the logs', () => {
    const said = new Map([['worker', ['boom']]]);
    expect(blockLines(items, room(80, 4))).toHaveLength(3);
    expect(blockLines([...items, item('web', 'healthy')], room(80, 4))).toEqual([
      '  worker  degraded    Unhealthy',
      '  db      progressing Starting',
      '  and 2 more',
    ]);
    expect(blockLines(items, room(80, 4, said))).toEqual([
      '  worker  degraded    Unhealthy',
      '  db      progressing Starting',
      '  and 1 more',
    ]);
    expect(blockLines(items, room(80, 3, said))).toEqual(['  worker  degraded    Unhealthy', '  and 2 more']);
  });
});
