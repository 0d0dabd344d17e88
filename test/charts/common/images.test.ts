import { describe, expect, test } from '@jest/globals';
import { imageReference } from '../../../charts/common/fields.ts';
import { images } from '../../../charts/common/images.ts';

describe('pinned images', () => {
  test.each(Object.entries(images))('%s is one that a project might name too', (_name, reference) => {
    expect(imageReference.parse(reference)).toBe(reference);
  });

  test.each(Object.entries(images))('%s is a version, not a line of versions', (_name, reference) => {
    expect(reference.split(':').at(-1)).toMatch(
      /^(v?\d+(\.\d+)+(-(p\d+|management))?|RELEASE\.\d{4}-\d\d-\d\dT[\d-]+Z)$/,
    );
  });
});
