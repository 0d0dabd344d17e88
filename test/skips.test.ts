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

const count = (...args: readonly string[]) =>
  spawnSync(process.execPath, [join(root, '.ci', 'count.mjs'), ...args], { encoding: 'utf8' });

/** What CI makes of a report. */
function counted(name: string, report: string, ...again: readonly string[]) {
  writeFileSync(join(folder, name), report);
  const { stdout, stderr } = count(join(folder, name), ...again);
  return { counts: stdout.trim(), said: stderr.trim().split('\n') };
}

test.each(rows)('$file: $test is in that file, and has a reason', ({ file, test: pattern, reason }) => {
  expect(readFileSync(join(root, file), 'utf8')).toMatch(new RegExp(pattern.replace('^', '')));
  expect(reason.length).toBeGreaterThan(20);
});

describe('CI', () => {
  type Ended = readonly [file: string, name: string, status: 'passed' | 'failed' | 'pending', said?: string];
  const jest = (...tests: readonly Ended[]) =>
    JSON.stringify({
      testResults: tests.map(([file, fullName, status, said]) => ({
        name: join(root, file),
        status: status === 'failed' ? 'failed' : 'passed',
        assertionResults: [{ status, fullName, failureMessages: said ? [said] : [] }],
      })),
    });
  const passed: Ended = ['test/a.test.ts', 'a', 'passed'];
  const failed: Ended = ['test/b.test.ts', 'b', 'failed', '\u001b[31mno\u001b[39m'];

  test('counts a skip that has a reason', () => {
    const skipped: Ended = ['test/e2e/cluster.test.ts', 'a cluster leaves an audit entry in ImmuDB', 'pending'];
    expect(counted('a.json', jest(passed, failed, skipped))).toEqual({
      counts: '1 1 1',
      said: [
        'FAILED: test/b.test.ts: b',
        '    no',
        'skipped: test/e2e/cluster.test.ts: a cluster leaves an audit entry in ImmuDB',
      ],
    });
  });

  test('fails at one that has none, or only in another file', () => {
    const skipped: Ended[] = [
      ['test/a.test.ts', 'x', 'pending'],
      ['test/b.test.ts', 'in ImmuDB', 'pending'],
    ];
    expect(counted('b.json', jest(passed, ...skipped))).toEqual({
      counts: '1 2 0',
      said: [
        'SKIPPED without a reason in test/skips.json: test/a.test.ts: x',
        'SKIPPED without a reason in test/skips.json: test/b.test.ts: in ImmuDB',
      ],
    });
  });

  test('fails at a file that can’t be run', () => {
    const broken = {
      name: join(root, 'test/c.test.ts'),
      status: 'failed',
      message: 'no such module',
      assertionResults: [],
    };
    expect(counted('d.json', JSON.stringify({ testResults: [broken] }))).toEqual({
      counts: '0 1 0',
      said: ['FAILED: test/c.test.ts: the file', '    no such module'],
    });
  });

  test('counts a file that was run again as it ended then, and says what failed before', () => {
    writeFileSync(join(folder, 'again.json'), jest(['test/b.test.ts', 'b', 'passed']));
    expect(counted('e.json', jest(passed, failed), join(folder, 'again.json'))).toEqual({
      counts: '2 0 0',
      said: ['failed at first: test/b.test.ts: b', '    no'],
    });
    writeFileSync(join(folder, 'again.json'), jest(failed));
    expect(counted('e.json', jest(passed, failed), join(folder, 'again.json')).counts).toBe('1 1 0');
  });

  test('names the files with a failure', () => {
    writeFileSync(join(folder, 'f.json'), jest(passed, failed, failed));
    expect(count('--failed-files', join(folder, 'f.json')).stdout).toBe('test/b.test.ts\n');
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
