import assert from 'node:assert/strict';
import { test } from 'node:test';
import { answer } from '../src/routes.mjs';

const url = (path) => new URL(path, 'http://localhost');

test('greets', () => {
  assert.deepEqual(answer('GET', url('/?name=Ada')), { status: 200, body: { greeting: 'Hello, Ada' } });
});

test('says that it works', () => assert.equal(answer('GET', url('/health')).status, 200));

test('knows no other route', () => assert.equal(answer('POST', url('/')).status, 404));
