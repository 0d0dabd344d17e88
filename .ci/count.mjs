#!/usr/bin/env node
// Counts what a report of jest (JSON), pytest (JUnit) or go test (-json) says: prints 'PASSED FAILED SKIPPED', and names what
// failed. A test that was skipped without a reason in test/skips.json has failed: nobody would notice that it never runs.
//
// count.mjs REPORT [AGAIN]          AGAIN: of files that were run a second time. Their tests count as they ended there; those
//                                   that failed before are named.
// count.mjs --failed-files REPORT   prints the files with a failure, each on a line.
import { readFileSync } from 'node:fs';
import { relative } from 'node:path';

const root = new URL('..', import.meta.url).pathname;
const listed = JSON.parse(readFileSync(new URL('../test/skips.json', import.meta.url), 'utf8'));

const jestEnds = { passed: 'passed', failed: 'failed' };

/** @returns the tests of jest's report: what each is in, its name, how it ended, and what it said */
function ofJest(text) {
  return JSON.parse(text).testResults.flatMap(({ name, status, message, assertionResults }) => {
    const file = relative(root, name);
    const tests = assertionResults.map((each) => ({
      file,
      test: each.fullName,
      ended: jestEnds[each.status] ?? 'skipped',
      said: each.failureMessages?.join('\n') ?? '',
    }));
    // A file that can't be run has no test that fails.
    const broken = status === 'failed' && !tests.some(({ ended }) => ended === 'failed');
    return broken ? [...tests, { file, test: 'the file', ended: 'failed', said: message ?? '' }] : tests;
  });
}

function ofPytest(text) {
  const cases = [...text.matchAll(/<testcase\b([^>]*?)(?:\/>|>(.*?)<\/testcase>)/gs)];
  const attribute = (of, name) => new RegExp(`\\b${name}="([^"]*)"`).exec(of)?.[1] ?? '';
  if (cases.length === 0) throw new Error('no test in the report');
  return cases.map(([, at, inner = '']) => ({
    file: `backends/svc-turfoo-ingest/${attribute(at, 'classname').replaceAll('.', '/')}.py`,
    test: attribute(at, 'name'),
    ended: /<(failure|error)\b/.test(inner) ? 'failed' : /<skipped\b/.test(inner) ? 'skipped' : 'passed',
    said: inner,
  }));
}

function ofGo(text) {
  const events = text
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line));
  const ended = events.filter(({ Action }) => ['pass', 'fail', 'skip'].includes(Action));
  const tests = ended.filter(({ Test }) => Test);
  if (tests.length === 0) throw new Error('no test in the report');
  // A package that does not compile, or ends early, fails without a test that does.
  const broken = ended.filter(
    ({ Action, Package, Test }) =>
      Action === 'fail' && !Test && !tests.some((each) => each.Package === Package && each.Action === 'fail'),
  );
  return [...tests, ...broken].map(({ Package, Test, Action }) => ({
    file: `backends/${Package}`,
    test: Test ?? 'the package',
    ended: goEnds[Action],
    said: events
      .filter((each) => each.Action === 'output' && each.Package === Package && each.Test === Test)
      .map(({ Output }) => Output)
      .join(''),
  }));
}

const goEnds = { pass: 'passed', fail: 'failed', skip: 'skipped' };
const readers = { xml: ofPytest, jsonl: ofGo, json: ofJest };
const read = (path) => readers[path.split('.').at(-1)](readFileSync(path, 'utf8'));

function printFailedFiles(path) {
  const failed = read(path).filter(isFailed);
  for (const file of new Set(failed.map((each) => each.file))) console.log(file);
}

function printCounts(path, pathAgain) {
  const first = read(path);
  const again = pathAgain ? read(pathAgain) : [];
  const repeated = new Set(again.map(({ file }) => file));
  const tests = [...first.filter(({ file }) => !repeated.has(file)), ...again];
  const failed = tests.filter(isFailed);
  for (const each of first.filter((one) => isFailed(one) && repeated.has(one.file))) tell('failed at first', each);
  for (const each of failed) tell('FAILED', each);
  const skipped = tests.filter(({ ended }) => ended === 'skipped');
  const isListed = ({ file, test }) => listed.some((row) => row.file === file && new RegExp(row.test).test(test));
  const unlisted = skipped.filter((each) => !isListed(each));
  for (const each of unlisted) tell('SKIPPED without a reason in test/skips.json', each);
  for (const each of skipped.filter(isListed)) tell('skipped', each);
  const passed = tests.length - failed.length - skipped.length;
  console.log(passed, failed.length + unlisted.length, skipped.length - unlisted.length);
}

const isFailed = ({ ended }) => ended === 'failed';

/** The first lines of what a failure says, and no colours. */
function tell(what, { file, test, said = '' }) {
  console.error(`${what}: ${file}: ${test}`);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colours begin with one
  const lines = what.startsWith('skipped') || !said ? [] : said.replaceAll(/\x1b\[[\d;]*m/g, '').split('\n');
  for (const line of lines.slice(0, 12)) console.error(`    ${line.slice(0, 300)}`);
}

const args = process.argv.slice(2);
if (args[0] === '--failed-files') printFailedFiles(args[1] ?? '');
else printCounts(...args);
