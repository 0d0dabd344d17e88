// Scans what production gets, as CI and an auditor do: the manifests of this repository and of two fixtures, one with every hatch,
// one with every kind of service, by checkov, kube-score and gitleaks; the Dockerfiles of the projects and of the templates, by
// checkov; the workflows, by actionlint. Fails on what a scanner calls a failure. What is left out by design is annotated on its
// object, with the reason, and counted here.
//
//   npm run scan
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { z } from 'zod';
import { scanExceptions } from '../charts/common/scan-exceptions.ts';
import { imageLockText } from '../src/config/image-lock.ts';

const repository = join(import.meta.dirname, '..');
const work = mkdtempSync(join(tmpdir(), 'repoctl-scan-'));

/** What has to be on PATH, and how it gets there. */
const tools = {
  checkov: 'pip install checkov==3.3.30',
  'kube-score': 'go install github.com/zegl/kube-score/cmd/kube-score@v1.20.0',
  gitleaks: 'go install github.com/zricethezav/gitleaks/v8@v8.30.1',
  actionlint: 'go install github.com/rhysd/actionlint/cmd/actionlint@v1.7.12',
};

interface Scan {
  readonly scanner: string;
  readonly passed: number;
  readonly failed: readonly string[];
  /** Ids of checks with the objects that they were left out for. */
  readonly leftOut: readonly { readonly check: string; readonly object: string }[];
}

function run(program: string, args: readonly string[], cwd = repository): string {
  const { stdout, stderr, error, status } = spawnSync(program, args, {
    cwd,
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
    // checkov asks its vendor for links to guidelines otherwise.
    env: { ...process.env, LOG_LEVEL: 'ERROR', BC_SKIP_MAPPING: 'TRUE' },
  });
  if (error) throw error;
  // Scanners end with 1 if they find something, and say so on stdout.
  if (status !== 0 && stdout.trim() === '') throw new Error(`${program} ended with ${status}: ${stderr.slice(-2000)}`);
  return stdout;
}

/** Copies a repository's configuration and projects, so that no file of it is written. */
function copy(from: string, name: string): string {
  const root = join(work, name);
  cpSync(from, root, {
    recursive: true,
    filter: (path) =>
      !/\/(node_modules|dist|\.git|\.venv|test|docs|__pycache__)$|\/\.env$/.test(path.slice(from.length)),
  });
  mkdirSync(join(root, 'node_modules'));
  for (const each of readdirSync(join(repository, 'node_modules')).filter((each) => !each.startsWith('.')))
    symlinkSync(join(repository, 'node_modules', each), join(root, 'node_modules', each));
  symlinkSync(repository, join(root, 'node_modules', 'repoctl'));
  return root;
}

const synth = (root: string): void => {
  run(process.execPath, [join(repository, 'bin', 'repoctl.mjs'), 'synth', '--profile', 'production'], root);
};

const manifests = (root: string): string[] => {
  const folder = join(root, 'dist', 'production');
  return readdirSync(folder)
    .filter((name) => name.endsWith('.k8s.yaml'))
    .map((name) => join(folder, name));
};

/** Every image that is named anywhere in manifests. */
function images(files: readonly string[]): Set<string> {
  const found = new Set<string>();
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) value.forEach(visit);
    else if (typeof value === 'object' && value !== null)
      for (const [key, inner] of Object.entries(value))
        if (key === 'image' && typeof inner === 'string') found.add(inner);
        else visit(inner);
  };
  for (const file of files)
    for (const document of parseAllDocuments(readFileSync(file, 'utf8'))) visit(document.toJS());
  return found;
}

/**
 * Makes the manifests as the deployment does, which locks images to their digests before. No registry is asked here, so the
 * digests stand for those that `repoctl images lock` would write.
 */
function productionOf(root: string): string[] {
  synth(root);
  const digests = [...images(manifests(root))].map((image): [string, string] => [
    image,
    `sha256:${createHash('sha256').update(image).digest('hex')}`,
  ]);
  writeFileSync(join(root, 'images.lock'), imageLockText({ production: Object.fromEntries(digests) }));
  synth(root);
  return manifests(root);
}

/** The Dockerfiles of repoctl itself, of the projects and of the templates. */
const dockerfiles = (): string[] => [
  join(repository, 'Dockerfile'),
  ...['apps', 'backends', 'templates'].flatMap((folder) =>
    readdirSync(join(repository, folder), { recursive: true, encoding: 'utf8' })
      .filter((path) => /(^|\/)Dockerfile$/.test(path) && !/\.venv|node_modules/.test(path))
      .map((path) => join(repository, folder, path)),
  ),
];

const checkovCheck = z.object({ check_id: z.string(), resource: z.string(), file_path: z.string() });
const checkovReport = z.object({
  check_type: z.string(),
  summary: z.object({ passed: z.number(), parsing_errors: z.number() }),
  results: z.object({ failed_checks: z.array(checkovCheck), skipped_checks: z.array(checkovCheck).default([]) }),
});

