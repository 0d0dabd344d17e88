import { describe, expect, test } from '@jest/globals';
import { changeLines, fieldText, isEmpty } from '../../src/deploy/change-lines.ts';
import type { ObjectChange } from '../../src/deploy/object-change.ts';
import type { NamespaceChanges } from '../../src/deploy/read-changes.ts';

const change = (
  action: ObjectChange['action'],
  kind: string,
  name: string,
  more: Partial<ObjectChange> = {},
): ObjectChange => ({
  action,
  apiVersion: 'v1',
  kind,
  name,
  fields: [],
  consequences: [],
  ...more,
});
const changes = (name: string, more: Partial<NamespaceChanges> = {}): NamespaceChanges => ({
  namespace: { name } as NamespaceChanges['namespace'],
  objects: [],
  steps: [],
  changes: [],
  enlargements: [],
  problems: [],
  ...more,
});
const plain = (_colour: string, text: string) => text;

test('changes are told by namespace, object and field, with what they mean', () => {
  const shop = changes('shop', {
    changes: [
      change('create', 'Job', 'shop-migrate-1', { consequences: [{ severity: 'note', message: 'runs once' }] }),
      change('change', 'Service', 'shop-api', {
        fields: [{ path: 'spec.selector.a', from: 'x', to: 'y' }],
        consequences: [{ severity: 'interruption', message: 'it leads to other pods' }],
      }),
      change('replace', 'Deployment', 'shop-web'),
      change('remove', 'StatefulSet', 'shop-old', { consequences: [{ severity: 'data', message: 'its claims stay' }] }),
    ],
    enlargements: ['data-shop-postgres-0 to 2Gi'],
    problems: [{ message: 'a claim can’t be\nmade smaller', advice: 'Set it again\nor not' }],
  });
  expect(changeLines([changes('dev'), shop], [], plain)).toEqual([
    'shop',
    '  + job shop-migrate-1 (runs once)',
    '  ~ service shop-api',
    '      spec.selector.a: x → y',
    '    ! it leads to other pods',
    '  -/+ deployment shop-web',
    '  - statefulset shop-old',
    '    ! its claims stay',
    '  ~ claim data-shop-postgres-0 to 2Gi: it gets more room, and its data stays',
    '  ! can’t be applied: a claim can’t be made smaller',
    '      Set it again',
    '      or not',
    '1 to create, 1 to change, 1 to replace, 1 to remove, 1 claim to enlarge, 1 problem in the way.',
  ]);
  expect([isEmpty(shop), isEmpty(changes('dev'))]).toEqual([false, true]);
});

test('a project that has left is told with its data, and whether another one is new', () => {
  const left = [{ name: 'ledger', project: 'ledger', claims: ['data-0'] }];
  const fresh = changes('book', { changes: [change('create', 'Namespace', 'book')] });
  expect(changeLines([fresh], left, plain).slice(2, 6)).toEqual([
    'ledger',
    '  ! the project ledger has left the configuration; its namespace stays as it is, with its data in data-0',
    '      Was it renamed? book is new and begins without its data.',
    '      Once nothing needs it: kubectl delete namespace ledger',
  ]);
  expect(changeLines([changes('dev')], left, plain)).toEqual([
    'ledger',
    expect.stringContaining('has left the configuration'),
    '      Once nothing needs it: kubectl delete namespace ledger',
    'Nothing to change.',
  ]);
});

describe('a field', () => {
  test.each([
    [{ path: 'a', from: 1, to: 2 }, 'a: 1 → 2'],
    [{ path: 'a', to: { b: 'c' } }, 'a: + {"b":"c"}'],
    [{ path: 'a', from: '' }, 'a: - ""'],
    [{ path: 'data.key', hidden: true as const }, 'data.key: changed (the values of Secrets are not shown)'],
    [{ path: 'a', from: 'x\ny\nz', to: 'x\nw\nz\n' }, 'a: 3 lines → 4; line 2: y → w'],
    [{ path: 'a', from: 'x', to: 'x\ny' }, 'a: 1 line → 2; line 2: (its end) → y'],
    [{ path: 'a', to: '\u001b[2Jx' }, 'a: + \\u001b[2Jx'],
  ])('%j', (field, expected) => expect(fieldText(field)).toBe(expected));

  test('that is long is cut', () => {
    expect(fieldText({ path: 'a', to: 'x'.repeat(500) }).length).toBeLessThan(90);
  });
});
