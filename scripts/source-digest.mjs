import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What the bundle is made from, as a digest: the sources and the versions of the packages. */
export function sourceDigest(root) {
  const hash = createHash('sha1');
  for (const folder of ['charts', 'src']) {
    for (const name of readdirSync(join(root, folder), { recursive: true }).sort()) {
      if (name.endsWith('.ts')) hash.update(`${name}\n`).update(readFileSync(join(root, folder, name)));
    }
  }
  return hash
    .update(readFileSync(join(root, 'package.json')))
    .digest('hex')
    .slice(0, 12);
}
