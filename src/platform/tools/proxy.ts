import { UsageError } from '../errors.ts';
import type { Variables } from './tool-cache.ts';

/**
 * The proxy that the environment names for a URL: `$HTTPS_PROXY` or `$HTTP_PROXY` by the URL's scheme, unless
 * `$NO_PROXY` lists its host. Names in small letters count first. `NO_PROXY` holds, separated by commas, hosts
 * (which stand for all below them), `host:port`, or `*`.
 *
 * @throws UsageError if it is no URL of a proxy
 */
export function proxyFor(url: URL, env: Variables): URL | undefined {
  const scheme = url.protocol.slice(0, -1);
  const name = [`${scheme}_proxy`, `${scheme.toUpperCase()}_PROXY`].find((each) => env[each]);
  const given = name && env[name];
  if (!given || isExempt(url, env.no_proxy || env.NO_PROXY || '')) return undefined;
  const text = given.includes('://') ? given : `http://${given}`;
  const proxy = URL.canParse(text) ? new URL(text) : undefined;
  if (!proxy || !['http:', 'https:'].includes(proxy.protocol))
    throw new UsageError(
      `$${name} is "${given}"; expected the URL of an HTTP proxy`,
      `export ${name}=http://proxy:3128`,
    );
  return proxy;
}

function isExempt(url: URL, list: string): boolean {
  const port = url.port || (url.protocol === 'https:' ? '443' : '80');
  return list
    .split(/[\s,]+/)
    .filter(Boolean)
    .some((entry) => {
      if (entry === '*') return true;
      const [, host = '', only] = /^(.*?)(?::(\d+))?$/.exec(entry.toLowerCase()) ?? [];
      const suffix = host.replace(/^\*?\./, '');
      return (only === undefined || only === port) && (url.hostname === suffix || url.hostname.endsWith(`.${suffix}`));
    });
}

/** The header that a proxy's user and password make. */
export const proxyAuthorization = ({ username, password }: URL): Record<string, string> =>
  username
    ? {
        'proxy-authorization': `Basic ${Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`).toString('base64')}`,
      }
    : {};
