#!/usr/bin/env node
// Counts what a report of jest (JSON), pytest (JUnit) or go test (-json) says: prints 'PASSED FAILED SKIPPED'. A test that was skipped without
// a reason in test/skips.json has failed: nobody would notice that it never runs.
import { readFileSync } from 'node:fs';
import { relative } from 'node:path';

const root = new URL('..', import.meta.url).pathname;
const listed = JSON.parse(readFileSync(new URL('../test/skips.json', import.meta.url), 'utf8'));

/** @returns how many passed and failed, and the tests that were skipped */
function ofJest(text) {
  const report = JSON.parse(text);
  const skipped = report.testResults.flatMap(({ name, assertionResults }) =>
    assertionResults
      .filter(({ status }) => status === 'pending' || status === 'todo')
      .map(({ fullName }) => ({ file: relative(root, name), test: fullName })),
  );
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + report.numRuntimeErrorTestSuites,
    skipped,
  };
}

function ofPytest(text) {
  const cases = [...text.matchAll(/<testcase\b([^>]*?)(?:\/>|>(.*?)<\/testcase>)/gs)];
  const attribute = (of, name) => new RegExp(`\\b${name}="([^"]*)"`).exec(of)?.[1] ?? '';
  const bad = cases.filter(([, , inner = '']) => /<(failure|error)\b/.test(inner));
  const skipped = cases
    .filter(([, , inner = '']) => /<skipped\b/.test(inner))
    .map(([, at]) => ({
      file: `backends/svc-turfoo-ingest/${attribute(at, 'classname').replaceAll('.', '/')}.py`,
      test: attribute(at, 'name'),
    }));
  if (cases.length === 0) throw new Error('no test in the report');
  return { passed: cases.length - bad.length - skipped.length, failed: bad.length, skipped };
}

function ofGo(text) {
  const ended = text
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line))
    .filter(({ Action }) => ['pass', 'fail', 'skip'].includes(Action));
  const tests = ended.filter(({ Test }) => Test);
  const failed = tests.filter(({ Action }) => Action === 'fail');
  // A package that does not compile, or ends early, fails without a test that does.
  const broken = ended.filter(
    ({ Action, Package, Test }) => Action === 'fail' && !Test && !failed.some((each) => each.Package === Package),
  );
  const skipped = tests
    .filter(({ Action }) => Action === 'skip')
    .map(({ Package, Test }) => ({ file: `backends/${Package}`, test: Test }));
  if (tests.length === 0) throw new Error('no test in the report');
  return { passed: tests.length - failed.length - skipped.length, failed: failed.length + broken.length, skipped };
}

const readers = { xml: ofPytest, jsonl: ofGo, json: ofJest };
const [path = ''] = process.argv.slice(2);
const text = readFileSync(path, 'utf8');
const { passed, failed, skipped } = readers[path.split('.').at(-1)](text);
const isListed = ({ file, test }) => listed.some((row) => row.file === file && new RegExp(row.test).test(test));
const unlisted = skipped.filter((each) => !isListed(each));
for (const { file, test } of unlisted) console.error(`SKIPPED without a reason in test/skips.json: ${file}: ${test}`);
for (const { file, test } of skipped.filter(isListed)) console.error(`skipped: ${file}: ${test}`);
console.log(passed, failed + unlisted.length, skipped.length - unlisted.length);
