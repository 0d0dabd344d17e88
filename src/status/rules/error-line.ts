import { bounded, oneLine } from '../../platform/text.ts';

/** Lines that say nothing by themselves: of stacks, of what is around them, and what a runtime adds. */
const noise: readonly RegExp[] = [
  // Frames: JavaScript, Java and .NET, Python, Ruby, PHP, Rust, Go.
  /^at \S/,
  /^File ".*", line \d/,
  /^from \S+:\d+:in /,
  /^#\d+ \S/,
  /^\d+: +\S/,
  /^goroutine \d+ \[/,
  /^\S+\.go:\d+ \+0x/,
  /^created by \S/,
  /^\.{3} ?\d* ?(?:more|common frames|collapsed)/,
  /^--- End of (?:inner exception|stack trace)/,
  // What points at a place, and frames of boxes.
  /^[\^~|+\-=*_#. ]+$/,
  /^(?:\S+\.[cm]?[jt]sx?|file:\/\/\S+|node:\S+):\d+$/,
  /^throw\b/,
  // What runtimes and package managers add.
  /^Node\.js v\d/,
  /^Traceback \(most recent call last\)/,
  /^(?:During handling of the above|The above exception was)/,
  /^stack backtrace:/,
  /^note: /,
  /^\[signal SIG/,
  /^exit status \d/,
  /^(?:Stack trace|(?:require|import) stack):/i,
  /^thrown in \S/,
  /^- \/\S+$/,
  /^[{}[\](),;]+$/,
  /^(?:code|errno|syscall|requireStack|cause|hostname|port|address|path|spawnargs): /,
  /^npm notice\b/,
  /^npm (?:error|ERR!) *\w* *$/,
  /^npm (?:error|ERR!) +(?:code|errno|syscall|path|dest|command|workspace|location|signal|in|at|A complete log|To see a list|npm run|Did you mean)\b/,
  /^npm (?:error|ERR!) .*(?:Lifecycle script|not a problem with npm|This is related to npm|Exit status|Failed at the|\/_logs\/)/,
  /^\[notice\]/,
  /^(?:error Command failed with exit code|info Visit )/,
  /ELIFECYCLE/,
  /^\([\w. -]+\) \S+\.exs?:\d+/,
  /^Exception Group Traceback/,
  // What to do about it, and where to read on.
  /^\(See full trace by running/,
  /^(?:rake aborted!|Tasks: TOP )/,
  /use -\[v\]S to pass options/,
  /^Run `bundle install`/,
  /^For further information visit /,
  /^[\w-]{1,40}: (?:hint|detail): /,
  /\b(?:HINT|STATEMENT): /,
  /check (?:the|server) logs\b/,
];

/** A frame of Go's: `net/http.(*Server).Serve(0xc0000)`. */
function isGoFrame(line: string): boolean {
  const name = line.slice(0, Math.max(0, line.search(/\((?!\*)/)));
  return line.endsWith(')') && name.includes('.') && !/[\s:]/.test(name);
}

/** What a line has that is an error, by how sure that is: the causes at the bottom of a stack, exceptions, logged errors. */
const errors: readonly (readonly RegExp[])[] = [
  [/^Caused by: \S/, /^---> \S/, /^Description:$/],
  [
    /^panic: /,
    /^fatal error: /,
    /^thread '.*' (?:\(\d+\) )?panicked at /,
    /^(?:Unhandled|Uncaught) exception\b/i,
    /^Exception in thread /,
    /^(?:PHP )?Fatal error: /,
    // An exception by its name, whatever namespace it is of: `[Error: …]`, `Uncaught TypeError: …`, `a.b.SomeException: …`.
    /^(?:\[|Uncaught |\(node:\d+\) )?(?:[A-Za-z_$][\w$]*[.:\\]+){0,12}[\w$]*(?:Error|Exception|Exit|Interrupt|Failure|Fault)\b(?: \[[\w-]+\]| \(\d+\))?(?::|$)/,
    // Ruby: `app.rb:3:in 'foo': message (NameError)`.
    /^\S+:\d+:in .*\([A-Z][\w:]*\)$/,
    // And an exception of a module: `PG::ConnectionBad: message`.
    /^[A-Z]\w*::[\w:]+: /,
    // Elixir and C++.
    /^\*\* \([\w.]+\) /,
    /^what\(\): /,
    /^bootstrap check failure /,
  ],
  [
    /\b(?:FATAL|CRITICAL|PANIC|EMERG|ERROR)\b/,
    /"level" ?: ?(?:[56]0\b|"(?:fatal|panic|critical|error)")/i,
    /\blevel=(?:fatal|panic|critical|error)\b/i,
    /^(?:npm (?:error|ERR!)|\[?(?:error|fatal)\b)/i,
    /^[\w./-]{1,60}: (?:fatal )?error: /i,
    /^ERR_PNPM_/,
    // klog.
    /^[FE]\d{4} \d\d:\d\d:\d\d/,
  ],
];

/** What only says where, or that something follows, and how many of the next lines are the error. */
const saysNext: readonly (readonly [RegExp, number])[] = [
  [/\d validation errors? for \S+$/, 2],
  [/:$/, 1],
  [/^(?:(?:Unhandled|Uncaught) exception|Error occurred during initialization of VM)$/i, 1],
];

/** What belongs to the line before: the details of a PostgreSQL server's error. */
const continues = /\bDETAIL: +(.*)$/;

/**
 * The line of a log's end that says the error: not the last frame of a stack, nor what a runtime writes below it. Of several
 * errors it is the last one; of a stack of causes the innermost.
 *
 * @returns `undefined` of a log that says nothing
 */
export function errorLine(log: string | undefined): string | undefined {
  const lines = bounded(log ?? '')
    .split(/\r?\n|\r/)
    // Boxes that Python draws around the exceptions of a group.
    .map((line) => line.trim().replace(/^(?:[|+] +)+/, ''))
    .filter((line) => line !== '');
  const telling = lines.filter((line) => !isGoFrame(line) && !noise.some((each) => each.test(line)));
  for (const kind of errors) {
    const found = telling.findLast((line) => kind.some((each) => each.test(line)));
    if (found === undefined) continue;
    const after = telling.slice(telling.lastIndexOf(found) + 1);
    const count = saysNext.find(([pattern]) => pattern.test(found))?.[1] ?? 0;
    const detail = continues.exec(after[0] ?? '')?.[1];
    const more = detail === undefined ? after.slice(0, count) : [detail];
    return said([found.replace(/:$/, ''), ...more].join(': '));
  }
  const last = telling.at(-1) ?? lines.at(-1);
  return last === undefined ? undefined : said(last);
}

/** A line without what only introduces it, and of a log in JSON its message. */
function said(line: string): string {
  if (line.startsWith('{') && line.endsWith('}'))
    try {
      const { msg, message = msg, err, error = err } = JSON.parse(line) as Record<string, unknown>;
      const why = typeof error === 'object' ? (error as { message?: unknown } | null)?.message : error;
      const parts = [message, why].filter((each) => typeof each === 'string' && each !== '');
      if (parts.length > 0) return oneLine([...new Set(parts)].join(': '));
    } catch {
      // It only looked like JSON.
    }
  return oneLine(line.replace(/^(?:Caused by: |---> |Description: )/, '').replace(/ \{$/, ''));
}
