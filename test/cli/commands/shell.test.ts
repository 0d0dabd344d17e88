import { expect, test } from '@jest/globals';
import { divided } from '../../../src/cli/commands/shell.ts';

test.each([
  [
    ['postgres', '-c', 'select 1'],
    ['shell', 'shop', 'postgres', '--', '-c', 'select 1'],
    ['postgres'],
    ['-c', 'select 1'],
  ],
  [['-c', 'select 1'], ['shell', 'shop', '--', '-c', 'select 1'], [], ['-c', 'select 1']],
  [['postgres'], ['shell', 'shop', 'postgres'], ['postgres'], []],
  [[undefined], ['shell', 'shop'], [], []],
  [['a', '--', 'b'], ['shell', '--', 'a', '--', 'b'], [], ['a', '--', 'b']],
])('%j of %j', (given, argv, before, after) => {
  expect(divided(given, argv)).toEqual({ before, after });
});
