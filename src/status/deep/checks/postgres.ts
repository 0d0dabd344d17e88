import { lastLine, oneLine } from '../../../platform/text.ts';
import { healthy, type Judgement, type ProgramAnswer, type ProgramCheck, type Target } from '../check.ts';

// The address of the pod, since the server trusts its own socket and loopback whatever the password is. The time-outs of
// libpq are two seconds at least.
const script = `
timeout 1 pg_isready -q -h "$HOSTNAME" || { echo "isready $?"; exit 0; }
export PGCONNECT_TIMEOUT=2 PGPASSWORD="$(cat "$POSTGRES_PASSWORD_FILE" 2>/dev/null || printf %s "$POSTGRES_PASSWORD")"
exec psql -X -A -t -w -h "$HOSTNAME" -U "$POSTGRES_USER" -d "$POSTGRES_DB" -c 'select 1'`.trim();

type Rule = readonly [pattern: RegExp, judgement: (said: string, target: Target) => Judgement];

const sql = ({ run, pod, container }: Target, statement: string): string =>
  run.kubectl('exec -it', pod.metadata.name, '-c', container.name, `-- sh -c 'psql -U "$POSTGRES_USER" ${statement}'`);

/** What pg_isready and psql say. The first that matches. */
const answers: readonly Rule[] = [
  [/^1$/m, () => healthy],
  [
    /^isready 1$/m,
    () => ({
      status: 'progressing',
      reason: 'Starting',
      cause: 'it rejects connections: it is starting or recovering',
    }),
  ],
  [
    /^isready \d+$/m,
    (_said, { run }) => ({
      status: 'degraded',
      reason: 'NoAnswer',
      cause: 'it does not answer on its port within 1 s, although its pod counts as ready',
      advice: run.serviceLogs(false),
    }),
  ],
  [
    /password authentication failed/,
    // A new one needs no old one: the server trusts its own socket.
    (_said, { run }) => ({
      status: 'degraded',
      reason: 'WrongPassword',
      cause: 'it rejects the password of its Secret: its data was created with another password',
      advice: run.infra('rotate'),
    }),
  ],
  [
    /(?:database|role) "[^"]*" does not exist|is not permitted to log in/,
    (said, target) => ({
      status: 'degraded',
      reason: 'NotInDatabase',
      cause: `${said}: its data was created for another database or user`,
      advice: sql(target, '-d postgres -l'),
    }),
  ],
  [
    /too many clients|remaining connection slots/,
    (said, target) => ({
      status: 'degraded',
      reason: 'TooManyConnections',
      cause: said,
      advice: sql(target, '-d "$POSTGRES_DB" -c "select usename, state, count(*) from pg_stat_activity group by 1, 2"'),
    }),
  ],
  [/starting up|in recovery/, (said) => ({ status: 'progressing', reason: 'Starting', cause: said })],
];

/** Judges what `psql` printed for `SELECT 1`, by the first text of the table above that it contains. */
export function judgeSelect({ code, stdout, stderr }: ProgramAnswer, target: Target): Judgement {
  const output = `${stdout}\n${stderr}`;
  const said = (lastLine(stderr) ?? oneLine(stdout)).replace(/^.*?FATAL:\s*|^psql: error: /, '');
  const rule = answers.find(([pattern]) => pattern.test(output));
  if (rule) return rule[1](said, target);
  return {
    status: 'degraded',
    reason: 'QueryFailed',
    cause: `SELECT 1 fails: ${said === '' ? `exit code ${code}` : said}`,
    advice: target.run.serviceLogs(false),
  };
}

/** PostgreSQL answers SELECT 1 to the user, with the password and in the database, that the workloads are given. */
export const postgresSelect: ProgramCheck = {
  name: 'select-1',
  command: () => ['sh', '-c', script],
  judge: judgeSelect,
};
