import { UsageError } from '../errors.ts';
import type { Variables } from './cache.ts';

/**
 * Where a download is to come from: `$REPOCTL_TOOLS_MIRROR`, a URL, takes the place of its scheme and host.
 *
 * @throws UsageError if that is no URL
 */
export function mirrored(url: string, { REPOCTL_TOOLS_MIRROR: mirror }: Variables): URL {
  if (!mirror) return new URL(url);
  if (!URL.canParse(mirror) || !/^https?:$/.test(new URL(mirror).protocol))
    throw new UsageError(
      `$REPOCTL_TOOLS_MIRROR is "${mirror}"; expected a URL`,
      'export REPOCTL_TOOLS_MIRROR=https://mirror.example.com/tools',
    );
  const { pathname } = new URL(url);
  return new URL(mirror.replace(/\/+$/, '') + pathname);
}
