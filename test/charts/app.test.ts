import { describe, expect, test } from '@jest/globals';
import * as kplus from 'cdk8s-plus-28';
import { projectObjects } from '../../charts/app.ts';
import type { ExtensionContext, ProjectExtension } from '../../charts/extension.ts';
import {
  declareEnvironment,
  declareProject,
  type GivenProject,
  globalObjectsOf,
  projectObjectsOf,
} from './declared.ts';
import { identity, one } from './objects.ts';

const given: GivenProject = {
  uses: { redis: { database: 1 } },
  services: { postgres: {} },
  workloads: { api: { kind: 'http', port: 80 } },
  manifests: [
    {
      path: 'backends/shop/infra/manifests/banner.yaml',
      objects: [{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'shop-banner' } }],
    },
  ],
};
const project = declareProject(given);
const environment = declareEnvironment([project, declareProject({ name: 'other', uses: { redis: { database: 2 } } })]);
const build = (extension?: ProjectExtension, profile: ExtensionContext['profile'] = environment.profiles.local) =>
  projectObjects(environment, profile, project, extension);

describe('the objects of a project', () => {
  const { objects } = build((chart) => {
    new kplus.ConfigMap(chart, 'own', { metadata: { name: 'shop-own' } });
  });

  test('are the namespace, its services, its workloads, its manifests, its own chart', () => {
    expect(objects.map(identity)).toEqual([
      'Namespace/shop',
      'Service/shop-postgres',
      'StatefulSet/shop-postgres',
      'Service/shop-api',
      'Deployment/shop-api',
      'ConfigMap/shop-banner',
      'ConfigMap/shop-own',
    ]);
  });

  test('get the namespace and the labels of the rest, those that it adds too', () => {
    for (const { metadata } of objects.slice(1)) {
      expect(metadata?.namespace).toBe('shop');
      expect(metadata?.labels).toMatchObject({ 'app.kubernetes.io/part-of': 'dev', 'repoctl.dev/project': 'shop' });
    }
  });

  test('are the same for the same input', () => {
    expect(JSON.stringify(build().objects)).toBe(JSON.stringify(build().objects));
  });

  test('do not depend on other projects, which would all change with one', () => {
    const alone = projectObjects(declareEnvironment([project]), environment.profiles.local, project);
    expect(alone.objects).toEqual(build().objects);
  });
});

describe("a project's own chart", () => {
  test('is given the project, the profile and what its services give', () => {
    let context: ExtensionContext | undefined;
    build((_chart, given) => {
      context = given;
    }, environment.profiles.external);
    expect(context?.project).toBe(project);
    expect(context?.profile.name).toBe('external');
    expect(Object.keys(context?.connections ?? {})).toEqual(['redis', 'postgres']);
    expect(context?.connections.postgres?.variables).toEqual([
      { name: 'DATABASE_URL', secret: 'shop-postgres', key: 'DATABASE_URL' },
    ]);
  });

  test('may use constructs of cdk8s-plus, whose pods become as strict as the rest', () => {
    const { objects, nonconformities } = build((chart) => {
      new kplus.Deployment(chart, 'page', {
        metadata: { name: 'shop-page' },
        replicas: 1,
        containers: [{ image: 'nginx:1.29.0', name: 'page' }],
      });
    });
    expect(nonconformities).toEqual([]);
    const { template } = one(objects, 'Deployment', 'shop-page').spec;
    expect(template.metadata.labels).toMatchObject({ 'repoctl.dev/project': 'shop' });
    expect(template.spec).toMatchObject({
      enableServiceLinks: false,
      securityContext: { seccompProfile: { type: 'RuntimeDefault' } },
    });
    expect(template.spec.containers[0]?.securityContext.capabilities).toEqual({ drop: ['ALL'] });
  });

  test('is refused what the rest may not do either, with its file', () => {
    const own = { ...project, chart: 'backends/shop/infra/chart.ts' };
    const { nonconformities } = projectObjects(environment, environment.profiles.local, own, (chart) => {
      new kplus.Pod(chart, 'node', {
        metadata: { name: 'shop-node' },
        hostNetwork: true,
        containers: [{ image: 'nginx:1.29.0', name: 'page' }],
      });
    });
    expect(nonconformities).toEqual([
      { origin: 'backends/shop/infra/chart.ts', object: 'Pod/shop-node', message: 'hostNetwork is not allowed' },
    ]);
  });

  test('may not make what is there already', () => {
    const { nonconformities } = build((chart) => {
      new kplus.ConfigMap(chart, 'banner', { metadata: { name: 'shop-banner' } });
    });
    expect(nonconformities).toMatchObject([
      { object: 'ConfigMap/shop-banner', message: expect.stringContaining('rename') },
    ]);
  });
});

describe("a project's own chart that goes wrong", () => {
  test.each<[string, ProjectExtension, string]>([
    [
      'throws an error',
      () => {
        throw new TypeError('no banner');
      },
      'failed: no banner',
    ],
    [
      'throws something else',
      () => {
        throw null;
      },
      'failed: null',
    ],
    ['is asynchronous', async () => {}, 'returned a promise; it has to add its objects before it returns'],
  ])('is refused when it %s', (_, extension, message) => {
    expect(build(extension).nonconformities).toEqual([{ origin: '', object: 'its function', message }]);
  });

  test('does not mind a project named like a construct of ours', () => {
    const named = declareProject({ name: 'extension' });
    const { objects } = projectObjects(declareEnvironment([named]), environment.profiles.local, named, (chart) => {
      new kplus.ConfigMap(chart, 'own', { metadata: { name: 'own' } });
    });
    expect(objects.map(identity)).toEqual(['Namespace/extension', 'ConfigMap/own']);
  });
});

describe('the objects of the global tier', () => {
  test('are in the namespace of the environment, and of no project', () => {
    const [namespace, ...rest] = globalObjectsOf();
    expect(namespace?.metadata?.name).toBe('dev');
    expect(rest.length).toBeGreaterThan(4);
    for (const { metadata } of rest) {
      expect(metadata?.namespace).toBe('dev');
      expect(metadata?.labels).toMatchObject({ 'repoctl.dev/tier': 'global' });
      expect(metadata?.labels).not.toHaveProperty(['repoctl.dev/project']);
    }
  });
});

test('a project may have nothing but its name', () => {
  expect(projectObjectsOf({}).map(identity)).toEqual(['Namespace/shop']);
});
