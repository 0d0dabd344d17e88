import { describe, expect, test } from '@jest/globals';
import { downloadProgressOn } from '../../../src/platform/tools/download-progress.ts';
import { listedChecksum, mirrored } from '../../../src/platform/tools/fetch-tool.ts';
import { proxyFor } from '../../../src/platform/tools/proxy.ts';
import { cachedProgram, cacheFolder, shownPath } from '../../../src/platform/tools/tool-cache.ts';
import { type Platform, platformOf } from '../../../src/platform/tools/tool-platform.ts';
import { tools } from '../../../src/platform/tools/tools.ts';
import { isAtLeast } from '../../../src/platform/tools/version.ts';

const platforms: Platform[] = ['linux-amd64', 'linux-arm64', 'darwin-amd64', 'darwin-arm64'];

describe('tools', () => {
  test.each(Object.entries(tools))(
    '%s: each platform has its own URL, of the version, and its own checksum',
    (key, tool) => {
      expect(tool.name).toBe(key);
      const urls = platforms.map((platform) => tool.url(tool.version, platform));
      expect(new Set(urls).size).toBe(4);
      for (const url of urls) expect(url).toMatch(new RegExp(`^https://.*/v${tool.version.replaceAll('.', '\\.')}/`));
      const sums = platforms.map((platform) => tool.sha256[platform]);
      expect(new Set(sums).size).toBe(4);
      for (const sum of sums) expect(sum).toMatch(/^[0-9a-f]{64}$/);
      expect(isAtLeast(tool.version, tool.minimum)).toBe(true);
    },
  );

  test.each([
    ['kind', 'kind v0.33.0 go1.26.8 linux/amd64\n', '0.33.0'],
    ['tilt', 'v0.37.2, built 2026-04-24\n', '0.37.2'],
    ['tilt', 'v0.37.2-dev, built 2026-04-24\n', '0.37.2-dev'],
  ] as const)('%s says its version in %j', (name, output, version) => {
    expect(tools[name].versionPattern.exec(output)?.[1]).toBe(version);
  });

  test.each([
    [
      'kind',
      'linux-arm64',
      'https://github.com/kubernetes-sigs/kind/releases/download/v0.32.0/kind-linux-arm64.sha256sum',
    ],
    ['tilt', 'linux-amd64', 'https://github.com/tilt-dev/tilt/releases/download/v0.37.2/checksums.txt'],
  ] as const)('%s has a list of checksums beside the file for %s', (name, platform, list) => {
    const tool = tools[name];
    expect(tool.checksums(tool.url(tool.version, platform))).toBe(list);
  });
});

test.each([
  ['0.27.0', '0.27.0', true],
  ['0.9.9', '0.27.0', false],
  ['v1.33.0', '1.33.0', true],
  ['1.32.11', '1.33.0', false],
  ['2.0.0', '1.33.5', true],
  ['20.10.24+dfsg1', '20.10.0', true],
  ['0.37.2-dev', '0.37.2', true],
  ['27', '20.10.0', true],
  ['unknown', '0.1.0', false],
])('%s is at least %s: %s', (version, minimum, expected) => {
  expect(isAtLeast(version, minimum)).toBe(expected);
});

describe('platform', () => {
  test('is named as Go names it', () => {
    expect(platformOf({ platform: 'darwin', arch: 'x64' })).toBe('darwin-amd64');
    expect(platformOf({ platform: 'linux', arch: 'arm64' })).toBe('linux-arm64');
  });

  test('without programs is refused with what is allowed', () => {
    expect(() => platformOf({ platform: 'win32', arch: 'x64' })).toThrow(
      'no downloads for win32 on x64; available for: linux x64, linux arm64, darwin x64, darwin arm64',
    );
  });
});

describe('cache', () => {
  test.each([
    [{ REPOCTL_CACHE: '/c', XDG_CACHE_HOME: '/x', HOME: '/h' }, 'linux', '/c'],
    [{ XDG_CACHE_HOME: '/x', HOME: '/h' }, 'darwin', '/x/repoctl'],
    [{ XDG_CACHE_HOME: 'relative', HOME: '/h' }, 'linux', '/h/.cache/repoctl'],
    [{ HOME: '/h' }, 'linux', '/h/.cache/repoctl'],
    [{ HOME: '/h' }, 'darwin', '/h/Library/Caches/repoctl'],
  ])('of %j on %s is %s', (env, platform, folder) => {
    expect(cacheFolder(env, platform)).toBe(folder);
  });

  test('has a program under its own name, so that its folder can be put on PATH', () => {
    expect(cachedProgram('/c', tools.kind)).toBe('/c/tools/kind/0.32.0/kind');
    expect(shownPath('/h/.cache/repoctl', { HOME: '/h' })).toBe('~/.cache/repoctl');
    expect(shownPath('/home2/c', { HOME: '/home' })).toBe('/home2/c');
  });
});

