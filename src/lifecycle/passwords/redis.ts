import { Readable } from 'node:stream';
import { redisCli } from '../../../charts/constructs/redis.ts';
import { containerOf } from '../../backup/service-pods.ts';
import { exec } from '../../cluster/exec.ts';
import { FailureError } from '../../platform/errors.ts';
import type { PasswordChange, PasswordKind } from './change.ts';

/** Both passwords are right until it starts again, so that nobody is shut out meanwhile. */
async function addPassword({ cluster, server, value, signal }: PasswordChange): Promise<void> {
  // Its container has the password that it was started with.
  const input = Readable.from([`ACL SETUSER default >${value}\n`]);
  const { stdout, stderr } = await exec(cluster, containerOf(server), redisCli('--no-auth-warning'), {
    input,
    signal,
  });
  if (stdout.trim() === 'OK') return;
  throw new FailureError(
    `${server.object} refuses the new password: ${`${stdout} ${stderr}`.trim()}`,
    `repoctl status ${server.namespace} --deep`,
  );
}

export const redisPassword: PasswordKind = { admit: addPassword, restart: 'last' };
