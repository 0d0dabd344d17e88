// Synthesizes all fixtures in all profiles, as the command does: OUT FIXTURE…; see run-bundled.mjs
import { join } from 'node:path';
import { presetNames } from '../../charts/model.ts';
import { synthesize } from '../../src/synth/synthesize.ts';

const [out = '', ...roots] = process.argv.slice(2);
for (const root of roots) {
  for (const profile of presetNames) await synthesize(root, { profile, out: join(out, root, profile) });
}
