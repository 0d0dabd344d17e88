import { describe, expect, test } from '@jest/globals';
import { objectName, serviceHost, variableName, variablePart } from '../../../charts/common/names.ts';

describe('names', () => {
  test('of an object begin with its owner', () => {
    expect(objectName('shop', 'postgres')).toBe('shop-postgres');
  });

  test("of a host are right in every cluster, whatever the cluster's domain", () => {
    expect(serviceHost('shop-postgres', 'shop')).toBe('shop-postgres.shop.svc');
  });

  test.each([
    ['api', 'API'],
    ['raw-cards', 'RAW_CARDS'],
    ['a-b-c', 'A_B_C'],
  ])('%s is %s in a variable', (name, part) => {
    expect(variablePart(name)).toBe(part);
  });

  test.each([
    ['postgres', 'postgres', 'DATABASE_URL'],
    ['reports', 'postgres', 'REPORTS_DATABASE_URL'],
    ['month-end', 'postgres', 'MONTH_END_DATABASE_URL'],
  ])('the service %s of kind %s gives %s', (name, kind, expected) => {
    expect(variableName({ name, kind }, 'DATABASE_URL')).toBe(expected);
  });
});
