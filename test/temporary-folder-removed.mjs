import { rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename } from 'node:path';

export default function tearDown() {
  if (basename(tmpdir()).startsWith('repoctl-unit-')) rmSync(tmpdir(), { recursive: true, force: true });
}
