import { expect, test } from '@jest/globals';
import { shellQuoted } from '../../../charts/common/shell-quoted.ts';

test.each([
  ['plain/path:1', 'plain/path:1'],
  ['A=hello world', "'A=hello world'"],
  ["it's", "'it'\\''s'"],
  ['', "''"],
])('%j is %s to a shell', (given, shown) => {
  expect(shellQuoted(given)).toBe(shown);
});
