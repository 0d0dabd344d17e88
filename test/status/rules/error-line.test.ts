import { expect, test } from '@jest/globals';
import { errorLine } from '../../../src/status/rules/error-line.ts';

const rows: readonly (readonly [string, string, string])[] = [
  [
    'Node, a module that is not there',
    "node:internal/modules/cjs/loader:1228\n  throw err;\n  ^\n\nError: Cannot find module 'express'\nRequire stack:\n- /app/server.js\n    at Function._resolveFilename (node:internal/modules/cjs/loader:1225:15) {\n  code: 'MODULE_NOT_FOUND',\n  requireStack: [ '/app/server.js' ]\n}\n\nNode.js v20.19.0\n",
    "Error: Cannot find module 'express'",
  ],
  [
    'Node, a rejection that nobody handles',
    "node:internal/process/promises:288\n            triggerUncaughtException(err, true /* fromPromise */);\n            ^\n\nTypeError [ERR_INVALID_URL]: Invalid URL\n    at new URL (node:internal/url:797:36) {\n  code: 'ERR_INVALID_URL',\n  input: ''\n}\n\nNode.js v20.19.0",
    'TypeError [ERR_INVALID_URL]: Invalid URL',
  ],
  [
    'Python, the last of a chain',
    'Traceback (most recent call last):\n  File "/app/a.py", line 1, in <module>\n    import x\nKeyError: \'A\'\n\nDuring handling of the above exception, another exception occurred:\n\nTraceback (most recent call last):\n  File "/app/a.py", line 3, in <module>\n    raise E\npsycopg2.OperationalError: could not connect to server: Connection refused\n\tIs the server running?\n',
    'psycopg2.OperationalError: could not connect to server: Connection refused',
  ],
  [
    'Python below gunicorn',
    'Traceback (most recent call last):\n  File "x.py", line 1, in <module>\nModuleNotFoundError: No module named \'app\'\n[2026-03-01 12:00:00 +0000] [7] [INFO] Worker exiting (pid: 7)\n[2026-03-01 12:00:00 +0000] [1] [ERROR] Reason: Worker failed to boot.',
    "ModuleNotFoundError: No module named 'app'",
  ],
  [
    'Go, a panic with a frame of a method',
    'panic: open config.yaml: no such file or directory\n\ngoroutine 1 [running]:\nmain.(*Server).Start(0xc00001)\n\t/src/server.go:40 +0x1d\nmain.main()\n\t/src/main.go:12 +0x1d\nexit status 2\n',
    'panic: open config.yaml: no such file or directory',
  ],
  [
    'Go, log.Fatal',
    '2026/03/01 12:00:00 listen tcp :80: bind: permission denied\n',
    '2026/03/01 12:00:00 listen tcp :80: bind: permission denied',
  ],
  [
    'Java, the cause at the bottom',
    'Exception in thread "main" java.lang.IllegalStateException: no context\n\tat a.B.c(B.java:1)\nCaused by: java.net.ConnectException: Connection refused\n\tat a.B.d(B.java:2)\n\t... 3 more\n',
    'java.net.ConnectException: Connection refused',
  ],
  [
    'Spring Boot, which explains itself',
    '***************************\nAPPLICATION FAILED TO START\n***************************\n\nDescription:\n\nWeb server failed to start. Port 8080 was already in use.\n\nAction:\n\nIdentify and stop the process.\n',
    'Web server failed to start. Port 8080 was already in use.',
  ],
  [
    '.NET, the inner one',
    'Unhandled exception. System.InvalidOperationException: no db\n ---> System.Net.Sockets.SocketException (111): Connection refused\n   at A.B() in /a.cs:line 2\n   --- End of inner exception stack trace ---\n   at A.Main()\n',
    'System.Net.Sockets.SocketException (111): Connection refused',
  ],
  [
    'Ruby',
    "/app/a.rb:3:in 'Object#connect': no host (ArgumentError)\n\tfrom /app/a.rb:9:in '<main>'\n",
    "/app/a.rb:3:in 'Object#connect': no host (ArgumentError)",
  ],
  [
    'Rust, which says where before what',
    "thread 'main' panicked at src/main.rs:4:5:\nDB_URL is not set\nnote: run with `RUST_BACKTRACE=1` environment variable to display a backtrace\n",
    "thread 'main' panicked at src/main.rs:4:5: DB_URL is not set",
  ],
  [
    'PHP',
    'PHP Fatal error:  Uncaught PDOException: could not find driver in /app/index.php:3\nStack trace:\n#0 /app/index.php(3): connect()\n#1 {main}\n  thrown in /app/index.php on line 3\n',
    'PHP Fatal error: Uncaught PDOException: could not find driver in /app/index.php:3',
  ],
  [
    'npm, a script that is not there',
    'npm error Missing script: "start"\nnpm error\nnpm error To see a list of scripts, run:\nnpm error   npm run\nnpm error A complete log of this run can be found in: /root/.npm/_logs/x.log\n',
    'npm error Missing script: "start"',
  ],
  [
    'yarn, below what it ran',
    'Error: listen EADDRINUSE: address already in use :::3000\n    at Server.setupListenHandle (node:net:1817:16)\nerror Command failed with exit code 1.\ninfo Visit https://yarnpkg.com/en/docs/cli/run for documentation about this command.\n',
    'Error: listen EADDRINUSE: address already in use :::3000',
  ],
  [
    'pip',
    'ERROR: Could not find a version that satisfies the requirement foo==9\nERROR: No matching distribution found for foo==9\n\n[notice] A new release of pip is available\n',
    'ERROR: No matching distribution found for foo==9',
  ],
  [
    'a log in JSON',
    '{"level":30,"msg":"hello"}\n{"level":60,"msg":"boom","err":{"message":"no db"}}\n{"level":30,"msg":"bye"}\n',
    'boom: no db',
  ],
  ['anything else: its last line', 'one\n  two\n\n', 'two'],
];

test.each(rows)('of %s', (_what, log, expected) => expect(errorLine(log)).toBe(expected));

test.each([undefined, '', ' \n\t\n'])('of nothing: %j', (log) => expect(errorLine(log)).toBeUndefined());
