import { immudbPasswordKey, immudbPorts } from '../../../../charts/constructs/immudb.ts';
import { oneLine } from '../../../platform/text.ts';
import {
  type Conversation,
  type ConversationCheck,
  healthy,
  type Judgement,
  type RouteAnswer,
  type Target,
} from '../check.ts';

const field = ({ body }: RouteAnswer, name: string): unknown => {
  try {
    return (JSON.parse(body) as Record<string, unknown>)[name];
  } catch {
    return undefined;
  }
};

const said = (answer: RouteAnswer): string =>
  oneLine(String(field(answer, 'message') ?? (answer.body.slice(0, 500) || `HTTP ${answer.status}`)));

/** The token of a login, or what is wrong. */
export function judgeLogin(answer: RouteAnswer, { run, object }: Target): string | Judgement {
  const token = field(answer, 'token');
  if (answer.status === 200 && typeof token === 'string') return token;
  if (/invalid user name or password/.test(said(answer)))
    return {
      status: 'degraded',
      reason: 'WrongPassword',
      cause: 'it rejects the password of its Secret: its data was created with another password',
      advice: run.kubectl('get secret', object, '-o yaml'),
    };
  return {
    status: 'degraded',
    reason: 'LoginFailed',
    cause: `login fails: ${said(answer)}`,
    advice: run.serviceLogs(false),
  };
}

/** Judges the answer to `SELECT 1`: HTTP 200 with `rows` is healthy. */
export function judgeQuery(answer: RouteAnswer, { run }: Target): Judgement {
  if (answer.status === 200 && Array.isArray(field(answer, 'rows'))) return healthy;
  return {
    status: 'degraded',
    reason: 'QueryFailed',
    cause: `SELECT 1 fails: ${said(answer)}`,
    advice: run.serviceLogs(false),
  };
}

async function loginAndQuery(speak: Conversation, target: Target): Promise<Judgement> {
  const key = immudbPasswordKey;
  const password = await speak.secret(target.object, key);
  if (password === undefined)
    return {
      status: 'unknown',
      reason: 'NoPassword',
      cause: `can't log in: the Secret ${target.object} has no ${key}`,
      advice: target.run.infra('start'),
    };
  const base64 = (text: string) => Buffer.from(text).toString('base64');
  const login = judgeLogin(
    await speak.request('POST', '/api/login', { user: base64('immudb'), password: base64(password) }),
    target,
  );
  if (typeof login !== 'string') return login;
  const headers = { authorization: login };
  const judgement = judgeQuery(await speak.request('POST', '/api/db/sqlquery', { sql: 'SELECT 1' }, headers), target);
  await speak.request('POST', '/api/logout', {}, headers);
  return judgement;
}

/**
 * immudb lets its administrator in and answers a query. Its image has no shell and no client, and its health routes always
 * answer 200 (codenotary/immudb#2156), so its own HTTP interface is spoken to over a forwarded port.
 */
export const immudbQuery: ConversationCheck = { name: 'query', port: immudbPorts.http, converse: loginAndQuery };
