import { describe, expect, test } from '@jest/globals';
import type { ServiceKind, WorkloadKind } from '../../charts/common/kind.ts';
import type { PresetName } from '../../charts/model.ts';
import type { Given } from './declared.ts';
import type { Objects } from './objects.ts';

/** What a field of a kind does. */
export interface FieldCase {
  readonly given: unknown;
  /** The profile in which it shows. @default local */
  readonly profile?: PresetName;
  /** What else is said, with and without it. */
  readonly beside?: Given;
  /** Where it shows: in the objects, in the ports on the developer's machine, or in what else is made of the settings. */
  readonly seen: (objects: Objects, hostPorts: readonly (number | undefined)[], settings: Given) => unknown;
  readonly expected: unknown;
}

/**
 * Tests that each field of a kind does what it says: it shows where it should, and only if it is given. A new field of
 * the schema fails until it has a case here.
 *
 * @param minimal what the kind requires
 */
export function describeFields(
  { schema, ports }: Pick<ServiceKind | WorkloadKind, 'schema' | 'ports'>,
  minimal: Given,
  build: (settings: Given, profile?: PresetName) => Objects,
  cases: Readonly<Record<string, FieldCase>>,
): void {
  describe('fields', () => {
    test('each of the schema has a case', () => {
      expect(Object.keys(cases).sort()).toEqual(Object.keys(schema.shape).sort());
    });

    test.each(Object.entries(cases))('%s', (field, { given, profile, beside, seen, expected }) => {
      const look = (settings: Given) =>
        seen(
          build(settings, profile),
          ports(schema.parse(settings)).map(({ hostPort }) => hostPort),
          settings,
        );
      expect(look({ ...minimal, ...beside, [field]: given })).toEqual(expected);
      expect(look({ ...minimal, ...beside })).not.toEqual(expected);
    });
  });
}
