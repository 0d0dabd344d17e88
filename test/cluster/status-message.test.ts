import { describe, expect, test } from '@jest/globals';
import { statusMessage } from '../../src/cluster/status-message.ts';

const template = `core.PodTemplateSpec{ObjectMeta:v1.ObjectMeta{Name:"", ${'Labels:map[string]string{"a":"b: c"}, '.repeat(300)}}}`;
const status = (fields: object) => JSON.stringify({ kind: 'Status', status: 'Failure', ...fields });

describe('what the API says is wrong', () => {
  test('is said without the object that it repeats', () => {
    const cause = {
      reason: 'FieldValueInvalid',
      message: `Invalid value: ${template}: field is immutable`,
      field: 'spec.template',
    };
    const message = `Job.batch "shop-migrate" is invalid: spec.template: ${cause.message}`;
    expect(statusMessage(status({ message, reason: 'Invalid', details: { causes: [cause] } }))).toBe(
      'Job.batch "shop-migrate" is invalid: spec.template: field is immutable',
    );
    expect(statusMessage(status({ message: `admission: ${cause.message}` }))).toBe('admission: field is immutable');
  });

  test('keeps a short value, which tells what was wrong', () => {
    const cause = { message: 'Invalid value: "A": must be lower case', field: 'metadata.name' };
    expect(
      statusMessage(status({ message: 'Pod "A" is invalid: …', reason: 'Invalid', details: { causes: [cause] } })),
    ).toBe('Pod "A" is invalid: metadata.name: Invalid value: "A": must be lower case');
  });

  test('names the manager of each field in a conflict', () => {
    const conflict = (field: string) => ({
      reason: 'FieldManagerConflict',
      message: 'conflict with "kubectl" using v1',
      field,
    });
    const causes = [conflict('.data.a'), conflict('.data.b')];
    const message = 'Apply failed with 2 conflicts: conflicts with "kubectl" using v1:\n- .data.a\n- .data.b';
    expect(statusMessage(status({ message, reason: 'Conflict', details: { causes } }))).toBe(
      'Apply failed with 2 conflicts\n  .data.a: conflict with "kubectl" using v1\n  .data.b: conflict with "kubectl" using v1',
    );
  });

  test.each([
    ['a text is repeated', 'no such host\n', 'no such host'],
    ['a long one is cut', 'x'.repeat(5000), `${'x'.repeat(600)} …`],
    ['nothing is nothing', '', undefined],
    ['an object without a message, too', '{}', undefined],
    ['other JSON is a text', '7', '7'],
  ])('of what is no Status: %s', (_, body, message) => expect(statusMessage(body)).toBe(message));
});
