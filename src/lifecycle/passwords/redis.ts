import { Readable } from 'node:stream';
import { redisCli } from '../../../charts/constructs/redis.ts';
import { containerOf } from '../../backup/service-pods.ts';
import { exec } from '../../cluster/exec.ts';
import { FailureError } from '../../platform/errors.ts';
import type { PasswordChange, PasswordKind } from './change.ts';

/** Gives the server a line of an ACL; its container has the password that it was started with. */
async function setUser({ cluster, server, signal }: PasswordChange, words: string): Promise<void> {
  const input = Readable.from([`ACL SETUSER ${words}\n`]);
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

/** Both passwords are right until it starts again, so that nobody is shut out meanwhile. */
export const redisPassword: PasswordKind = {
  admit: (change) => setUser(change, `default >${change.value}`),
  restart: 'last',
};

/** The passwords of the projects' users: the server needs no restart. */
export const redisUserPassword: PasswordKind = {
  admit: (change) => setUser(change, `${change.key} >${change.value}`),
  retire: async (change) => {
    const passwords = change.previous.filter((each) => each !== change.value);
    if (passwords.length > 0) await setUser(change, `${change.key} resetpass >${change.value}`);
  },
};
