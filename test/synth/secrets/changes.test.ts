import { describe, expect, test } from '@jest/globals';
import {
  changedKeys,
  type SecretObject,
  withoutPrevious,
  withPrevious,
} from '../../../src/synth/secrets/changed-keys.ts';

const secret = (values: Readonly<Record<string, string>>): SecretObject => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: 'shop-postgres', namespace: 'shop' },
  data: Object.fromEntries(
    Object.entries(values).map(([key, value]) => [key, Buffer.from(value).toString('base64')] as const),
  ),
});

describe('a Secret whose value changes', () => {
  const changed = withPrevious(secret({ PASSWORD: 'new', USER: 'me' }), secret({ PASSWORD: 'old', USER: 'me' }));

  test('keeps what it was until all is done', () => {
    expect(changedKeys(changed)).toEqual([
      { namespace: 'shop', secret: 'shop-postgres', key: 'PASSWORD', value: 'new', previous: ['old'] },
    ]);
    expect(withoutPrevious(changed)).toEqual(secret({ PASSWORD: 'new', USER: 'me' }));
  });

  test('still does when the next command comes, and when it changes again meanwhile', () => {
    const again = withPrevious(secret({ PASSWORD: 'new', USER: 'me' }), changed);
    expect(again).toEqual(changed);
    const third = withPrevious(secret({ PASSWORD: 'newest', USER: 'me' }), changed);
    expect(changedKeys(third)[0]?.previous).toEqual(['old', 'new']);
  });
});

test.each([
  ['is new', undefined],
  ['has gained a key', secret({ USER: 'me' })],
  ['is as it was', secret({ PASSWORD: 'new', USER: 'me' })],
])('one that %s has no change', (_, existing) => {
  const wanted = secret({ PASSWORD: 'new', USER: 'me' });
  expect(withPrevious(wanted, existing)).toEqual(wanted);
  expect(changedKeys(wanted)).toEqual([]);
});
