import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { globalKinds, serviceKinds, workloadKinds } from '../charts/kinds.ts';

const root = join(import.meta.dirname, '..');

/** An import or a re-export of a module, static or not. */
interface Import {
  /** The file that has it, relative to the root. */
  readonly from: string;
  /** A file relative to the root, or the name of a package. */
  readonly to: string;
  /** Whether it is gone at run time. */
  readonly type: boolean;
}

const text = (file: string) => readFileSync(join(root, file), 'utf8');
const sources = (folder: string): string[] =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => `${folder}/${name}`)
    .sort();

/** A source without its comments; what stands in texts is kept. */
const withoutComments = (source: string) =>
  source.replace(
    /("(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`)|\/\*[\s\S]*?\*\/|(?<![:\\])\/\/.*$/gm,
    (_all, kept) => kept ?? '',
  );

function imports(file: string): Import[] {
  const source = withoutComments(text(file));
  const resolved = (to: string) => (to.startsWith('.') ? relative(root, join(root, dirname(file), to)) : to);
  const found: Import[] = [];
  const statements =
    /^(?:import|export)\s+(type\s+)?(?:(\{[^}]*\}|\*[^'{}]*|\w+[^'{}=()]*(?:\{[^}]*\})?)\s+from\s+)?'([^']+)'/gm;
  for (const [, type, names = '', to = ''] of source.matchAll(statements)) {
    const each = /^\{([^}]*)\}$/
      .exec(names)?.[1]
      ?.split(',')
      .filter((name) => name.trim() !== '');
    const onlyTypes = each?.every((name) => name.trim().startsWith('type ')) ?? false;
    found.push({ from: file, to: resolved(to), type: type !== undefined || onlyTypes });
  }
  for (const [, to = ''] of source.matchAll(/\b(?:import|require)\(\s*'([^']+)'/g))
    found.push({ from: file, to: resolved(to), type: false });
  return found;
}

const charts = sources('charts');
const source = sources('src');
const all = [...charts, ...source].flatMap(imports);
const shown = ({ from, to }: Import) => `${from} → ${to}`;

