import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { explain, explanationText } from '../../src/config/explain.ts';
import { UsageError } from '../../src/platform/errors.ts';
import { type Files, inRepository, paths, text } from './repository.ts';

const files: Files = {
  [paths.environment]: text`
    name: monorepo
    global:
      redis: { storage: 4Gi }
    profiles:
      production: { images: { registry: registry.example.com/team, tag: 1.0.0 } }
      staging: { extends: production }
  `,
  'backends/svc-a/infra/sql/1.sql': 'SELECT 1;\n',
  [paths.project]: text`
    name: alpha
    images:
      app: {}
    services:
      postgres: { initScripts: infra/sql }
    workloads:
      api:
        kind: http
        port: 8000
        args: [serve]
    profiles:
      production:
        workloads: { api: { replicas: 3 } }
      staging:
        workloads: { api: { replicas: 2, args: [serve, --fast] } }
  `,
};

const explained = (name: string, profile: string) => inRepository(files, (root) => explain(root, name, profile));

describe('explain', () => {
  test.each([
    ['local', { replicas: 'default', port: '9:11', args: '10:11' }],
    ['production', { replicas: '13:35 production', port: '9:11', args: '10:11' }],
    ['staging', { replicas: '15:35 staging', port: '9:11', args: '15:44 staging' }],
  ])('says where each value of a workload was said, %s', async (profile, expected) => {
    const { values } = await explained('alpha/api', profile);
    const places = Object.fromEntries(
      values.map(({ path, origin }) => [
        path.join('.'),
        origin ? [`${origin.line}:${origin.column}`, origin.profile].filter(Boolean).join(' ') : 'default',
      ]),
    );
    expect(places).toMatchObject(expected);
  });

  test('takes what files say as said where their folder is named', async () => {
    const { values } = await explained('alpha/postgres', 'local');
    const script = values.find(({ path }) => path[0] === 'initScripts');
    expect(script).toMatchObject({ value: 'SELECT 1;\n', origin: { line: 5, column: 28 } });
  });

  test('knows the global tier', async () => {
    const { file, values } = await explained('monorepo/redis', 'local');
    expect(file).toBe('repoctl.yaml');
    expect(values.find(({ path }) => path[0] === 'storage')).toMatchObject({ value: '4Gi', origin: { line: 3 } });
  });

  test.each(['alpha', 'svc-a', 'backends/svc-a', 'backends/svc-a/', 'alpha/api', 'svc-a/api', 'backends/svc-a/api'])(
    'finds %s',
    async (name) => expect((await explained(name, 'local')).name).toBe(name.includes('api') ? 'alpha/api' : 'alpha'),
  );

  test.each([
    ['alpha/apis', 'alpha has no service or workload "apis"; allowed: api, postgres; did you mean "api"?'],
    ['alhpa', 'no project "alhpa"; allowed: alpha, web; did you mean "alpha"?'],
    ['monorepo/redsi', /^monorepo has no service or workload "redsi"; .*did you mean "redis"/],
  ])('refuses %s', async (name, message) => {
    await expect(explained(name, 'local')).rejects.toThrow(UsageError);
    await expect(explained(name, 'local')).rejects.toThrow(message);
  });

  test('prints YAML that says the same', async () => {
    const explanation = await explained('alpha/api', 'staging');
    const printed = explanationText(explanation);
    expect(printed).toContain('replicas: 2 # 15:35 (profiles.staging)\n');
    expect(printed).toContain('stopSeconds: 30 # default\n');
    expect(parse(printed)).toEqual(JSON.parse(JSON.stringify(explanation.data)));
  });
});
