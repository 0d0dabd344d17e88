// Synthesizes all fixtures in all profiles, as the command does: `node --import tsx synthesize-fixtures.ts OUT FIXTURE…`
import { join } from 'node:path';
import { profileNames } from '../../charts/model.ts';
import { synthesize } from '../../src/synth/synthesize.ts';

const [out = '', ...roots] = process.argv.slice(2);
for (const root of roots) {
  for (const profile of profileNames) await synthesize(root, { profile, out: join(out, root, profile) });
}
