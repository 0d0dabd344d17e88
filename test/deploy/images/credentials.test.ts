import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { credentialsFor, readDockerConfig } from '../../../src/deploy/images/credentials.ts';

const auth = (text: string) => ({ auth: Buffer.from(text).toString('base64') });
const helper = async (name: string, registry: string) => ({ username: name, password: registry });

describe('the login of a registry', () => {
  test.each<[string, string, Parameters<typeof credentialsFor>[1], unknown]>([
    ['is none without one', 'a.example', {}, undefined],
    [
      'is that of its name',
      'a.example',
      { auths: { 'a.example': auth('me:x:y') } },
      { username: 'me', password: 'x:y' },
    ],
    ['or of its URL', 'a.example', { auths: { 'https://a.example': auth('me:x') } }, { username: 'me', password: 'x' }],
    ['is not that of another one', 'a.example', { auths: { 'b.example': auth('me:x') } }, undefined],
    [
      'of Docker’s own has a name of its own',
      'docker.io',
      { auths: { 'https://index.docker.io/v1/': auth('me:x') } },
      { username: 'me', password: 'x' },
    ],
    [
      'is asked of its helper',
      'a.example',
      { credHelpers: { 'a.example': 'one' }, credsStore: 'all' },
      { username: 'one', password: 'a.example' },
    ],
    [
      'or of the one for all',
      'docker.io',
      { credsStore: 'all' },
      { username: 'all', password: 'https://index.docker.io/v1/' },
    ],
    ['is none where an entry is empty', 'a.example', { auths: { 'a.example': {} } }, undefined],
  ])('%s', async (_, registry, config, expected) =>
    expect(await credentialsFor(registry, config, helper)).toEqual(expected),
  );
});

describe('Docker’s configuration', () => {
  const folder = (text?: string) => {
    const made = mkdtempSync(join(tmpdir(), 'repoctl-test-'));
    if (text !== undefined) writeFileSync(join(made, 'config.json'), text);
    return { DOCKER_CONFIG: made };
  };

  test('is empty where there is none', () => expect(readDockerConfig(folder())).toEqual({}));
  test('is read where $DOCKER_CONFIG says', () =>
    expect(readDockerConfig(folder('{ "credsStore": "x", "other": 1 }'))).toMatchObject({ credsStore: 'x' }));
  test.each(['{', '[]', '{ "auths": 1 }'])('%s is none, which is said with the file', (text) => {
    const env = folder(text);
    expect(() => readDockerConfig(env)).toThrow(
      `${join(env.DOCKER_CONFIG, 'config.json')} is not a configuration of Docker`,
    );
  });
});
