import { describe, expect, test } from '@jest/globals';
import { load } from '../../src/config/load.ts';
import { findProfile, resolveProfiles } from '../../src/config/profiles.ts';
import { UsageError } from '../../src/platform/errors.ts';
import { type Files, inRepository, paths, text } from './repository.ts';

describe('profiles', () => {
  const images = { registry: 'registry.example.com/team', tag: '1.0.0' };

  test('take over what they don’t say, field by field', () => {
    const { staging, preview } = resolveProfiles(
      {
        production: { images, managed: ['postgres'] },
        staging: { extends: 'production', images: { tag: '2.0.0-rc1' } },
        preview: { extends: 'staging', managed: [], hostPorts: false },
      },
      0,
    );
    expect(staging).toEqual({
      name: 'staging',
      chain: ['staging', 'production'],
      development: false,
      hostPorts: true,
      portOffset: 0,
      managed: ['postgres'],
      images: { ...images, tag: '2.0.0-rc1' },
    });
    expect(preview).toMatchObject({
      chain: ['preview', 'staging', 'production'],
      hostPorts: false,
      managed: [],
      images: staging?.images,
    });
  });

  test('of development have the ports of this machine shifted by both offsets, and build their images', () => {
    const { mine } = resolveProfiles({ production: { images }, mine: { extends: 'local', portOffset: 1000 } }, 200);
    expect(mine).toMatchObject({ development: true, portOffset: 1200, images: undefined });
  });

  test('have the tag of the command line before their own', () => {
    const { staging } = resolveProfiles({ production: { images }, staging: { extends: 'production' } }, 0, '9.9.9');
    expect(staging?.images).toEqual({ ...images, tag: '9.9.9' });
  });

  test.each([
    ['stagign', {}, 'no profile "stagign"; allowed: external, local, production, staging; did you mean "staging"?'],
    ['../staging', {}, /^no profile "\.\.\/staging"; allowed/],
    ['staging', { development: true }, 'the profile staging is not for development; allowed: local, external'],
  ])('are found by name: %s %j', (given, options, message) => {
    const profiles = resolveProfiles({ staging: { extends: 'production' } }, 0);
    expect(() => findProfile(profiles, given, options)).toThrow(UsageError);
    expect(() => findProfile(profiles, given, options)).toThrow(message);
  });
});

describe('what a project says for a profile', () => {
  const files: Files = {
    [paths.environment]: text`
      name: monorepo
      profiles:
        production: { images: { registry: registry.example.com/team, tag: 1.0.0 } }
        staging: { extends: production }
        live: { extends: staging }
    `,
    [paths.other]: text`
      name: web
      env: { LEVEL: info, PLACE: here }
      services:
        pgadmin: {}
        postgres: {}
      workloads:
        site: { kind: http, image: "nginx:1.29", port: 8080, after: [postgres], args: [one, two] }
      profiles:
        production:
          env: { PLACE: there }
          services: { pgadmin: null, postgres: { storage: 20Gi } }
          workloads: { site: { replicas: 2, args: [three] } }
        staging:
          workloads: { site: { replicas: 1, resources: { limits: { memory: 1Gi } } } }
    `,
  };
  const web = (profile: string) =>
    inRepository(files, (root) => {
      const { environment } = load(root, { profile, environmentFilesOf: [] });
      const project = environment.projects.find(({ name }) => name === 'web');
      const settings = project?.workloads[0]?.settings as unknown as Record<string, unknown>;
      return { project, settings, services: project?.services.map(({ name }) => name) };
    });

  test('is not there in another profile', async () => {
    const { project, settings, services } = await web('local');
    expect(project?.env).toEqual({ LEVEL: 'info', PLACE: 'here' });
    expect(settings).toMatchObject({ replicas: 1, args: ['one', 'two'] });
    expect(services).toEqual(['postgres', 'pgadmin']);
  });

  test('is merged: maps field by field, lists as a whole, null takes away', async () => {
    const { project, settings, services } = await web('production');
    expect(project?.env).toEqual({ LEVEL: 'info', PLACE: 'there' });
    expect(settings).toMatchObject({ replicas: 2, args: ['three'], port: 8080, after: ['postgres'] });
    expect(services).toEqual(['postgres']);
    expect(project?.services[0]?.settings).toMatchObject({ storage: '20Gi' });
  });

  test('stands over what it says for the profiles that this one extends', async () => {
    const { settings } = await web('live');
    expect(settings).toMatchObject({ replicas: 1, args: ['three'], resources: { limits: { memory: '1Gi' } } });
  });
});
