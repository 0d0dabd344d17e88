import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { hasControls } from '../../src/platform/terminal/clean.ts';
import { tasksOf } from '../../src/status/deep/deep-checks.ts';
import { targetsOf } from '../../src/status/deep/targets.ts';
import { Changes } from '../../src/status/live/changes.ts';
import { Wait } from '../../src/status/live/wait.ts';
import { signature } from '../../src/status/live/watch.ts';
import { assemble } from '../../src/status/report/assemble.ts';
import { exitCode } from '../../src/status/report/exit-code.ts';
import { failingContainer } from '../../src/status/report/failing-logs.ts';
import { historyOf } from '../../src/status/report/history.ts';
import { reportLines } from '../../src/status/report/lines.ts';
import { outputs, printReport } from '../../src/status/report/print.ts';
import { statusSchema } from '../../src/status/report/schema.ts';
import { thorough } from '../runs.ts';
import { planned } from './report/objects.ts';
import { caseNames, caseOf, snapshotFrom } from './rules/fixtures/cases.ts';

/** An object as the API server sends it. */
type Sent = Parameters<typeof snapshotFrom>[0][number];

const folder = join(import.meta.dirname, 'rules/fixtures/recorded');

/** Objects that were recorded on a cluster, as a list. */
function recorded(file: string): Sent[] {
  const { object, pods, jobs, claims, events, nodes } = JSON.parse(readFileSync(join(folder, file), 'utf8'));
  const of = (kind: string, all: object[] = []) => all.map((each) => ({ ...each, kind }));
  return [
    object,
    ...of('Pod', pods),
    ...of('Job', jobs),
    ...of('PersistentVolumeClaim', claims),
    ...of('Event', events),
    ...of('Node', nodes),
  ];
}

/** All lists of the fixtures. */
const lists: readonly { readonly name: string; readonly objects: readonly Sent[] }[] = [
  ...caseNames.map((name) => ({ name, objects: caseOf(name).objects })),
  ...readdirSync(folder).map((name) => ({ name, objects: recorded(name) })),
];

/** Those that together have an object of each kind and most of their fields. */
const richest = ['25-suspended-cron-in-running-tier', '34-multi-attach', '41-volume-node-affinity', 'set-db.json'];

/** What stands in the place of a field. */
const odd: readonly unknown[] = [
  null,
  [],
  {},
  0,
  -1.5,
  '',
  'x',
  true,
  'É\u001b[2J\n'.repeat(2000),
  [[[null]]],
  [null],
  { a: { b: null } },
];

/** The values for a field by its place in a list: all of them take minutes, else another one than the field before it gets. */
const valuesAt = (index: number): readonly unknown[] => (thorough ? odd : [odd[index % odd.length]]);

type Path = readonly (string | number)[];

/** The paths of everything in a list, its objects among them; what kind they are is what they were asked for by. */
function pathsIn(value: unknown, at: Path = []): Path[] {
  if (value === null || typeof value !== 'object') return [];
  const keys = Array.isArray(value) ? [...value.keys()] : Object.keys(value);
  return keys
    .filter((key) => !(at.length === 1 && (key === 'kind' || key === 'apiVersion')))
    .flatMap((key) => [[...at, key], ...pathsIn((value as Record<string | number, unknown>)[key], [...at, key])]);
}

/** A list with something else in the place of one of its fields; the list itself if there is no such field any more. */
function replaced(list: readonly Sent[], [key, ...rest]: Path, value: unknown): readonly Sent[] {
  const change = (of: unknown, [next, ...further]: Path): unknown => {
    if (next === undefined) return value;
    if (of === null || typeof of !== 'object') return of;
    const inner = change((of as Record<string | number, unknown>)[next], further);
    if (!Array.isArray(of)) return { ...of, [next]: inner };
    // Where something else stands already, its elements are not those of the path.
    const at = Math.min(Number(next), of.length - 1);
    return at >= 0 ? of.with(at, inner) : of;
  };
  const index = Number(key);
  const changed = change(list[index], rest);
  // An object of which not even the kind is known is in no list.
  const { kind } = list[index] as Sent;
  return list.with(index, (rest.length > 0 ? changed : asListed(changed, kind)) as Sent);
}

