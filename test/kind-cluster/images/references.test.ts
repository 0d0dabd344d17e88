import { describe, expect, test } from '@jest/globals';
import { fullReference, hasImage, readNodeImages, referenceIn } from '../../../src/kind-cluster/images/references.ts';

describe('an image reference', () => {
  test.each([
    ['turfoo-app:local', 'docker.io/library/turfoo-app:local', 'localhost:5001/turfoo-app:local'],
    ['redis', 'docker.io/library/redis:latest', 'localhost:5001/redis:latest'],
    ['dpage/pgadmin4:9.9', 'docker.io/dpage/pgadmin4:9.9', 'localhost:5001/dpage/pgadmin4:9.9'],
    ['ghcr.io/astral-sh/uv:0.9', 'ghcr.io/astral-sh/uv:0.9', 'localhost:5001/ghcr.io/astral-sh/uv:0.9'],
    ['localhost/x', 'localhost/x:latest', 'localhost:5001/localhost/x:latest'],
    ['redis@sha256:ab', 'docker.io/library/redis@sha256:ab', 'localhost:5001/redis@sha256:ab'],
  ])('%s is %s in full, %s in the registry', (given, full, pushed) => {
    expect(fullReference(given)).toBe(full);
    expect(referenceIn('localhost:5001', given)).toBe(pushed);
  });
});

describe('a node has an image', () => {
  const images = readNodeImages(
    [
      'REF                                 TYPE                                                 DIGEST      SIZE     PLATFORMS',
      'docker.io/library/turfoo-app:local  application/vnd.docker.distribution.manifest.v2+json sha256:m1   171 MiB  linux/amd64',
      'docker.io/library/redis:7           application/vnd.oci.image.index.v1+json              sha256:m2   9 MiB    linux/amd64',
      'sha256:c1                           application/vnd.docker.distribution.manifest.v2+json sha256:m1   171 MiB  linux/amd64',
      'sha256:c0                           application/vnd.docker.distribution.manifest.v2+json sha256:m0   171 MiB  linux/amd64',
      '',
    ].join('\n'),
  );

  test.each([
    ['turfoo-app:local', 'sha256:c1', true],
    ['redis:7', 'sha256:m2', true],
    ['turfoo-app:local', 'sha256:c0', false],
    ['turfoo-app:other', 'sha256:c1', false],
    ['turfoo-app:local', 'sha256:c9', false],
  ])('%s with the ID %s: %s', (reference, id, there) => {
    expect(hasImage(images, reference, id)).toBe(there);
  });

  test('not, where it has nothing', () => {
    expect(hasImage(new Map(), 'redis:7', 'sha256:m2')).toBe(false);
  });
});
