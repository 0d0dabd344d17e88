import { describe, expect, test } from '@jest/globals';
import { ApiObject, JsonPatch } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { projectObjects } from '../../charts/app.ts';
import type { ManifestObject } from '../../charts/common/manifest-object.ts';
import type { ExtensionContext, ProjectExtension } from '../../charts/extension.ts';
import { planNamespace } from '../../src/synth/plan-namespace.ts';
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
      'ConfigMap/shop-own',
      'ConfigMap/shop-banner',
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
      {
        origin: 'backends/shop/infra/chart.ts',
        object: 'Pod/shop-node',
        message: 'hostNetwork must be false, given true',
      },
    ]);
  });

  test('may not make what already exists', () => {
    const { nonconformities } = build((chart) => {
      new kplus.ConfigMap(chart, 'banner', { metadata: { name: 'shop-banner' } });
    });
    expect(nonconformities).toMatchObject([
      { object: 'ConfigMap/shop-banner', message: expect.stringContaining('rename') },
    ]);
  });
});

describe("a project's own chart and what repoctl made", () => {
  const shop = declareProject({
    services: { postgres: {} },
    workloads: {
      api: { kind: 'http', port: 80 },
      migrate: { kind: 'job', command: ['migrate'] },
      tidy: { kind: 'cronjob', schedule: '@daily' },
    },
    manifests: given.manifests,
  });
  const surroundings = declareEnvironment([shop]);
  const made = (extension?: ProjectExtension) =>
    projectObjects(surroundings, surroundings.profiles.local, { ...shop, chart: 'infra/chart.ts' }, extension);
  const jobName = (objects: readonly ManifestObject[]) => one(objects, 'Job').metadata.name;
  const sidecar = {
    name: 'proxy',
    image: 'envoyproxy/envoy:v1.35.0',
    resources: { requests: { cpu: '10m', memory: '32Mi' }, limits: { memory: '64Mi' } },
  };

  test('says nothing, and nothing changes', () => {
    expect(JSON.stringify(made(() => {}).objects)).toBe(JSON.stringify(made().objects));
  });

  test('adds an annotation, a nodeSelector and a sidecar, which becomes as strict as the rest', () => {
    const { objects, nonconformities } = made((chart) => {
      const api = ApiObject.of(chart.workload('api'));
      api.metadata.addAnnotation('example.com/team', 'shop');
      api.addJsonPatch(
        JsonPatch.add('/spec/template/spec/nodeSelector', { disk: 'ssd' }),
        JsonPatch.add('/spec/template/spec/containers/-', sidecar),
      );
    });
    expect(nonconformities).toEqual([]);
    const { metadata, spec } = one(objects, 'Deployment', 'shop-api');
    expect(metadata.annotations).toEqual({ 'example.com/team': 'shop' });
    expect(spec.template.spec.nodeSelector).toEqual({ disk: 'ssd' });
    expect(spec.template.spec.containers.map(({ name }) => name)).toEqual(['api', 'proxy']);
    expect(spec.template.spec.containers[1]?.securityContext).toMatchObject({ allowPrivilegeEscalation: false });
    const others = (all: readonly ManifestObject[]) => all.filter((each) => identity(each) !== 'Deployment/shop-api');
    expect(JSON.stringify(others(objects))).toBe(JSON.stringify(others(made().objects)));
  });

  test('patches a job, which gets another name, in the plan as well', () => {
    const patched = made((chart) => {
      ApiObject.of(chart.workload('migrate')).addJsonPatch(
        JsonPatch.add('/spec/template/spec/containers/0/command/-', '--all'),
      );
    });
    expect(jobName(patched.objects)).toMatch(/^shop-migrate-[0-9a-f]{8}$/);
    expect(jobName(patched.objects)).not.toBe(jobName(made().objects));
    const { workloads } = planNamespace(surroundings, surroundings.profiles.local, shop, patched);
    expect(workloads.find(({ name }) => name === 'migrate')?.controller).toEqual({
      kind: 'Job',
      name: jobName(patched.objects),
    });
  });

  test('scales a workload, in the plan as well', () => {
    const { objects, jobs } = made((chart) => {
      ApiObject.of(chart.workload('api')).addJsonPatch(JsonPatch.replace('/spec/replicas', 0));
    });
    const plan = planNamespace(surroundings, surroundings.profiles.local, shop, { objects, jobs });
    expect(plan.workloads.map(({ name, replicas }) => [name, replicas])).toEqual([
      ['api', 0],
      ['migrate', undefined],
      ['tidy', undefined],
    ]);
  });

  test('annotates a job, which stays the same job', () => {
    const { objects } = made((chart) => {
      ApiObject.of(chart.workload('migrate')).metadata.addAnnotation('a', 'b');
    });
    expect(jobName(objects)).toBe(jobName(made().objects));
  });

  test('reaches the Service in front, and every object by way of the tree', () => {
    const { objects } = made((chart) => {
      chart.workload('api').service?.addJsonPatch(JsonPatch.add('/spec/sessionAffinity', 'ClientIP'));
      for (const each of chart.node.findAll().filter((construct) => ApiObject.isApiObject(construct)))
        each.metadata.addLabel('example.com/team', 'shop');
    });
    expect(one(objects, 'Service', 'shop-api').spec.sessionAffinity).toBe('ClientIP');
    const labelled = objects.filter(({ metadata }) => metadata?.labels?.['example.com/team'] === 'shop');
    expect(labelled.map(({ kind }) => kind).sort()).toEqual(
      ['CronJob', 'Deployment', 'Job', 'Service', 'Service', 'StatefulSet'].sort(),
    );
  });

  test('has what depends on another object after it', () => {
    const { objects } = made((chart) => {
      const settings = new ApiObject(chart, 'settings', {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: 'shop-settings' },
      });
      chart.service('postgres').node.addDependency(settings);
    });
    expect(objects.map(identity).slice(0, 3)).toEqual([
      'Namespace/shop',
      'ConfigMap/shop-settings',
      'Service/shop-postgres',
    ]);
  });

  test.each<[string, ProjectExtension, string, string]>([
    [
      'a sidecar that asks for nothing',
      (chart) =>
        ApiObject.of(chart.workload('api')).addJsonPatch(
          JsonPatch.add('/spec/template/spec/containers/-', { ...sidecar, resources: undefined }),
        ),
      'Deployment/shop-api container proxy',
      'resources: state requests of cpu and memory and a limit of memory',
    ],
    [
      'a pod that gets the host network',
      (chart) =>
        ApiObject.of(chart.service('postgres')).addJsonPatch(JsonPatch.add('/spec/template/spec/hostNetwork', true)),
      'StatefulSet/shop-postgres',
      'hostNetwork must be false, given true',
    ],
    [
      'a patch of what is not there',
      (chart) =>
        ApiObject.of(chart.workload('api')).addJsonPatch(JsonPatch.add('/spec/template/spec/initContainers/-', {})),
      'its function',
      "failed: Deployment/shop-api: can't add /spec/template/spec/initContainers/-",
    ],
    [
      'a workload that there is not',
      (chart) => void chart.workload('apu'),
      'its function',
      'failed: no workload apu; there are: api, migrate, tidy',
    ],
    [
      'a service that there is not',
      (chart) => void chart.service('redis'),
      'its function',
      'failed: no service in the cluster redis; there are: postgres',
    ],
    [
      'an object that is taken out',
      (chart) => void chart.node.tryRemoveChild('api'),
      'Service/shop-api',
      'is gone, or has another name',
    ],
    [
      'another name',
      (chart) => ApiObject.of(chart.workload('tidy')).addJsonPatch(JsonPatch.replace('/metadata/name', 'x')),
      'CronJob/shop-tidy',
      'is gone, or has another name',
    ],
    [
      'what a validation says',
      (chart) => chart.workload('api').node.addValidation({ validate: () => ['wants a budget'] }),
      'shop/api',
      'wants a budget',
    ],
  ])('is refused %s', (_, extension, object, message) => {
    expect(made(extension).nonconformities[0]).toMatchObject({
      origin: 'infra/chart.ts',
      object,
      message: expect.stringContaining(message),
    });
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
