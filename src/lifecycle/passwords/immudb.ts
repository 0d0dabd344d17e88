import { portForward } from '../../cluster/port-forward.ts';
import { FailureError } from '../../platform/errors.ts';
import type { PasswordChange, PasswordKind } from './change.ts';

const user = 'immudb';
const base64 = (text: string): string => Buffer.from(text).toString('base64');

/** The server's own HTTP interface: its image has no shell, and its client asks for passwords on a terminal. */
const speak = (port: number, signal: AbortSignal | undefined) => async (path: string, body: object, token?: string) => {
  const answer = await fetch(`http://127.0.0.1:${port}/api${path}`, {
    method: 'POST',
    headers: token ? { authorization: token } : {},
    body: JSON.stringify(body),
    signal,
  });
  return { status: answer.status, body: (await answer.json()) as { token?: string; message?: string } };
};

async function changePassword({ cluster, server, value, previous, signal }: PasswordChange): Promise<void> {
  const forwarding = await portForward(cluster, {
    namespace: server.namespace,
    service: server.object,
    port: 8080,
  });
  try {
    const ask = speak(forwarding.port, signal);
    const login = async (password: string) =>
      (await ask('/login', { user: base64(user), password: base64(password) })).body.token;
    // It may have been changed by a command that was killed after that.
    if (await login(value)) return;
    for (const old of [...previous].reverse()) {
      const token = await login(old);
      if (!token) continue;
      const passwords = { oldPassword: base64(old), newPassword: base64(value) };
      const { status, body } = await ask('/user/password/change', { user: base64(user), ...passwords }, token);
      if (status === 200) return;
      throw new FailureError(`${server.object} refuses the new password: ${body.message ?? `HTTP ${status}`}`);
    }
    throw new FailureError(
      `${server.object} accepts neither the password in its .env nor the previous one`,
      'Put the password of its data into the .env, and start again',
    );
  } finally {
    await forwarding.close();
  }
}

export const immudbPassword: PasswordKind = { admit: changePassword };