const sum = 'ab'.repeat(32);
const other = 'cd'.repeat(32);

test.each([
  ['nothing but a checksum', `${sum}\n`, sum],
  ['a line as sha256sum writes it', `${sum}  kind-linux-amd64\n`, sum],
  ['a line of binary mode', `${sum} *./kind-linux-amd64\n`, sum],
  ['one line of many', `${other}  kind-linux-arm64\n${sum.toUpperCase()}  kind-linux-amd64\n`, sum],
  ['only the line of another file', `${other}  kind-linux-arm64\n`, undefined],
  ['many without names', `${other}\n${sum}\n`, undefined],
  ['a page of HTML', '<html>404</html>', undefined],
  ['half a checksum', `${sum.slice(1)}  kind-linux-amd64`, undefined],
])('of %s the checksum of the file is taken', (_, list, expected) => {
  expect(listedChecksum(list, 'kind-linux-amd64')).toBe(expected);
});

describe('mirror', () => {
  const url = 'https://github.com/kubernetes-sigs/kind/releases/kind-linux-amd64';

  test.each([
    [undefined, url],
    ['', url],
    ['https://mirror.example.com', 'https://mirror.example.com/kubernetes-sigs/kind/releases/kind-linux-amd64'],
    ['http://m:8080/tools/', 'http://m:8080/tools/kubernetes-sigs/kind/releases/kind-linux-amd64'],
  ])('%j takes the place of scheme and host', (mirror, expected) => {
    expect(mirrored(url, { REPOCTL_TOOLS_MIRROR: mirror }).href).toBe(expected);
  });

  test.each(['mirror.example.com', 'ftp://m', 'file:///tmp'])('%s is refused', (mirror) => {
    expect(() => mirrored(url, { REPOCTL_TOOLS_MIRROR: mirror })).toThrow(
      `$REPOCTL_TOOLS_MIRROR is "${mirror}"; expected a URL`,
    );
  });
});

describe('proxy', () => {
  const https = 'https://dl.k8s.io/release';

  test.each([
    [https, {}, undefined],
    [https, { HTTPS_PROXY: 'http://p:3128' }, 'http://p:3128/'],
    [https, { HTTP_PROXY: 'http://p:3128' }, undefined],
    ['http://m/x', { HTTP_PROXY: 'p:3128' }, 'http://p:3128/'],
    [https, { HTTPS_PROXY: 'http://big', https_proxy: 'http://small' }, 'http://small/'],
    [https, { HTTPS_PROXY: 'http://p', NO_PROXY: 'k8s.io' }, undefined],
    [https, { HTTPS_PROXY: 'http://p', NO_PROXY: '.k8s.io' }, undefined],
    [https, { HTTPS_PROXY: 'http://p', NO_PROXY: 'a.com, *.k8s.io' }, undefined],
    [https, { HTTPS_PROXY: 'http://p', no_proxy: '*' }, undefined],
    [https, { HTTPS_PROXY: 'http://p', NO_PROXY: 'dl.k8s.io:443' }, undefined],
    [https, { HTTPS_PROXY: 'http://p', NO_PROXY: 'dl.k8s.io:8443' }, 'http://p/'],
    [https, { HTTPS_PROXY: 'http://p', NO_PROXY: 's.io,8s.io' }, 'http://p/'],
  ])('for %s with %j is %s', (url, env, expected) => {
    expect(proxyFor(new URL(url), env)?.href).toBe(expected);
  });

  test('that is none is refused by the name of its variable', () => {
    expect(() => proxyFor(new URL(https), { HTTPS_PROXY: 'socks5://p:1080' })).toThrow(
      '$HTTPS_PROXY is "socks5://p:1080"; expected the URL of an HTTP proxy',
    );
  });
});

describe('progress', () => {
  const shown = (isTTY: boolean) => {
    let text = '';
    const progress = downloadProgressOn({ isTTY, write: (part: string) => (text += part) });
    progress.start('kind 0.32.0', 'host');
    progress.step('kind 0.32.0', 4_200_000, 10_600_000);
    progress.step('kind 0.32.0', 4_200_001, 10_600_000);
    progress.end('done');
    return text;
  };

  test('without a terminal is a line at the beginning and one at the end', () => {
    expect(shown(false)).toBe('fetching kind 0.32.0 from host\ndone\n');
  });

  test('on a terminal is a line that is written again when it changes', () => {
    expect(shown(true).split('\u001b[G\u001b[K')).toEqual([
      '',
      'kind 0.32.0 from host',
      'kind 0.32.0  4.2 of 10.6 MB, 39 %',
      'done\n',
    ]);
  });
});
