/** A port of a container of a compose file. */
export interface ComposePort {
  readonly container: number;
  /** Port of the machine, if it is fixed. */
  readonly host?: number;
}

/**
 * Reads an entry of `ports` or `expose`: `8000`, `8080:80`, `127.0.0.1:8080:80/tcp`, or the long form.
 *
 * @param inside whether it is one of `expose`, which no port of the machine leads to
 * @returns the port, or why it is left out
 */
export function composePort(given: string | Readonly<Record<string, unknown>>, inside = false): ComposePort | string {
  if (typeof given !== 'string') {
    if (given.protocol !== undefined && given.protocol !== 'tcp') return leftOut(`${given.target}/${given.protocol}`);
    return portPair(String(given.target), given.published === undefined ? undefined : String(given.published));
  }
  const [, address, protocol = 'tcp'] = /^(.*?)(?:\/(\w+))?$/.exec(given.trim()) ?? [];
  if (protocol !== 'tcp') return leftOut(given);
  const parts = (address ?? '').replace(/^\[.*\]:/, '').split(':');
  return portPair(parts.at(-1) ?? '', inside || parts.length < 2 ? undefined : parts.at(-2));
}

function portPair(container: string, host: string | undefined): ComposePort | string {
  if (!isPort(container)) return leftOut([host, container].filter(Boolean).join(':'));
  return { container: Number(container), host: host !== undefined && isPort(host) ? Number(host) : undefined };
}

const isPort = (text: string): boolean => /^\d+$/.test(text) && Number(text) > 0 && Number(text) < 65536;

const leftOut = (port: string) => `port ${port} is not carried over: single TCP ports are`;
