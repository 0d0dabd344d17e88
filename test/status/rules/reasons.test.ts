import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { apiVersions } from '../../../charts/common/api-versions.ts';
import { patience } from '../../../src/status/rules/patience.ts';

const root = join(import.meta.dirname, '..', '..', '..');
const documented = readFileSync(join(root, 'docs', 'troubleshooting.md'), 'utf8');

/** Reasons of what is well: nobody looks them up. */
const well = [
  'Active',
  'Answers',
  'Available',
  'Bound',
  'Complete',
  'Ready',
  'Scheduled',
  'Succeeded',
  'Tolerated',
  'WaitForFirstConsumer',
];

/** Kinds of probes, which stand in the sources as reasons do. */
const probes = ['Readiness', 'Startup'];

/** The reasons that a file's verdicts and findings have. */
function reasonsIn(file: string): string[] {
  const text = readFileSync(join(root, file), 'utf8');
  const found = [
    ...text.matchAll(/verdict\(\s*(?:'\w+'|[^,()]+|[^,]*\?[^,]*),\s*'(\w+)'/g),
    ...text.matchAll(/reason: '(\w+)'/g),
    // The kubelet's words for why a container waits, as keys of a table.
    ...text.matchAll(/^ {2}(\w+): (?:image|configuration|start),$/gm),
    // One of two.
    ...text.matchAll(/\? '([A-Z]\w+)' : '[A-Z]\w+'/g),
    ...text.matchAll(/\? '[A-Z]\w+' : '([A-Z]\w+)'/g),
  ];
  return found.map(([, reason = '']) => reason);
}

const files = ['src/status/rules', 'src/status/deep', 'src/lifecycle', 'src/status/report'].flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => `${folder}/${name}`),
);

test('each reason that a verdict can have is explained', () => {
  const named = [...well, ...probes, ...Object.keys(apiVersions)];
  const reasons = [...new Set(files.flatMap(reasonsIn))].filter((each) => /^[A-Z]/.test(each) && !named.includes(each));
  expect(reasons.length).toBeGreaterThan(50);
  expect(reasons.filter((reason) => !documented.includes(`\`${reason}\``)).sort()).toEqual([]);
});

test('the times after which what is on its way is degraded are as the table says', () => {
  const status = readFileSync(join(root, 'docs', 'status.md'), 'utf8');
  const told = [...status.matchAll(/^\| `(\w+)` \| (\d+) \| .* \|$/gm)].map(([, state, seconds]) => [
    state,
    Number(seconds),
  ]);
  expect(told).toEqual(Object.entries(patience));
});
