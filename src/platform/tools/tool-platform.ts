import { UsageError } from '../errors.ts';

/** What programs are built for, as Go names it. */
export type Platform = 'linux-amd64' | 'linux-arm64' | 'darwin-amd64' | 'darwin-arm64';

const platforms: Readonly<Record<string, Platform>> = {
  'linux x64': 'linux-amd64',
  'linux arm64': 'linux-arm64',
  'darwin x64': 'darwin-amd64',
  'darwin arm64': 'darwin-arm64',
};

/**
 * The platform of this machine.
 *
 * @throws UsageError if there are no programs for it
 */
export function platformOf({ platform, arch }: { platform: string; arch: string } = process): Platform {
  const found = platforms[`${platform} ${arch}`];
  if (!found)
    throw new UsageError(
      `no downloads for ${platform} on ${arch}; available for: ${Object.keys(platforms).join(', ')}`,
      platform === 'win32' ? 'Run repoctl in WSL 2: wsl --install' : 'Put kind and tilt on PATH',
    );
  return found;
}
