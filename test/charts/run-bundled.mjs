// Runs synthesize-fixtures.ts: OUT FIXTURE… Bundled as the command is, since each thread that compiles the sources takes half a second.
import { bundle } from '../../scripts/bundle.mjs';

const programs = 'node_modules/.cache/repoctl/fixtures';
await bundle({ fixtures: 'test/charts/synthesize-fixtures.ts', 'chart-thread': 'src/synth/chart-thread.ts' }, programs);
await import(`../../${programs}/fixtures.js`);
