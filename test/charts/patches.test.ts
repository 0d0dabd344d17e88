import { describe, expect, test } from '@jest/globals';
import { ApiObject, JsonPatch } from 'cdk8s';
import { ConfigMap } from 'cdk8s-plus-28';
import { globalObjects, projectObjects } from '../../charts/app.ts';
import type { ManifestObject } from '../../charts/common/manifest-object.ts';
import type { Patch } from '../../charts/model.ts';
import { declareEnvironment, declareProject, type GivenProject } from './declared.ts';

const given = {
  name: 'shop',
  services: { postgres: {} },
  workloads: {
    api: { kind: 'http', port: 8000 },
    worker: { kind: 'worker', command: ['work'], health: { command: ['true'] } },
    migrate: { kind: 'job', command: ['migrate'] },
  },
} satisfies GivenProject;

type GivenPatch = Omit<Patch, 'file' | 'line' | 'column'>;

function build(...patches: GivenPatch[]) {
  const placed = patches.map((patch, index) => ({ file: 'infra/project.yaml', line: index + 1, column: 5, ...patch }));
  const project = declareProject({ ...given, patches: placed });
  const environment = declareEnvironment([project]);
  return projectObjects(environment, environment.profiles.production, project);
}

const find = (objects: readonly ManifestObject[], kind: string, name: RegExp | string) =>
  objects.find(
    (each) =>
      each.kind === kind &&
      new RegExp(`^${typeof name === 'string' ? `${name}$` : name.source}`).test(each.metadata?.name ?? ''),
  );

const api = { kind: 'Deployment', name: 'shop-api' };
const at = (object: unknown, path: string) =>
  path.split('.').reduce<unknown>((value, key) => (value as Record<string, unknown> | undefined)?.[key], object);

