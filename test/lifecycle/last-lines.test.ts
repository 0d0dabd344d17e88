import { expect, test } from '@jest/globals';
import { telling } from '../../src/lifecycle/last-lines.ts';

test('of a stack its error is kept, not its frames', () => {
  const log = `node:internal/modules/cjs/loader:1404
  throw err;
  ^

Error: Cannot find module './not-there'
Require stack:
- /app/server.js
    at Function._resolveFilename (node:internal/modules/cjs/loader:1401:15)
    at Module.require (node:internal/modules/cjs/loader:1487:12)
Node.js v24.21.0
\u001B[31mFailed running 'server.js'.\u001B[39m Waiting for file changes before restarting...
`;
  expect(telling(log)).toEqual([
    'node:internal/modules/cjs/loader:1404',
    '  throw err;',
    "Error: Cannot find module './not-there'",
    'Require stack:',
    '- /app/server.js',
    'Node.js v24.21.0',
    "Failed running 'server.js'. Waiting for file changes before restarting...",
  ]);
});

test('no more than a few lines, the last ones', () => {
  const lines = Array.from({ length: 40 }, (_, index) => `line ${index}`);
  expect(telling(lines.join('\n'))).toEqual(lines.slice(-8));
});

test('a Python error stands at its end', () => {
  const log =
    'Traceback (most recent call last):\n  File "/app/main.py", line 1, in <module>\n    import nope\nModuleNotFoundError: No module named \'nope\'\n';
  expect(telling(log)).toEqual([
    'Traceback (most recent call last):',
    '    import nope',
    "ModuleNotFoundError: No module named 'nope'",
  ]);
});
