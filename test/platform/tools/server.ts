import { createHash } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DownloadProgress } from '../../../src/platform/tools/download-progress.ts';
import type { Platform } from '../../../src/platform/tools/tool-platform.ts';
import { platformOf } from '../../../src/platform/tools/tool-platform.ts';
import type { Tool } from '../../../src/platform/tools/tools.ts';

export const platform: Platform = platformOf();

/** A program that says that it is kind of a version. */
export const program = (version: string) => `#!/bin/sh\necho "kind v${version} go1.26"\n`;

export const sha256 = (data: string | Buffer) => createHash('sha256').update(data).digest('hex');

/** A tool that a server at a URL offers. */
export const toolAt = (base: string, given: Partial<Tool> = {}): Tool => ({
  name: 'kind',
  purpose: 'it is tried',
  version: '0.32.0',
  minimum: '0.27.0',
  versionArguments: ['version'],
  versionPattern: /^kind v(\d\S*)/m,
  url: (version) => `${base}/kind/v${version}/kind-${platform}`,
  sha256: { [platform]: sha256(program('0.32.0')) },
  checksums: (url) => `${url}.sha256sum`,
  install: 'https://example.com/install',
  ...given,
});

const running: Server[] = [];

/** Serves on a port of this machine until the test ends. */
export async function serve(listener: RequestListener): Promise<{ base: string; server: Server }> {
  const server = createServer(listener);
  running.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { base: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server };
}

/** Ends the servers and removes the folders of a test. */
export async function cleanUp(): Promise<void> {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
  for (const server of running.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

const folders: string[] = [];

/** A folder that is there until the test ends. */
export function emptyFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'repoctl-tools-'));
  folders.push(folder);
  return folder;
}

/** A folder with a program in it; returns the folder. */
export function folderWith(name: string, text: string): string {
  const folder = emptyFolder();
  writeFileSync(join(folder, name), text);
  chmodSync(join(folder, name), 0o755);
  return folder;
}

export const noProgress: DownloadProgress = { start: () => {}, step: () => {}, end: () => {} };
