import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { withoutManagedFields } from '../../../src/status/snapshot/without-managed-fields.ts';

const read = (list: object) => JSON.parse(String(withoutManagedFields(Buffer.from(JSON.stringify(list))))) as unknown;

/** Names of fields, with what brackets and quotes can do to them. */
const name = fc.oneof(
  fc.constantFrom('f:spec', '.', 'k:{"name":"a]}"}', ']},"a', '],"managedFields":[', ']', ']}', ']},'),
  fc.string(),
);
const fields = fc.letrec<{ node: object }>((tie) => ({
  node: fc.dictionary(name, fc.oneof({ maxDepth: 3 }, fc.constant({}), tie('node')), { maxKeys: 4 }),
})).node;
const managedFields = fc.array(
  fc.record({ manager: fc.oneof(fc.constantFrom('kubectl', ']},"x":['), fc.string()), fieldsV1: fields }),
  { maxLength: 3 },
);
const object = (last: boolean) =>
  fc.record({ name: fc.string(), managedFields, note: name }).map(({ name, managedFields, note }) => ({
    metadata: last ? { name, note, managedFields } : { name, managedFields, note, owners: [{ name }] },
    spec: { note },
  }));

describe('a list without managed fields', () => {
  test('is what is left of it', () => {
    const managed = [{ manager: 'kubelet', time: '2026-03-01T12:00:00Z', fieldsV1: { 'f:status': { 'f:phase': {} } } }];
    const one = { metadata: { name: 'a', managedFields: managed }, spec: { x: [1] } };
    expect(read({ kind: 'PodList', items: [one, one] })).toEqual({
      kind: 'PodList',
      items: [
        { metadata: { name: 'a' }, spec: { x: [1] } },
        { metadata: { name: 'a' }, spec: { x: [1] } },
      ],
    });
  });

  test('has everything else, whatever is in it', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean().chain(object), { maxLength: 4 }), (items) => {
        const bare = (each: unknown) => {
          const { managedFields: _, ...metadata } = (each as { metadata: Record<string, unknown> }).metadata;
          return { ...(each as object), metadata };
        };
        const { items: left } = read({ kind: 'PodList', items }) as { items: unknown[] };
        expect(left.map(bare)).toEqual(items.map(bare));
      }),
      { numRuns: 200 },
    );
  });
});
