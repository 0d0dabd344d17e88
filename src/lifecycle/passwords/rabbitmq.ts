import { Readable } from 'node:stream';
import { containerOf } from '../../backup/service-pods.ts';
import { exec } from '../../cluster/exec.ts';
import type { PasswordChange, PasswordKind } from './change.ts';

/** Changes the password of a user, whose name is a word of the shell. It comes as input: arguments could be listed. */
async function change({ cluster, server, value, signal }: PasswordChange, user: string, ...args: readonly string[]) {
  const command = ['sh', '-c', `exec rabbitmqctl -q change_password "${user}"`, 'change', ...args];
  await exec(cluster, containerOf(server), command, { input: Readable.from([`${value}\n`]), signal, timeout: 120_000 });
}

/** The administrator's password; the file that it is asked with changes when it starts again. */
export const rabbitmqPassword: PasswordKind = {
  admit: (given) => change(given, '$RABBITMQ_DEFAULT_USER'),
  restart: 'last',
};

/** The passwords of the projects' users: each is called as its project, as is its key. */
export const rabbitmqUsers: PasswordKind = { admit: (given) => change(given, '$1', given.key) };