function checkov(what: string, framework: string, files: readonly string[]): Scan {
  const text = run('checkov', [
    ...files.flatMap((file) => ['-f', file]),
    '--framework',
    framework,
    '-o',
    'json',
    '--compact',
  ]);
  const { summary, results } = checkovReport.parse(JSON.parse(text));
  if (summary.parsing_errors > 0) throw new Error(`checkov could not read ${summary.parsing_errors} files of ${what}`);
  return {
    scanner: `checkov, ${what}`,
    passed: summary.passed,
    failed: results.failed_checks.map((each) => `${each.check_id} ${each.resource} (${each.file_path})`),
    leftOut: results.skipped_checks.map(({ check_id, resource }) => ({ check: check_id, object: resource })),
  };
}

const scoredObjects = z.array(
  z.object({
    object_name: z.string(),
    checks: z
      .array(
        z.object({
          check: z.object({ id: z.string() }),
          grade: z.number(),
          skipped: z.boolean(),
          comments: z
            .array(z.object({ path: z.string(), summary: z.string() }))
            .nullable()
            .default([]),
        }),
      )
      .nullable(),
  }),
);

/** Grades of kube-score: 1 is critical, 5 a warning, 10 is well. */
const critical = 1;

function kubeScore(what: string, files: readonly string[]): Scan {
  const text = run('kube-score', ['score', '--output-format', 'json', '--kubernetes-version', 'v1.30', ...files]);
  const checks = scoredObjects
    .parse(JSON.parse(text))
    .flatMap(({ object_name, checks }) => (checks ?? []).map((each) => ({ ...each, object: object_name })));
  // kube-score also calls skipped what it only looks at when asked to.
  const annotated = new Set(scanExceptions.map((each) => each.kubeScore));
  const leftOut = checks.filter(({ check, skipped }) => skipped && annotated.has(check.id));
  return {
    scanner: `kube-score, ${what}`,
    passed: checks.filter(({ skipped, grade }) => !skipped && grade > critical).length,
    failed: checks
      .filter(({ skipped, grade }) => !skipped && grade <= critical)
      .map(
        ({ check, object, comments }) =>
          `${check.id} ${object}: ${(comments ?? []).map(({ path, summary }) => `${path} ${summary}`).join('; ')}`,
      ),
    leftOut: leftOut.map(({ check, object }) => ({ check: check.id, object })),
  };
}

const leaks = z.array(z.object({ RuleID: z.string(), File: z.string(), StartLine: z.number() }));

/** Looks for what has the form of a credential in all that was written for production. */
function gitleaks(what: string, folder: string): Scan {
  const path = join(work, 'leaks.json');
  // Its verdict is the report's: with the exit code 0 a leak and a fault can be told apart.
  run('gitleaks', ['dir', folder, '--no-banner', '--exit-code', '0', '--report-format', 'json', '--report-path', path]);
  const found = leaks.parse(JSON.parse(readFileSync(path, 'utf8')));
  return {
    scanner: `gitleaks, ${what}`,
    passed: readdirSync(folder).length,
    failed: found.map(({ RuleID, File, StartLine }) => `${RuleID} ${File}:${StartLine}`),
    leftOut: [],
  };
}

const workflowFindings = z.array(z.object({ message: z.string(), filepath: z.string(), line: z.number() }));

/** Looks for what GitHub would refuse or do otherwise than meant in the workflows. */
function actionlint(): Scan {
  const folder = join(repository, '.github', 'workflows');
  const files = readdirSync(folder).map((name) => join(folder, name));
  const found = workflowFindings.parse(JSON.parse(run('actionlint', ['-format', '{{json .}}', ...files])));
  return {
    scanner: 'actionlint, workflows',
    passed: files.length,
    failed: found.map(({ message, filepath, line }) => `${filepath}:${line} ${message}`),
    leftOut: [],
  };
}

function report({ scanner, passed, failed, leftOut }: Scan): void {
  const counts = new Map<string, number>();
  for (const { check } of leftOut) counts.set(check, (counts.get(check) ?? 0) + 1);
  const exceptions = [...counts].map(([check, count]) => `${check} ${count}`).join(', ');
  console.log(`${scanner}: ${passed} passed, ${failed.length} failed, annotated exceptions: ${exceptions || 'none'}`);
  for (const each of failed) console.log(`  ${each}`);
}

try {
  for (const [tool, install] of Object.entries(tools))
    if (spawnSync(tool, ['--help']).error) throw new Error(`${tool} is not on PATH; to install it: ${install}`);
  const scans: Scan[] = [];
  const repositories = {
    'this repository': repository,
    'every hatch': join(repository, 'test/fixtures/valid/extended'),
    'every service': join(repository, 'test/fixtures/valid/catalogue'),
  };
  for (const [index, [what, from]] of Object.entries(repositories).entries()) {
    const root = copy(from, String(index));
    const files = productionOf(root);
    const dist = join(root, 'dist', 'production');
    scans.push(checkov(what, 'kubernetes', files), kubeScore(what, files), gitleaks(what, dist));
  }
  scans.push(checkov('Dockerfiles', 'dockerfile', dockerfiles()), actionlint());
  for (const each of scans) report(each);
  if (scans.some(({ failed }) => failed.length > 0)) process.exitCode = 1;
} catch (error) {
  console.error(`scan: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
} finally {
  rmSync(work, { recursive: true, force: true });
}
