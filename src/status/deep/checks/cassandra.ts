import { cassandraPasswordFile } from '../../../../charts/constructs/cassandra.ts';
import { cassandraProgram } from '../../../../charts/constructs/cassandra-session.ts';
import { lastLine } from '../../../platform/text.ts';
import { healthy, type Judgement, type ProgramAnswer, type ProgramCheck, type Target } from '../check.ts';

const program = cassandraProgram(`
session = Session("127.0.0.1", os.environ["CASSANDRA_ADMINISTRATOR"], file("${cassandraPasswordFile}"))
session.query("SELECT release_version FROM system.local")`);

/** Judges what the login as administrator, and a query, came to. */
export function judgeLogin({ code, stderr }: ProgramAnswer, { run, object }: Target): Judgement {
  if (code === 0) return healthy;
  const said = lastLine(stderr) ?? `exit code ${code}`;
  if (/password are incorrect|not permitted to log in/.test(said))
    return {
      status: 'degraded',
      reason: 'WrongPassword',
      cause: 'it rejects the password of its Secret: its data was created with another password',
      advice: run.kubectl('get secret', object, '-o yaml'),
    };
  const silent = /refused|timed out|ended the connection/i.test(said);
  return {
    status: 'degraded',
    reason: silent ? 'NoAnswer' : 'QueryFailed',
    cause: silent ? `it does not answer on its port: ${said}` : `a query fails: ${said}`,
    advice: run.serviceLogs(false),
  };
}

/** Cassandra lets its administrator in, and answers a query. */
export const cassandraLogin: ProgramCheck = {
  name: 'login',
  command: () => ['python3', '-c', program],
  judge: judgeLogin,
};
