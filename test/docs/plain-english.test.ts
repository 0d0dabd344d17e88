import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';

const root = join(import.meta.dirname, '..', '..');

/** Phrases that were found in help, messages, docs and docstrings and had to be read twice; what to write instead. */
const forbidden: readonly (readonly [phrase: RegExp, instead: string])[] = [
  [/\bmend(?:s|ed|ing)?\b/i, 'fix, repair'],
  [/\banew\b/i, 'again; replace'],
  [/\bwhoever\b/i, 'the noun: the caller, anyone who'],
  [/\bwhom\b/i, 'the noun: the caller, its owner'],
  [/\bwhat of (?:a|an|the|it|them)\b|\bwhat of \w+'s\b/i, 'the parts of … that'],
  [/\b(?:who|that) would rather\b/i, 'prefer …?'],
  [/\bif there can be one\b/i, 'if possible'],
  [/\bleads? on and on\b/i, 'too many redirects'],
  [/\bdoes not get finished\b/i, 'could not …'],
  [/\bnever on nothing\b/i, 'fail only on'],
  [/\bfor whatever is not\b/i, 'for each problem'],
  [/\bthere never was anything\b/i, 'was never started'],
  [/\bnothing is waited for\b/i, '--timeout needs --wait'],
  [/\buntil this has ended\b/i, 'waiting for'],
  [/\bagain completes it\b/i, 'run … again to finish'],
  [/\bonto which (?:images|files)\b/i, 'repoctl loads images only into'],
  [/\b(?:given also|the terminal of its own)\b/i, 'got extra'],
  [/\bthat is all the\b/i, 'the only requirement is'],
  [/\bwhat this machine lacks\b/i, 'what is missing'],
];

const files = (folder: string, pattern: RegExp): string[] =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => pattern.test(name))
    .map((name) => join(folder, name));

/** Docs, the help of all commands (docs/commands.md), messages, and docstrings. */
const read = [
  ...['README.md', 'CONTRIBUTING.md', 'SECURITY.md', 'CHANGELOG.md'],
  ...files('docs', /\.md$/),
  ...files('src', /\.ts$/),
  ...files('charts', /\.ts$/),
  ...files('tilt', /Tiltfile$|\.star$/),
];

/** A file as one line, so that a phrase is found where a line breaks it. */
const joined = (file: string) => readFileSync(join(root, file), 'utf8').replace(/\s+(?:\*|\/\/|#)?\s*/g, ' ');

test('docs, help, messages and docstrings say it in plain English', () => {
  expect(read.length).toBeGreaterThan(300);
  const found = read.flatMap((file) => {
    const text = joined(file);
    return forbidden.flatMap(([phrase, instead]) => {
      const at = phrase.exec(text);
      return at ? [`${file}: "${text.slice(Math.max(0, at.index - 30), at.index + 40)}" → ${instead}`] : [];
    });
  });
  expect(found).toEqual([]);
});
