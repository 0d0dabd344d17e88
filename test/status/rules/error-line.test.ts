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
  [
    'Python, settings that pydantic refuses',
    'Traceback (most recent call last):\n  File "/app/settings.py", line 9, in <module>\n    settings = Settings()\npydantic_core._pydantic_core.ValidationError: 1 validation error for Settings\nDATABASE_URL\n  Field required [type=missing, input_value={}, input_type=dict]\n    For further information visit https://errors.pydantic.dev/2.5/v/missing',
    'pydantic_core._pydantic_core.ValidationError: 1 validation error for Settings: DATABASE_URL: Field required [type=missing, input_value={}, input_type=dict]',
  ],
  [
    'Python, a group of exceptions',
    '  + Exception Group Traceback (most recent call last):\n  |   File "/app/x.py", line 3, in <module>\n  |     main()\n  | ExceptionGroup: unhandled errors in a TaskGroup (1 sub-exception)\n  +-+---------------- 1 ----------------\n    | Traceback (most recent call last):\n    |   File "/app/x.py", line 9, in task\n    |     raise ValueError("no key")\n    | ValueError: no key\n    +------------------------------------',
    'ValueError: no key',
  ],
  [
    'Celery, an application that is not there',
    "Usage: celery [OPTIONS] COMMAND [ARGS]...\nTry 'celery --help' for help.\n\nError: Invalid value for '-A' / '--app': \nUnable to load celery application.\nThe module app.tasks was not found.",
    "Error: Invalid value for '-A' / '--app': Unable to load celery application.",
  ],
  [
    'PostgreSQL, with its detail',
    '2026-03-01 11:00:00.000 UTC [1] FATAL:  database files are incompatible with server\n2026-03-01 11:00:00.000 UTC [1] DETAIL:  The data directory was initialized by PostgreSQL version 15, which is not compatible with this version 16.2.',
    '2026-03-01 11:00:00.000 UTC [1] FATAL: database files are incompatible with server: The data directory was initialized by PostgreSQL version 15, which is not compatible with this version 16.2.',
  ],
  [
    'initdb, before its hint',
    'initdb: error: directory "/var/lib/postgresql/data" exists but is not empty\ninitdb: detail: It contains a lost+found directory.\ninitdb: hint: Using a mount point directly as the data directory is not recommended.\nCreate a subdirectory under the mount point.',
    'initdb: error: directory "/var/lib/postgresql/data" exists but is not empty',
  ],
  [
    'Redis, before it says where to look',
    "1:M 01 Mar 2026 11:00:00.000 # Can't handle RDB format version 12\n1:M 01 Mar 2026 11:00:00.000 # Fatal error loading the DB, check server logs. Exiting.",
    "1:M 01 Mar 2026 11:00:00.000 # Can't handle RDB format version 12",
  ],
  [
    'OpenSearch and Elasticsearch',
    'ERROR: [1] bootstrap checks failed. You must address the points described in the following [1] lines before starting Elasticsearch.\nbootstrap check failure [1] of [1]: max virtual memory areas vm.max_map_count [65530] is too low, increase to at least [262144]\nERROR: Elasticsearch did not exit normally - check the logs at /usr/share/elasticsearch/logs/docker-cluster.log',
    'bootstrap check failure [1] of [1]: max virtual memory areas vm.max_map_count [65530] is too low, increase to at least [262144]',
  ],
  [
    'Rake, the innermost',
    'rake aborted!\nActiveRecord::ConnectionNotEstablished: connection failed\n/app/config/environment.rb:5:in `<main>\'\n\nCaused by:\nPG::ConnectionBad: connection to server at "10.0.0.1", port 5432 failed\n/app/config/environment.rb:5:in `<main>\'\nTasks: TOP => db:migrate => db:load_config\n(See full trace by running task with --trace)',
    'PG::ConnectionBad: connection to server at "10.0.0.1", port 5432 failed',
  ],
  [
    'Bundler',
    'Could not find rails-7.1.0 in locally installed gems\nRun `bundle install` to install missing gems.',
    'Could not find rails-7.1.0 in locally installed gems',
  ],
  [
    'Elixir',
    '** (RuntimeError) environment variable DATABASE_URL is missing.\n    (elixir 1.15.7) lib/system.ex:706: System.fetch_env!/1\n    (app 0.1.0) config/runtime.exs:12: (file)\n',
    '** (RuntimeError) environment variable DATABASE_URL is missing.',
  ],
  [
    'C++',
    "terminate called after throwing an instance of 'std::runtime_error'\n  what():  no config\nAborted (core dumped)",
    'what(): no config',
  ],
  [
    'klog',
    'I0301 11:00:00.000000       1 main.go:10] starting\nF0301 11:00:01.000000       1 main.go:50] unable to load config\nI0301 11:00:01.100000       1 main.go:60] bye',
    'F0301 11:00:01.000000 1 main.go:50] unable to load config',
  ],
  [
    'the JVM',
    'Error occurred during initialization of VM\nInitial heap size set to a larger value than the maximum heap size',
    'Error occurred during initialization of VM: Initial heap size set to a larger value than the maximum heap size',
  ],
  [
    'pnpm',
    ' ERR_PNPM_NO_SCRIPT  Missing script: start\n\nCommand "start" not found.',
    'ERR_PNPM_NO_SCRIPT Missing script: start',
  ],
  [
    'Node, a rejection with a text',
    'node:internal/process/promises:394\n      triggerUncaughtException(err, true /* fromPromise */);\n      ^\n\n[UnhandledPromiseRejection: The promise rejected with the reason "no db".] {\n  code: \'ERR_UNHANDLED_REJECTION\'\n}\n\nNode.js v20.19.0',
    '[UnhandledPromiseRejection: The promise rejected with the reason "no db".]',
  ],
  [
    "a script with Windows' line ends",
    "/usr/bin/env: 'node\\r': No such file or directory\n/usr/bin/env: use -[v]S to pass options in shebang lines",
    "/usr/bin/env: 'node\\r': No such file or directory",
  ],
  ['anything else: its last line', 'one\n  two\n\n', 'two'],
];

test.each(rows)('of %s', (_what, log, expected) => expect(errorLine(log)).toBe(expected));

test.each([undefined, '', ' \n\t\n'])('of nothing: %j', (log) => expect(errorLine(log)).toBeUndefined());
