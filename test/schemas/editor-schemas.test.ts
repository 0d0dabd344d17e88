import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { Ajv } from 'ajv';
import { parse } from 'yaml';

const repository = join(import.meta.dirname, '..', '..');
const ajv = new Ajv({ strict: false, allErrors: true, formats: { email: true } });
const validator = (name: string) =>
  ajv.compile(JSON.parse(readFileSync(join(repository, 'schemas', `${name}.schema.json`), 'utf8')) as object);
const validators = { 'repoctl.yaml': validator('repoctl'), 'project.yaml': validator('project') };

const files = ['repoctl.yaml', 'backends', 'apps', 'test/fixtures/valid'].flatMap((path) => {
  try {
    return readdirSync(join(repository, path), { recursive: true, encoding: 'utf8' }).map((name) => `${path}/${name}`);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOTDIR' ? [path] : [];
  }
});
const configurations = files.filter(
  (path) => !path.includes('node_modules') && /(^|\/)(repoctl|project)\.yaml$/.test(path),
);

describe('the schemas for editors', () => {
  test.each(configurations)('accept %s', (path) => {
    const validate = validators[path.endsWith('repoctl.yaml') ? 'repoctl.yaml' : 'project.yaml'];
    validate(parse(readFileSync(join(repository, path), 'utf8')));
    expect(validate.errors ?? []).toEqual([]);
  });

  test.each(configurations.filter((path) => !path.startsWith('test/')))(
    'are named in the first line of %s, relative to it',
    (path) => {
      const [line = ''] = readFileSync(join(repository, path), 'utf8').split('\n');
      const schema = /^# yaml-language-server: \$schema=(\S+)$/.exec(line)?.[1] ?? 'none';
      expect(() => JSON.parse(readFileSync(join(repository, path, '..', schema), 'utf8'))).not.toThrow();
    },
  );

  test.each([
    ['a misspelt field', { name: 'a', workload: {} }],
    ['a missing name', { workloads: {} }],
    ['an unknown kind', { name: 'a', workloads: { api: { kind: 'htp', port: 80 } } }],
    ['a field of another kind', { name: 'a', workloads: { api: { kind: 'http', port: 80, schedule: '@daily' } } }],
    ['a wrong type', { name: 'a', workloads: { api: { kind: 'http', port: '80' } } }],
    ['an invalid name', { name: 'A_b' }],
    ['an image that is a number', { name: 'a', services: { postgres: { image: 5 } } }],
  ])('refuse %s', (_, data) => {
    expect(validators['project.yaml'](data)).toBe(false);
  });
});
