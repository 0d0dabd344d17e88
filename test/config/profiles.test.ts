import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { parseAllDocuments } from 'yaml';
import { noMonitoring } from '../../charts/common/monitoring.ts';
import { defaultNetwork } from '../../charts/common/network.ts';
import { load } from '../../src/config/load.ts';
import { findProfile, resolveProfiles } from '../../src/config/profiles.ts';
import { UsageError } from '../../src/platform/errors.ts';
import { synthesize } from '../../src/synth/synthesize.ts';
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
      namespacePrefix: '',
      namespaceSuffix: '',
      managed: ['postgres'],
      quota: true,
      reloader: false,
      monitoring: noMonitoring,
      network: { ...defaultNetwork, policies: true },
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

  test('take over who may connect with whom, field by field', () => {
    const monitoring = { namespace: 'observability' };
    const { staging, tried } = resolveProfiles(
      {
        production: { network: { monitoring, dns: { cidrs: ['169.254.20.10/32'] } } },
        staging: { extends: 'production', network: { monitoring: { namespace: 'metrics' } } },
        tried: { extends: 'local', network: { policies: true } },
      },
      0,
    );
    expect(staging?.network).toEqual({
      ...defaultNetwork,
      policies: true,
      monitoring: { namespace: 'metrics' },
      dns: { ...defaultNetwork.dns, cidrs: ['169.254.20.10/32'] },
    });
    expect(tried?.network).toEqual({ ...defaultNetwork, policies: true });
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

describe('namespaces of a profile', () => {
  const files: Files = {
    [paths.environment]: text`
      name: monorepo
      profiles:
        production: { images: { registry: registry.example.com/team, tag: 1.0.0 } }
        staging: { extends: production, namespacePrefix: staging- }
        blue: { extends: staging, namespaceSuffix: -blue }
        mixed: { extends: staging, managed: [alpha/postgres, monorepo/redis] }
    `,
    [paths.other]: text`
      name: web
      uses: { projects: [alpha/api] }
      workloads:
        site: { kind: http, image: "nginx:1.29", port: 8080, after: [alpha/api] }
    `,
  };
  const planned = (profile: string) =>
    inRepository(files, async (root) => {
      const { plan } = await synthesize(root, { profile, out: join(root, 'out'), environmentFilesOf: [] });
      const manifests = Object.fromEntries(
        plan.namespaces.map(({ name, manifest }) => [name, readFileSync(join(root, 'out', manifest), 'utf8')]),
      );
      return { plan, manifests };
    });

  test.each([
    ['production', ['monorepo', 'alpha', 'web']],
    ['staging', ['staging-monorepo', 'staging-alpha', 'staging-web']],
    ['blue', ['staging-monorepo-blue', 'staging-alpha-blue', 'staging-web-blue']],
  ])('have what it puts around their names, %s', async (profile, names) => {
    const { plan, manifests } = await planned(profile);
    expect(plan.namespaces.map(({ name }) => name)).toEqual(names);
    expect(plan.namespaces.map(({ project }) => project)).toEqual([undefined, 'alpha', 'web']);
    expect(plan.environment).toBe(names[0]);
    const [global = '', alpha = '', web = ''] = names;
    for (const name of names) {
      const objects = parseAllDocuments(manifests[name] ?? '').map((document) => document.toJS());
      expect(objects[0]).toMatchObject({ kind: 'Namespace', metadata: { name } });
      for (const { metadata } of objects.slice(1)) {
        expect(metadata.namespace).toBe(name);
        expect(metadata.labels['app.kubernetes.io/part-of']).toBe(global);
      }
    }
    // Objects keep their names, so that patches and overlays fit every profile.
    expect(manifests[alpha]).toContain(`name: alpha-api\n  namespace: ${alpha}\n`);
    expect(manifests[alpha]).toContain(`monorepo-redis.${global}.svc`);
    expect(manifests[web]).toContain(`http://alpha-api.${alpha}.svc:8000`);
    expect(plan.namespaces[2]).toMatchObject({ needs: [alpha], workloads: [{ after: [`${alpha}/alpha-api`] }] });
  });

  test('leave the names of managed services as they are written', async () => {
    const { plan } = await planned('mixed');
    const managed = plan.namespaces.flatMap(({ services }) => services.filter((each) => each.managed));
    expect(managed.map(({ object }) => object)).toEqual(['monorepo-redis', 'alpha-postgres']);
  });
});