test('imports are found: of packages and files, for types and at run time', () => {
  expect(charts.length).toBeGreaterThan(30);
  expect(source.length).toBeGreaterThan(20);
  const has = (from: string, to: string) => all.find((each) => each.from === from && each.to === to)?.type;
  expect(has('charts/app.ts', 'cdk8s')).toBe(false);
  expect(has('charts/app.ts', 'charts/model.ts')).toBe(true);
  expect(has('charts/app.ts', 'charts/common/labels.ts')).toBe(false);
  expect(has('src/synth/make-namespace.ts', 'charts/app.ts')).toBe(false);
  expect(all.filter(({ from, to }) => from === 'src/synth/make-namespace.ts' && to === 'charts/app.ts')).toHaveLength(
    1,
  );
  for (const { from, to } of all.filter(({ to }) => /^(charts|src)\//.test(to)))
    expect([from, to, existsSync(join(root, to))]).toEqual([from, to, true]);
});

describe('charts/', () => {
  const fromCharts = all.filter(({ from }) => from.startsWith('charts/'));

  test('imports nothing of src/', () => {
    expect(fromCharts.filter(({ to }) => to.startsWith('src/')).map(shown)).toEqual([]);
  });

  test('does no I/O: of Node it uses hashes and the loading of modules', () => {
    const wrong = fromCharts.filter(({ to }) => to.startsWith('node:') && !['node:crypto', 'node:module'].includes(to));
    expect(wrong.map(shown)).toEqual([]);
  });

  test('uses no packages but those of constructs and schemas', () => {
    const packages = fromCharts.map(({ to }) => to).filter((to) => !/^(charts|src)\/|^node:/.test(to));
    expect([...new Set(packages)].sort()).toEqual([
      'cdk8s',
      'cdk8s-plus-28/lib/imports/k8s.js',
      'constructs',
      'fast-json-patch',
      'json-merge-patch',
      'zod',
    ]);
  });

  test('depends on nothing but its arguments: not on time, chance, the process or the network', () => {
    const wrong = charts.filter((file) =>
      /\bprocess\.|\bDate\b|Math\.random|\bfetch\(|randomUUID|randomBytes|\bconsole\./.test(
        withoutTexts(withoutComments(text(file))),
      ),
    );
    expect(wrong).toEqual([]);
  });
});

/** A source without what stands in texts. */
function withoutTexts(source: string): string {
  return source.replace(/"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`/g, "''");
}

/** Folders and files of the root's sources; each imports only from itself and from those that stand before it. */
const rooms = [
  'src/platform',
  'charts/common',
  'charts/constructs',
  'charts/kinds.ts',
  'charts/model.ts',
  'charts/backups.ts',
  'charts/wiring.ts',
  'charts/namespace-security.ts',
  'charts/sentry.ts',
  'charts/expected-environment.ts',
  'charts/calls.ts',
  'charts/call-flows.ts',
  'charts/flows.ts',
  'charts/named.ts',
  'charts/global-chart.ts',
  'charts/project-chart.ts',
  'charts/patches.ts',
  'charts/extension.ts',
  'charts/quota.ts',
  'charts/accounts.ts',
  'charts/superseded.ts',
  'charts/app.ts',
  'src/config',
  'src/cluster',
  'src/synth',
  'src/status',
  'src/exporter',
  'src/logs',
  'src/backup',
  'src/kind-cluster',
  'src/tilt',
  'src/lifecycle',
  'src/deploy',
  'src/scaffold',
  'src/doctor',
  'src/cli',
  'src/index.ts',
  'src/constructs.ts',
];

const roomOf = (file: string) => rooms.findIndex((room) => file === room || file.startsWith(`${room}/`));

describe('rooms', () => {
  test('every source is in one, and none is empty', () => {
    const files = [...charts, ...source];
    expect(files.filter((file) => roomOf(file) < 0)).toEqual([]);
    expect(rooms.filter((_room, index) => !files.some((file) => roomOf(file) === index))).toEqual([]);
  });

  test('are listed in this order by docs/architecture.md', () => {
    const rows = [...text('docs/architecture.md').matchAll(/^\| ((?:`[\w./-]+`(?:, )?)+) \|/gm)];
    const named = rows.flatMap(([, cell = '']) => [...cell.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name));
    // No sources of TypeScript.
    expect(named.filter((name) => !['tilt', 'templates'].includes(name))).toEqual(rooms);
  });

  test('each imports only those below it', () => {
    const upwards = all.filter(({ from, to }) => roomOf(to) > roomOf(from));
    expect(upwards.map(shown)).toEqual([]);
  });

  test('no file imports itself through others', () => {
    const below = new Map<string, string[]>();
    for (const { from, to } of all) below.set(from, [...(below.get(from) ?? []), to]);
    const done = new Set<string>();
    const circles: string[] = [];
    const visit = (file: string, path: readonly string[]) => {
      if (path.includes(file)) circles.push([...path.slice(path.indexOf(file)), file].join(' → '));
      if (path.includes(file) || done.has(file)) return;
      for (const to of below.get(file) ?? []) visit(to, [...path, file]);
      done.add(file);
    };
    for (const file of below.keys()) visit(file, []);
    expect(circles).toEqual([]);
  });
});

describe('src/', () => {
  test('ends the process only in the command line, and says how it ends only there and in commands', () => {
    const uses = (pattern: RegExp) =>
      [...charts, ...source, 'bin/repoctl.mjs'].filter((file) =>
        pattern.test(withoutTexts(withoutComments(text(file)))),
      );
    expect(uses(/process\.(exit|abort|kill)\b(?!Code)/)).toEqual(['src/cli/main.ts']);
    expect(uses(/process\.exitCode/).filter((file) => !/^src\/cli\/(main\.ts$|commands\/)/.test(file))).toEqual([]);
    expect(uses(/process\.exitCode/)).toContain('src/cli/main.ts');
  });

  test('writes to a terminal in one place, where nothing is left that a terminal would obey', () => {
    const files = [...source, ...charts, 'bin/repoctl.mjs'];
    const writing = (file: string) =>
      /\bconsole\.\w+\(|\b(?:process\.)?(?:std(?:out|err)|stream|output|notices|terminal)\??\.(?:write|end|pipe)\(|pipe\(\s*(?:process\.)?std(?:out|err)\b/.test(
        withoutTexts(withoutComments(text(file))),
      );
    // A program in a pod that has the terminal to itself: psql, redis-cli, what people run in a container.
    const program = 'src/cluster/terminal-session.ts';
    expect(files.filter((file) => writing(file) && file !== program)).toEqual(['src/platform/terminal/print.ts']);
    // The same on this machine: tilt.
    expect(files.filter((file) => /'inherit'/.test(withoutComments(text(file))))).toEqual([
      'src/platform/process/foreground.ts',
    ]);
    // Control sequences are written there only, too.
    const sequences = files.filter((file) =>
      /\\u001b|\\x1b|\\u009b|\\x9b|\\033|\\e\[|fromCharCode\((?:27|155)/i.test(withoutComments(text(file))),
    );
    expect(sequences.filter((file) => !file.startsWith('src/platform/terminal/'))).toEqual([]);
  });
});

test('label keys are spelled in one file', () => {
  const keys = /['"`](?:app\.kubernetes\.io\/[a-z-]+|repoctl\.dev\/(?:tier|project|profile|preset|stopped))['"`]/;
  const spelled = [...charts, ...source].filter((file) => keys.test(withoutComments(text(file))));
  expect(spelled).toEqual(['charts/common/labels.ts']);
});

test('API versions are spelled in one file', () => {
  const versions = /['"`](?:[a-z0-9.-]+\/)?v\d+(?:(?:alpha|beta)\d+)?['"`]/;
  const spelled = [...charts, ...source].filter((file) => versions.test(withoutComments(text(file))));
  expect(spelled).toEqual(['charts/common/api-versions.ts']);
});

describe('names of files', () => {
  /** Folders with a file for each row of a table: of a kind, a command, a check, a rule. */
  const rows =
    /^(charts\/constructs|src\/(cli\/commands|backup\/stores|doctor\/checks|lifecycle\/passwords|status\/(rules|deep\/checks)))\//;
  // Each is what its room calls so.
  const shared = ['client.ts', 'print.ts', 'wait.ts'];

  test('occur once, those of rows aside', () => {
    const names = [...charts, ...source].filter((file) => !rows.test(file)).map((file) => file.split('/').at(-1) ?? '');
    const twice = names.filter((name, index) => names.indexOf(name) < index);
    expect(twice.filter((name) => !shared.includes(name))).toEqual([]);
  });
});

test('a kind of data store is one file: the rest of src/backup knows none', () => {
  const general = source.filter((file) => /^src\/backup\/(?!stores)/.test(file));
  const named = general.filter((file) =>
    /postgres|immudb|minio|redis/i.test(withoutComments(text(file)).replace(/^import .*$/gm, '')),
  );
  expect(general.length).toBeGreaterThan(10);
  expect(named).toEqual([]);
});

test('objects are applied in one place; who may take fields from other managers is known', () => {
  const using = (pattern: RegExp) =>
    [...charts, ...source].filter((file) => pattern.test(withoutComments(text(file)))).sort();
  expect(using(/apply-patch|--server-side|kubectl['"],.*['"]apply['"]/)).toEqual(['src/cluster/client.ts']);
  // Namespaces that were given to us, and what is in ours: each asks first whose it is.
  expect(using(/\.apply\([^;]*\bforce\b/)).toEqual([
    'src/cluster/namespaces.ts',
    'src/lifecycle/apply.ts',
    'src/lifecycle/examine.ts',
  ]);
});

test('the links on the way of a path are followed in one place', () => {
  const follows = [...charts, ...source].filter((file) => /realpath/i.test(withoutComments(text(file))));
  expect(follows).toEqual(['src/config/configured-path.ts']);
});

describe('images', () => {
  /** Texts that are nothing but an image with a tag or a digest. A module of Node, `node:v8`, is none. */
  const references = (file: string) =>
    [
      ...withoutComments(text(file)).matchAll(
        /(["'`])((?:[a-z0-9][-a-z0-9._]*\/)*[a-z0-9][-a-z0-9._]*(?::[\w.-]*\d[\w.-]*|:latest|@sha256:[0-9a-f]+))\1/g,
      ),
    ]
      .map(([, , reference = '']) => reference)
      .filter((reference) => !isBuiltin(reference));

  test('are pinned in one file', () => {
    expect(references('charts/common/images.ts').length).toBeGreaterThan(8);
    const elsewhere = [...charts, ...source].filter(
      (file) => file !== 'charts/common/images.ts' && references(file).length > 0,
    );
    expect(elsewhere).toEqual([]);
  });
});

describe('kinds', () => {
  const tables = Object.values({ ...serviceKinds, ...globalKinds, ...workloadKinds });
  const files = charts.filter((file) => file.startsWith('charts/constructs/'));

  test.each(files)('what %s exports as a kind is in a table', async (file) => {
    const exported = Object.values((await import(join(root, file))) as Record<string, unknown>);
    const kinds = exported.filter(
      (each) => typeof each === 'object' && each !== null && 'schema' in each && 'build' in each,
    );
    for (const { build } of kinds as { build: unknown }[])
      expect(tables.filter((kind) => kind.build === build)).toHaveLength(1);
  });

  test('each of the tables has a file of its own', async () => {
    const exported = await Promise.all(
      files.map(async (file) => Object.values((await import(join(root, file))) as object)),
    );
    const counts = exported.map(
      (values) => values.filter((each) => typeof each === 'object' && each !== null && 'build' in each).length,
    );
    expect(Math.max(...counts)).toBe(1);
    expect(counts.filter((count) => count === 1)).toHaveLength(tables.length);
  });
});
