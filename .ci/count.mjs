#!/usr/bin/env node
// Counts what a report of jest (JSON) or pytest (JUnit) says: prints 'PASSED FAILED SKIPPED'. A test that was skipped without
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

const [path = ''] = process.argv.slice(2);
const text = readFileSync(path, 'utf8');
const { passed, failed, skipped } = path.endsWith('.xml') ? ofPytest(text) : ofJest(text);
const isListed = ({ file, test }) => listed.some((row) => row.file === file && new RegExp(row.test).test(test));
const unlisted = skipped.filter((each) => !isListed(each));
for (const { file, test } of unlisted) console.error(`SKIPPED without a reason in test/skips.json: ${file}: ${test}`);
for (const { file, test } of skipped.filter(isListed)) console.error(`skipped: ${file}: ${test}`);
console.log(passed, failed + unlisted.length, skipped.length - unlisted.length);
