import { Readable } from 'node:stream';
import { cassandraPasswordFile } from '../../../charts/constructs/cassandra.ts';
import { cassandraProgram } from '../../../charts/constructs/cassandra-session.ts';
import { containerOf } from '../../backup/service-pods.ts';
import { exec } from '../../cluster/exec.ts';
import type { PasswordChange, PasswordKind } from './change.ts';

// The file has the password that the server started with, which may have been changed since.
const program = cassandraProgram(`
value, administrator = sys.stdin.readline().rstrip("\\n"), os.environ["CASSANDRA_ADMINISTRATOR"]
role = sys.argv[1] if len(sys.argv) > 1 else administrator
try:
    session = Session("127.0.0.1", administrator, file("${cassandraPasswordFile}"))
except Refused:
    session = Session("127.0.0.1", administrator, value)
session.query('ALTER ROLE "' + role + '" WITH PASSWORD = ' + chr(39) + value.replace(chr(39), chr(39) * 2) + chr(39))`);

/** The password comes as input: arguments could be listed. */
async function change({ cluster, server, value, signal }: PasswordChange, ...role: readonly string[]): Promise<void> {
  const command = ['python3', '-c', program, ...role];
  await exec(cluster, containerOf(server), command, { input: Readable.from([`${value}\n`]), signal, timeout: 120_000 });
}

/** The administrator's password; the file that it is asked with changes when it starts again. */
export const cassandraPassword: PasswordKind = { admit: (given) => change(given), restart: 'last' };

/** The passwords of the projects' roles: each is called as its project, as is its key. */
export const cassandraUsers: PasswordKind = { admit: (given) => change(given, given.key) };
