import { describe, expect, test } from '@jest/globals';
import { LineSplitter, parseLogLine } from '../../src/logs/log-line.ts';

const stamp = '2026-01-31T09:00:00.000000001Z';

describe('a line of a log', () => {
  test.each([
    ['has a time and a text', `${stamp} GET / 200`, { time: stamp, text: 'GET / 200' }],
    ['keeps its indentation', `${stamp}   at main`, { time: stamp, text: '  at main' }],
    ['may be empty', `${stamp} `, { time: stamp, text: '' }],
    ['may be empty without a space', stamp, { time: stamp, text: '' }],
    ['loses the carriage return of another system', `${stamp} one\r`, { time: stamp, text: 'one' }],
    ['keeps line breaks that only Unicode knows', `${stamp} a\u2028b`, { time: stamp, text: 'a\u2028b' }],
    ["is none without a time: it is the server's", 'failed to watch the file', undefined],
  ])('%s', (_, raw, expected) => {
    expect(parseLogLine(raw)).toEqual(expected);
  });
});

describe('lines', () => {
  test.each([
    ['come whole from one piece', ['a\nb\n'], ['a', 'b']],
    ['are put together of pieces', ['a', 'b', 'c\nd', 'e\n'], ['abc', 'de']],
    ['may be empty', ['a\n\n\nb\n'], ['a', '', '', 'b']],
    ['may end without a break', ['a\nb'], ['a', 'b']],
    ['are none of nothing', [''], []],
  ])('%s', (_, pieces, expected) => {
    const splitter = new LineSplitter();
    expect([...pieces.flatMap((piece) => splitter.push(piece)), ...splitter.end()]).toEqual(expected);
  });
});
