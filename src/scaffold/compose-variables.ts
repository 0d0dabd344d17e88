import type { ComposeClient } from '../../charts/common/kind.ts';

/** What a service of a compose file has become, as its clients see it. */
export interface Target extends Partial<ComposeClient> {
  readonly host: string;
}

/** What becomes of a variable. */
export type Carried =
  | { readonly as: 'value'; readonly value: string }
  /** It goes to the project's `.env`; without a value where the compose file has none. */
  | { readonly as: 'secret'; readonly value?: string }
  /** A service gives it already. */
  | { readonly as: 'given' };

const secretName = /PASSWORD|PASSWD|SECRET|TOKEN|CREDENTIAL|(^|_)PWD$|(^|[_A-Z])KEY$|(^|_)DSN$/;
const hostName = /HOST|SERVER|ADDR|ENDPOINT|URL|BROKER/;
const urlPattern = /^([a-z][\w+.-]*):\/\/(?:([^@/]*)@)?([\w.-]+)(?::(\d+))?(.*)$/is;
const addressPattern = /^([\w.-]+)(?::(\d+))?$/;

/** The host that a variable names, if it is one of a compose file's services. */
export function hostIn(name: string, value: string, services: { has(service: string): boolean }): string | undefined {
  const [, , , inUrl] = urlPattern.exec(value) ?? [];
  if (inUrl !== undefined) return services.has(inUrl) ? inUrl : undefined;
  const [, host, port] = addressPattern.exec(value) ?? [];
  if (host === undefined || !services.has(host)) return undefined;
  // A name alone may as well be that of a driver.
  return port !== undefined || hostName.test(name.toUpperCase()) ? host : undefined;
}

/** What becomes of a variable of a service that is built. */
export function carryVariable(
  name: string,
  value: string | undefined,
  targets: ReadonlyMap<string, Target>,
  given: ReadonlySet<string>,
): Carried {
  if (given.has(name)) return { as: 'given' };
  if (value === undefined) return { as: 'secret' };
  const host = hostIn(name, value, targets);
  const target = host === undefined ? undefined : targets.get(host);
  if (target) return { as: 'value', value: redirected(value, target) };
  if (value === '') return { as: 'value', value };
  const secret = secretName.test(name.toUpperCase());
  for (const { replaced } of targets.values()) {
    const other = replaced?.get(value);
    // What is no secret may be the same text by chance.
    if (other !== undefined && (secret || /USER|ACCESS|BUCKET/.test(name.toUpperCase())))
      return { as: 'value', value: other };
  }
  const [, , login = ''] = urlPattern.exec(value) ?? [];
  return secret || login.includes(':') ? { as: 'secret', value } : { as: 'value', value };
}

function redirected(value: string, target: Target): string {
  const [, scheme, login, , port, rest = ''] = urlPattern.exec(value) ?? [];
  if (scheme === undefined) {
    const [, , own] = addressPattern.exec(value) ?? [];
    return own === undefined ? target.host : `${target.host}:${target.port ?? own}`;
  }
  if (target.url?.schemes.includes(scheme)) return `$(${target.url.variable})${targetRest(scheme, rest)}`;
  const before = target.login ?? login;
  const number = target.port ?? port;
  return `${scheme}://${before ? `${before}@` : ''}${target.host}${number === undefined ? '' : `:${number}`}${rest}`;
}

/** What follows a URL's address that the variable's URL doesn't have: the path of an HTTP URL, and the query. */
const targetRest = (scheme: string, rest: string): string =>
  scheme.startsWith('http') ? rest.replace(/\/$/, '') : (/\?.*$/s.exec(rest)?.[0] ?? '');
