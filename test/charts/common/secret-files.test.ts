import { expect, test } from '@jest/globals';
import { secretMounts, secretVolume } from '../../../charts/common/secret-files.ts';

test('a Secret as a volume is one file that only the group can read', () => {
  expect(secretVolume('password', 'shop-postgres', 'POSTGRES_PASSWORD')).toEqual({
    name: 'password',
    secret: {
      secretName: 'shop-postgres',
      defaultMode: 0o440,
      items: [{ key: 'POSTGRES_PASSWORD', path: 'POSTGRES_PASSWORD' }],
    },
  });
});

test('its files are mounted one by one: what changes in the Secret comes with the next start of the container', () => {
  expect(secretMounts('root', '/run/secrets/minio', ['USER', 'PASSWORD'])).toEqual([
    { volume: 'root', path: '/run/secrets/minio/USER', subPath: 'USER', readOnly: true },
    { volume: 'root', path: '/run/secrets/minio/PASSWORD', subPath: 'PASSWORD', readOnly: true },
  ]);
});