describe('a patch', () => {
  test('merges maps, replaces lists and values, and takes fields away', () => {
    const { objects, nonconformities } = build({
      target: api,
      merge: {
        spec: { replicas: 7, revisionHistoryLimit: null, template: { spec: { nodeSelector: { disk: 'ssd' } } } },
      },
    });
    expect(nonconformities).toEqual([]);
    const object = find(objects, 'Deployment', 'shop-api');
    expect(at(object, 'spec.replicas')).toBe(7);
    expect(at(object, 'spec.template.spec.nodeSelector')).toEqual({ disk: 'ssd' });
    expect(at(object, 'spec')).not.toHaveProperty('revisionHistoryLimit');
    expect(at(object, 'spec.template.spec.containers.0.name')).toBe('api');
  });

  test('changes what a chart.ts has added, too, and whatever it has patched', () => {
    const placed = {
      file: 'infra/project.yaml',
      line: 1,
      column: 1,
      merge: { metadata: { labels: { team: 'shop' } } },
    };
    const targets = [{ kind: 'ConfigMap' }, { kind: 'Job', name: 'shop-migrate' }, api];
    const project = declareProject({ ...given, patches: targets.map((target) => ({ ...placed, target })) });
    const environment = declareEnvironment([project]);
    const { objects, nonconformities } = projectObjects(environment, environment.profiles.local, project, (chart) => {
      new ConfigMap(chart, 'banner', { metadata: { name: 'shop-banner' }, data: { text: 'hello' } });
      ApiObject.of(chart.workload('api')).addJsonPatch(JsonPatch.replace('/spec/replicas', 2));
    });
    expect(nonconformities).toEqual([]);
    const labelled = objects.filter(({ metadata }) => metadata?.labels?.team === 'shop');
    expect(labelled.map(({ kind }) => kind).sort()).toEqual(['ConfigMap', 'Deployment', 'Job']);
    expect(at(find(objects, 'ConfigMap', 'shop-banner'), 'data.text')).toBe('hello');
    expect(at(find(objects, 'Deployment', 'shop-api'), 'spec.replicas')).toBe(2);
  });

  test('does operations in their order', () => {
    const { objects } = build({
      target: api,
      operations: [
        { op: 'test', path: '/spec/replicas', value: 1 },
        { op: 'add', path: '/metadata/annotations', value: {} },
        { op: 'add', path: '/metadata/annotations/example.com~1team', value: 'shop' },
      ],
    });
    expect(at(find(objects, 'Deployment', 'shop-api'), 'metadata.annotations')).toMatchObject({
      'example.com/team': 'shop',
    });
  });

  test('changes all objects that have the kind and the labels, and no others', () => {
    const { objects } = build({ target: { kind: 'Deployment' }, merge: { metadata: { labels: { tier: 'web' } } } });
    const labelled = objects.filter((each) => each.metadata?.labels?.tier === 'web');
    expect(labelled.map(({ metadata }) => metadata?.name)).toEqual(['shop-api', 'shop-worker']);
    const byLabel = build({
      target: { labels: { 'app.kubernetes.io/name': 'api' } },
      merge: { metadata: { annotations: { here: 'yes' } } },
    }).objects.filter((each) => at(each, 'metadata.annotations.here'));
    expect(byLabel.map(({ kind }) => kind).sort()).toEqual(['Deployment', 'NetworkPolicy', 'Service']);
  });

  test('of a job makes another job', () => {
    const before = find(build().objects, 'Job', /shop-migrate-/)?.metadata?.name;
    const { objects, jobs } = build({
      target: { kind: 'Job', name: 'shop-migrate' },
      merge: { spec: { backoffLimit: 9 } },
    });
    const job = find(objects, 'Job', /shop-migrate-/);
    expect(at(job, 'spec.backoffLimit')).toBe(9);
    expect(job?.metadata?.name).toMatch(/^shop-migrate-[0-9a-f]{8}$/);
    expect(job?.metadata?.name).not.toBe(before);
    expect(jobs.map(({ name }) => name)).toEqual([job?.metadata?.name]);
  });

  test('is made in the profiles that it names, and in those that extend them', () => {
    const patch = { target: api, merge: { spec: { replicas: 7 } } };
    const replicas = (profiles: string[]) =>
      at(find(build({ ...patch, profiles }).objects, 'Deployment', 'shop-api'), 'spec.replicas');
    expect(replicas(['production'])).toBe(7);
    expect(replicas(['local', 'external'])).toBe(1);
  });

  test('may change the global tier’s objects', () => {
    const environment = declareEnvironment([]);
    const patch = { file: 'repoctl.yaml', line: 4, column: 5, target: { kind: 'StatefulSet', name: 'dev-redis' } };
    const patches = [{ ...patch, merge: { spec: { template: { spec: { priorityClassName: 'high' } } } } }];
    const { objects, nonconformities } = globalObjects({ ...environment, patches }, environment.profiles.local);
    expect(nonconformities).toEqual([]);
    expect(at(find(objects, 'StatefulSet', 'dev-redis'), 'spec.template.spec.priorityClassName')).toBe('high');
  });

  test.each<[string, GivenPatch, string, string | RegExp]>([
    [
      'a target that matches nothing',
      { target: { kind: 'Deployment', name: 'shop-apis' }, merge: {} },
      'Deployment/shop-apis',
      'the target of a patch matches no object; there are: Deployment/shop-api, Deployment/shop-worker',
    ],
    [
      'labels that nothing has',
      { target: { kind: 'Job', labels: { a: 'b' } }, merge: {} },
      'Job/* a=b',
      /^the target of a patch matches no object; there are: .*Job\/shop-migrate/,
    ],
    [
      'a path that is not there',
      { target: api, operations: [{ op: 'replace', path: '/spec/template/spec/containers/1/image', value: 'x' }] },
      'Deployment/shop-api',
      'operation 1, replace /spec/template/spec/containers/1/image: the object has no such path',
    ],
    [
      'a test that fails',
      { target: api, operations: [{ op: 'test', path: '/spec/replicas', value: 2 }] },
      'Deployment/shop-api',
      'operation 1, test /spec/replicas: another value is there',
    ],
    [
      'another name',
      { target: api, merge: { metadata: { name: 'other' } } },
      'Deployment/shop-api',
      'a patch may not change apiVersion, kind or metadata.name',
    ],
  ])('is refused where it stands: %s', (_name, patch, object, message) => {
    const { nonconformities } = build(patch);
    expect(nonconformities).toHaveLength(1);
    expect(nonconformities[0]).toMatchObject({
      origin: 'infra/project.yaml',
      position: { line: 1, column: 5 },
      object,
    });
    if (typeof message === 'string') expect(nonconformities[0]?.message).toBe(message);
    else expect(nonconformities[0]?.message).toMatch(message);
  });

  test('may not make what may not be in the cluster', () => {
    const { nonconformities } = build({
      target: api,
      merge: { spec: { template: { spec: { hostNetwork: true } } } },
    });
    expect(nonconformities).toEqual([
      { origin: 'infra/project.yaml', object: 'Deployment/shop-api', message: 'hostNetwork must be false, given true' },
    ]);
  });
});
