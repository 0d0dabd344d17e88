import { expect, test } from '@jest/globals';
import { projectObjects } from '../../charts/app.ts';
import type { Profile } from '../../charts/model.ts';
import { declareEnvironment, declareProject } from './declared.ts';
import { containerOf, environmentOf, type Objects } from './objects.ts';

const project = declareProject({
  sentry: true,
  secrets: ['SENTRY_DSN'],
  workloads: { api: { kind: 'http', port: 80 }, proxy: { kind: 'http', port: 80, image: 'nginx:1.29' } },
});
const environment = declareEnvironment([project]);
const { local, production } = environment.profiles;
const digests = { 'shop-app': `sha256:${'0123456789ab'.padEnd(64, 'c')}` };
const pinned: Profile = { ...production, images: { registry: 'registry.example.com', tag: '1', digests } };

const sentryOf = (profile: Profile, object: string, of = project) => {
  const objects = projectObjects(environment, profile, of).objects as Objects;
  const variables = Object.entries(environmentOf(containerOf(objects, object)));
  return Object.fromEntries(variables.filter(([name]) => name.startsWith('SENTRY_')));
};

test.each([
  ['local', local, 'shop-api', 'shop@local'],
  ['production', production, 'shop-api', 'shop@1.2.3'],
  ['production', production, 'shop-proxy', 'shop@1.29'],
  ['production', pinned, 'shop-api', 'shop@0123456789ab'],
] as const)(
  'in the profile %s, of %#, each workload has the DSN, the profile and its version',
  (name, profile, object, release) => {
    expect(sentryOf(profile, object)).toEqual({
      SENTRY_DSN: 'secret shop-env/SENTRY_DSN',
      SENTRY_ENVIRONMENT: name,
      SENTRY_RELEASE: release,
    });
  },
);

test('without `sentry` a workload has none of them but what its .env.example lists', () => {
  expect(sentryOf(local, 'shop-api', { ...project, sentry: false, secrets: [] })).toEqual({});
});