/** Something in the list of a kind. */
const asListed = (value: unknown, kind: string): unknown =>
  value !== null && typeof value === 'object' && !Array.isArray(value) ? { kind, ...value } : { kind, metadata: value };

const plan = {
  environment: 'dev',
  profile: 'local' as const,
  namespaces: [planned('dev', { redis: [] }), planned('shop', { api: ['dev/dev-redis'], web: ['shop/shop-api'] })],
};

/** The report of before, with which the next is compared. */
const before = assemble(undefined, snapshotFrom(caseOf('25-suspended-cron-in-running-tier').objects), 'kind-dev');

/** Where a report is printed, as text. */
function paper() {
  let text = '';
  const write = (chunk: string) => {
    text += chunk;
  };
  return { stream: { write }, text: () => text };
}

/** All that `status` makes of objects without asking the cluster again; as YAML, which takes the longest, only where it is asked for. */
async function tell(objects: readonly Sent[], yaml: boolean): Promise<void> {
  const snapshot = snapshotFrom(objects);
  const { pods, namespaces } = snapshot;
  const history = historyOf(snapshot, new Set(namespaces.map(({ metadata }) => metadata.name)), new Date(0));
  const changes = new Changes();
  const wait = new Wait({ mustRun: () => true, end: 1, clock: () => 0 });
  changes.next({ report: before });
  for (const configured of [undefined, plan]) {
    const report = { ...assemble(configured, snapshot, 'kind-dev'), history };
    for (const output of [undefined, ...outputs].filter((each) => yaml || each !== 'yaml')) {
      const { stream, text } = paper();
      await printReport(report, output, stream);
      if (output === 'json') statusSchema.parse(JSON.parse(text()));
      else if (hasControls(text().replaceAll('\n', ''))) throw new Error(`prints ${JSON.stringify(text())}`);
    }
    reportLines(report, { paint: (_colour, given) => given, wide: true, columns: 40 });
    changes.next({ report });
    signature(report, undefined);
    wait.next({ report });
    if (![0, 1, 3].includes(exitCode(report, []))) throw new Error('ends with another code');
  }
  for (const pod of pods) failingContainer(pod);
  const unplanned = namespaces.map(({ metadata }) => ({ name: metadata.name, services: [], workloads: [] }));
  for (const parts of [unplanned, plan.namespaces]) tasksOf(targetsOf(parts, pods, 'kind-dev'));
}

/** What is wrong with the report on some objects, if anything is. */
async function failure(objects: readonly Sent[], yaml = false): Promise<string | undefined> {
  try {
    await tell(objects, yaml);
    return undefined;
  } catch (error) {
    return String((error as Error).stack)
      .split('\n')
      .slice(0, 14)
      .join('\n');
  }
}

describe('something else in the place of a field never ends the report', () => {
  const all = lists.map(({ objects }) => ({ objects, paths: pathsIn(objects) }));
  const place = fc.nat(all.length - 1).chain((list) => {
    const { objects, paths } = all[list] as (typeof all)[number];
    return fc.record({
      objects: fc.constant(objects),
      path: fc.constantFrom(...paths),
      other: fc.constantFrom(...paths),
    });
  });
  const value = fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...odd) }, fc.jsonValue({ maxDepth: 2 }));

  test.each(lists.filter(({ name }) => richest.includes(name)))('each field of $name', async ({ objects }) => {
    const failures = new Map<string, string>();
    for (const [index, path] of pathsIn(objects).entries())
      for (const value of valuesAt(index)) {
        const wrong = await failure(replaced(objects, path, value));
        if (wrong !== undefined) failures.set(wrong, `${path.join('.')} = ${JSON.stringify(value)?.slice(0, 40)}`);
      }
    expect([...failures].map(([wrong, at]) => `${at}: ${wrong}`).join('\n\n')).toBe('');
  });

  test('any field of any list, or two', async () => {
    await fc.assert(
      fc.asyncProperty(place, value, value, fc.boolean(), async ({ objects, path, other }, one, two, both) => {
        const first = replaced(objects, path, one);
        expect(await failure(both ? replaced(first, other, two) : first, true)).toBeUndefined();
      }),
      { seed: 16, numRuns: thorough ? 5000 : 100 },
    );
  });
});
