import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';

interface Row {
  readonly file: string;
  /** A regular expression for names of tests. */
  readonly test: string;
  readonly reason: string;
}

const root = join(import.meta.dirname, '..');
const rows = JSON.parse(readFileSync(join(import.meta.dirname, 'skips.json'), 'utf8')) as readonly Row[];
const folder = mkdtempSync(join(tmpdir(), 'repoctl-skips-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What CI makes of a report. */
function counted(name: string, report: string) {
  writeFileSync(join(folder, name), report);
  const { stdout, stderr } = spawnSync(process.execPath, [join(root, '.ci', 'count.mjs'), join(folder, name)], {
    encoding: 'utf8',
  });
  return { counts: stdout.trim(), said: stderr.trim().split('\n') };
}

test.each(rows)('$file: $test is in that file, and has a reason', ({ file, test: pattern, reason }) => {
  expect(readFileSync(join(root, file), 'utf8')).toMatch(new RegExp(pattern.replace('^', '')));
  expect(reason.length).toBeGreaterThan(20);
});

describe('CI', () => {
  const jest = (...skipped: readonly [file: string, name: string][]) =>
    JSON.stringify({
      numPassedTests: 3,
      numFailedTests: 1,
      numRuntimeErrorTestSuites: 1,
      testResults: skipped.map(([file, fullName]) => ({
        name: join(root, file),
        assertionResults: [{ status: 'pending', fullName }],
      })),
    });

  test('counts a skip that has a reason', () => {
    expect(counted('a.json', jest(['test/e2e/cluster.test.ts', 'a cluster leaves an audit entry in ImmuDB']))).toEqual({
      counts: '3 2 1',
      said: ['skipped: test/e2e/cluster.test.ts: a cluster leaves an audit entry in ImmuDB'],
    });
  });

  test('fails at one that has none, or only in another file', () => {
    expect(counted('b.json', jest(['test/a.test.ts', 'x'], ['test/b.test.ts', 'in ImmuDB']))).toEqual({
      counts: '3 4 0',
      said: [
        'SKIPPED without a reason in test/skips.json: test/a.test.ts: x',
        'SKIPPED without a reason in test/skips.json: test/b.test.ts: in ImmuDB',
      ],
    });
  });

  test('does so with the report of pytest, too', () => {
    const one = (file: string, name: string, inner: string) =>
      `<testcase classname="tests.${file}" name="${name}" time="0.1">${inner}</testcase>`;
    const skipped = '<skipped type="pytest.skip" message="needs ImmuDB">at line 1</skipped>';
    const report = [
      '<?xml version="1.0"?><testsuites><testsuite name="pytest" tests="5">',
      '<testcase classname="tests.test_api" name="test_a[x/&gt;]" time="0.1" />',
      one('test_api', 'test_b', '<failure message="no">a &lt; b</failure>'),
      one('test_stores', 'test_audit_entries_are_proven', skipped),
      one('test_stores', 'test_other', skipped),
      one('test_api', 'test_c', '<system-out>x</system-out>'),
      '</testsuite></testsuites>',
    ];
    expect(counted('c.xml', report.join('\n')).counts).toBe('2 2 1');
  });
});
