import { describe, expect, test } from '@jest/globals';
import { quantityValue } from '../../src/lifecycle/quantity.ts';

describe('quantityValue', () => {
  test.each([
    ['1', 1],
    [2, 2],
    ['100m', 0.1],
    ['1.5', 1.5],
    ['128Mi', 134_217_728],
    ['1Gi', 1_073_741_824],
    ['1G', 1e9],
    ['129e6', 129e6],
    ['32986188Ki', 32_986_188 * 1024],
  ])('%s is %d', (quantity, value) => expect(quantityValue(quantity)).toBeCloseTo(value, 9));

  test.each(['', 'Mi', '1 Gi', 'one', '1GB'])('"%s" is none', (quantity) => {
    expect(() => quantityValue(quantity)).toThrow(`no quantity: ${quantity}`);
  });
});
