import { shellWords } from './shell-words.ts';

/** A `celery worker` or `celery beat` command, as fields of a workload. */
export interface CeleryCommand {
  readonly kind: 'celery-worker' | 'celery-beat';
  /** The workload's fields beside `kind`. */
  readonly fields: Readonly<Record<string, unknown>>;
  /** Whether the worker has beat inside of it (`--beat`), which becomes a workload of its own. */
  readonly withBeat: boolean;
}

/** Options that have a field of the workload; the others stay options. `null` is for those that repoctl sets itself. */
const optionFields: Readonly<Record<string, string | null>> = {
  '-Q': 'queues',
  '--queues': 'queues',
  '-c': 'concurrency',
  '--concurrency': 'concurrency',
  '-P': 'pool',
  '--pool': 'pool',
  '-l': 'logLevel',
  '--loglevel': 'logLevel',
  '-S': 'scheduler',
  '--scheduler': 'scheduler',
  '-n': null,
  '--hostname': null,
  '-s': null,
  '--schedule': null,
  '--pidfile': null,
  '-f': null,
  '--logfile': null,
};

const fieldValues: Readonly<Record<string, (text: string) => unknown>> = {
  queues: (text) => text.split(',').filter(Boolean),
  concurrency: (text) => Number(text),
  logLevel: (text) =>
    ({ WARN: 'WARNING', CRITICAL: 'ERROR', FATAL: 'ERROR' })[text.toUpperCase()] ?? text.toUpperCase(),
};

/** What a command line says of Celery; nothing if it starts neither a worker nor beat. */
export function celeryCommand(given: readonly string[] | undefined): CeleryCommand | undefined {
  const line = unwrapped(given ?? []);
  const start = line.findIndex((word) => /(^|\/)celery$/.test(word));
  if (start < 0) return undefined;
  const rest = line.slice(start + 1).flatMap((word) => /^(--[\w-]+)=(.*)$/.exec(word)?.slice(1) ?? [word]);
  const role = rest.find((word) => word === 'worker' || word === 'beat');
  const appAt = rest.findIndex((word) => word === '-A' || word === '--app');
  const app = rest[appAt + 1];
  if (role === undefined || appAt < 0 || app === undefined) return undefined;
  const { fields, withBeat } = readOptions(
    rest.filter((word, at) => word !== role && at !== appAt && at !== appAt + 1),
  );
  return { kind: `celery-${role}` as CeleryCommand['kind'], fields: { app, ...fields }, withBeat };
}

function readOptions(rest: readonly string[]) {
  const fields: Record<string, unknown> = {};
  const options: string[] = [];
  let withBeat = false;
  for (let at = 0; at < rest.length; at++) {
    const word = rest[at] ?? '';
    const field = optionFields[word];
    if (word === '-B' || word === '--beat') withBeat = true;
    else if (field === undefined) options.push(word);
    else {
      at++;
      if (field !== null) fields[field] = (fieldValues[field] ?? String)(rest[at] ?? '');
    }
  }
  return { fields: { ...fields, ...(options.length > 0 ? { options } : {}) }, withBeat };
}

/** The words inside of `sh -c '…'`, if these are a single command. */
function unwrapped(line: readonly string[]): readonly string[] {
  const [shell = '', flag = '', script = ''] = line;
  if (!/(^|\/)(ba)?sh$/.test(shell) || !/^-\w*c$/.test(flag) || /[;&|<>`$\n]/.test(script)) return line;
  return shellWords(script) ?? line;
}
