import { describe, expect, test } from '@jest/globals';
import { secretObjects } from '../../../src/synth/secrets/secret-objects.ts';

const file = 'backends/a/infra/.env';
const namespace = {
  name: 'a',
  labels: { 'repoctl.dev/project': 'a', 'pod-security.kubernetes.io/enforce': 'restricted' },
  secrets: [
    {
      name: 'a-postgres',
      keys: [{ key: 'POSTGRES_PASSWORD', variable: 'REPORTS_POSTGRES_PASSWORD', file, generated: true }],
    },
    { name: 'a-env', keys: [{ key: 'TOKEN', variable: 'TOKEN', file, generated: false }] },
  ],
};
const make = (values: Record<string, string>) => secretObjects(namespace, new Map([[file, values]]));
const values = { REPORTS_POSTGRES_PASSWORD: 'p4ss', TOKEN: 'a b/c:d@é' };

describe('secretObjects', () => {
  test('puts each variable under its key, encoded', () => {
    const { objects, unusable } = make(values);
    expect(unusable).toEqual([]);
    expect(objects.map(({ data }) => data)).toEqual([
      { POSTGRES_PASSWORD: Buffer.from('p4ss').toString('base64') },
      { TOKEN: Buffer.from('a b/c:d@é').toString('base64') },
    ]);
  });

  test('names and labels them like the rest of the namespace', () => {
    expect(make(values).objects[0]?.metadata).toEqual({
      name: 'a-postgres',
      namespace: 'a',
      labels: { 'repoctl.dev/project': 'a', 'app.kubernetes.io/instance': 'a-postgres' },
    });
  });

  test.each(['a b', 'a/b', 'a:b', 'a@b', 'a%20', 'é', ''])(
    'refuses the password %p, which becomes part of a URL',
    (password) => {
      const { unusable } = make({ ...values, REPORTS_POSTGRES_PASSWORD: password });
      expect(unusable).toMatchObject([
        { file, variable: 'REPORTS_POSTGRES_PASSWORD', message: expect.stringContaining('URL') },
      ]);
    },
  );

  test('refuses a variable that is not set', () => {
    expect(make({ TOKEN: 't' }).unusable).toEqual([
      { file, variable: 'REPORTS_POSTGRES_PASSWORD', message: 'is not set' },
    ]);
  });
});
