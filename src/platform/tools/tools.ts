import type { Platform } from './tool-platform.ts';

/** The programs that repoctl starts and can fetch. */
export type ToolName = 'kind' | 'tilt';

/** A program that is fetched where it is missing. */
export interface Tool {
  readonly name: string;
  /** What it is for, in a few words. */
  readonly purpose: string;
  /** The version that is fetched. */
  readonly version: string;
  /** The oldest version that is accepted from elsewhere. */
  readonly minimum: string;
  /** How it is asked for its version. */
  readonly versionArguments: readonly string[];
  /** Where its version stands in what it answers. */
  readonly versionPattern: RegExp;
  url(version: string, platform: Platform): string;
  /** Name of the program in the `.tar.gz` at the URL. @default the URL gives the program itself */
  readonly entry?: string;
  /** SHA-256 of what the URL gives, in hexadecimal. Where there is none, the vendor's own list is asked. */
  readonly sha256: Readonly<Partial<Record<Platform, string>>>;
  /** URL of the vendor's list of checksums. */
  checksums(url: string): string;
  /** How people install it by themselves. */
  readonly install: string;
}

/**
 * kind and Tilt.
 *
 * The checksums are those that the vendors publish beside the files, as these keep them:
 *
 * @see https://github.com/cashapp/hermit-packages (commit f0517fd7): kind.hcl, all platforms, and tilt.hcl,
 *   all but linux-arm64
 * @see https://github.com/tilt-dev/homebrew-tap (commit b89d6c37): tilt.rb, all platforms
 */
export const tools: Readonly<Record<ToolName, Tool>> = {
  kind: {
    name: 'kind',
    purpose: 'it runs the cluster',
    version: '0.32.0',
    // The first whose node images find a local registry by certs.d without a patch of containerd's configuration.
    minimum: '0.27.0',
    versionArguments: ['version'],
    versionPattern: /^kind v?(\d\S*)/m,
    url: (version, platform) =>
      `https://github.com/kubernetes-sigs/kind/releases/download/v${version}/kind-${platform}`,
    sha256: {
      'linux-amd64': '50030de23cf40a18505f20426f6a8506bedf13c6e509244bd1fa9463721b0f54',
      'linux-arm64': 'b92cd615e97585de8ddade28ed5cd7feb4248d717c233eea5b03c37298900f5d',
      'darwin-amd64': '295ac6d0d634c9819c9907df45e3017d1f13166bd13c3404c45e79f7faa47498',
      'darwin-arm64': 'dca67911095a110c2b5c36e26df6cac860c602033e456c0db47be498cdef1ebb',
    },
    checksums: (url) => `${url}.sha256sum`,
    install: 'https://kind.sigs.k8s.io/docs/user/quick-start/#installation',
  },
  tilt: {
    name: 'tilt',
    purpose: 'only live reload needs it',
    version: '0.37.2',
    // The first with ci_settings(readiness_timeout).
    minimum: '0.35.0',
    versionArguments: ['version'],
    versionPattern: /^v?(\d[^,\s]*)/m,
    url: (version, platform) =>
      `https://github.com/tilt-dev/tilt/releases/download/v${version}/tilt.${version}.${tiltPlatforms[platform]}.tar.gz`,
    entry: 'tilt',
    sha256: {
      'linux-amd64': 'b0d41266bfa27857c2fcbcefda09da48d40294ca8ab5be88735c4f6ad90b3bfe',
      'linux-arm64': '91c910cefea60b3f148ac45f743328635ec0e0a9e753a42a74c74d6f696fc8bf',
      'darwin-amd64': '51302a568f150d47b5964fdff635143b8607761628886e9ee5cec669b8bd83e8',
      'darwin-arm64': 'be427c54c1e67ef566f249f3be36c5375fc83b94480f292b724337d2bf5e86d0',
    },
    checksums: (url) => new URL('checksums.txt', url).href,
    install: 'https://docs.tilt.dev/install.html',
  },
};

const tiltPlatforms: Readonly<Record<Platform, string>> = {
  'linux-amd64': 'linux.x86_64',
  'linux-arm64': 'linux.arm64',
  'darwin-amd64': 'mac.x86_64',
  'darwin-arm64': 'mac.arm64',
};
