import { describe, expect, test } from '@jest/globals';
import { type Container, containers } from '../../src/logs/containers.ts';
import { Colours, Printer } from '../../src/logs/printer.ts';
import { shown } from '../../src/platform/terminal/paint.ts';

const esc = String.fromCharCode(27);
const paint = (colour: string, text: string) => `<${colour}>${text}</>`;

describe('colours', () => {
  const all = Array.from({ length: 10 }, (_, index) => `pod-${index}`);
  const chosen = (names: readonly string[]) => {
    const colours = new Colours(paint);
    return names.map((name) => colours.apply(name, ''));
  };

  test('are different ones as long as there are enough', () => {
    expect(new Set(chosen(all)).size).toBe(10);
  });

  test('stay with their pods, in this run and the next', () => {
    expect(chosen([...all, ...all])).toEqual([...chosen(all), ...chosen(all)]);
  });

  test('do not run out', () => {
    expect(chosen([...all, 'one-more']).at(-1)).toMatch(/<\w+>/);
  });
});

describe('a line', () => {
  const terminated = { containerID: 'c0', exitCode: 1, reason: 'Error' };
  const [wait, api] = containers({
    metadata: { name: 'turfoo-api', namespace: 'turfoo', uid: 'u' },
    spec: { containers: [{ name: 'api' }] },
    status: {
      containerStatuses: [{ name: 'api', containerID: 'c1', state: { running: {} }, lastState: { terminated } }],
      initContainerStatuses: [{ name: 'wait-redis', containerID: 'i1', state: {} }],
    },
  }) as [Container, Container];
  const line = (container: Container, text: string, colours = true) =>
    shown(
      new Printer({ prefix: 'turfoo-', timestamps: false, paint: (_, each) => each, colours }).line({
        container,
        time: '',
        text,
      }),
    );

  test('begins with the pod, and the container if it is not the main one', () => {
    expect([line(wait, 'waits'), line(api, 'serves')]).toEqual(['api wait-redis | waits\n', 'api | serves\n']);
  });

  test.each([
    ['keeps its colours, and does not leave them on', `${esc}[31mred`, `${esc}[31mred${esc}[0m`],
    ['keeps colours of more bits', `${esc}[1;38;5;196mred`, `${esc}[1;38;5;196mred${esc}[0m`],
    ['does not hide itself', `${esc}[8;41mred`, `red${esc}[0m`],
    ['does not clear the screen', `${esc}[2J${esc}[1;1Hvite`, `vite${esc}[0m`],
    ['does not set the title', `${esc}]0;title\u0007text`, `text${esc}[0m`],
    ['is not written over', 'fine\rbad\b\b\b', 'fine bad'],
  ])('%s', (_, text, expected) => {
    expect(line(api, text)).toBe(`api | ${expected}\n`);
    expect(line(api, text, false)).toBe(`api | ${expected.replace(new RegExp(`${esc}\\[[\\d;]*m`, 'g'), '')}\n`);
  });

  test('is of an instance that runs, after one that ended', () => {
    expect([api.current, api.last]).toEqual([
      { id: 'c1', running: true },
      { id: 'c0', ending: 'exit code 1' },
    ]);
    expect([wait.current, wait.last]).toEqual([{ id: 'i1', running: false }, undefined]);
  });
});
