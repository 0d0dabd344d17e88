import { createHash, createHmac, pbkdf2Sync, randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import type { PostgresSettings } from '../../../charts/constructs/postgres.ts';
import { roleOf } from '../../../charts/constructs/postgres-roles.ts';
import { containerOf } from '../../backup/service-pods.ts';
import { exec } from '../../cluster/exec.ts';
import type { PasswordChange, PasswordKind } from './change.ts';

/**
 * What PostgreSQL keeps of a password. With it in the statement the password itself is in no log.
 *
 * @see RFC 5803, and PostgreSQL's src/common/scram-common.c
 */
export function scramVerifier(password: string, salt: Buffer = randomBytes(16), iterations = 4096): string {
  const salted = pbkdf2Sync(password.normalize('NFKC'), salt, iterations, 32, 'sha256');
  const hmac = (text: string) => createHmac('sha256', salted).update(text).digest();
  const storedKey = createHash('sha256').update(hmac('Client Key')).digest('base64');
  return `SCRAM-SHA-256$${iterations}:${salt.toString('base64')}$${storedKey}:${hmac('Server Key').toString('base64')}`;
}

/** Held while a role is changed: the server refuses one of two changes of a role at once ("tuple concurrently updated"). */
const lock = 'SELECT pg_advisory_lock(1919250543);';

async function alterRole({ cluster, server, key, value, settings, signal }: PasswordChange): Promise<void> {
  const { user } = settings as PostgresSettings;
  const sql = `${lock}\nALTER ROLE "${roleOf(user, key)}" PASSWORD '${scramVerifier(value)}';\n`;
  // The server trusts its own socket.
  const psql = [
    'psql',
    '--no-psqlrc',
    '--quiet',
    '--set',
    'ON_ERROR_STOP=1',
    '--output',
    '/dev/null',
    '--username',
    user,
    '--dbname',
    'postgres',
  ];
  await exec(cluster, containerOf(server), [...psql, '--file', '-'], { input: Readable.from([sql]), signal });
}

export const postgresPassword: PasswordKind = { admit: alterRole };
