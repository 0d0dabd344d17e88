import { describe, expect, test } from '@jest/globals';
import { projectObjects } from '../../../charts/app.ts';
import { opensearch } from '../../../charts/constructs/opensearch.ts';
import type { PresetName } from '../../../charts/model.ts';
import { declareShared, type Given, projectObjectsOf } from '../declared.ts';
import { describeFields } from '../fields.ts';
import { containerOf, environmentOf, one, podOf } from '../objects.ts';

const api = { kind: 'http', port: 80, after: ['opensearch'] };
const build = (settings: Given = {}, profile: PresetName = 'local') =>
  projectObjectsOf({ services: { opensearch: settings }, workloads: { api } }, { profile });
const server = 'shop-opensearch';

describe('defaults', () => {
  const objects = build();

  test('is one node that keeps its indexes in a claim', () => {
    expect(containerOf(objects, server).volumeMounts).toContainEqual({
      name: 'data',
      mountPath: '/usr/share/opensearch/data',
    });
    expect(environmentOf(containerOf(objects, server))['discovery.type']).toBe('single-node');
  });

  test('writes to a disk that is almost full, as a developer’s may be; in production it stops before', () => {
    const name = 'cluster.routing.allocation.disk.threshold_enabled';
    expect(environmentOf(containerOf(objects, server))[name]).toBe('false');
    expect(environmentOf(containerOf(build({}, 'production'), server))[name]).toBeUndefined();
  });

  test('has half of its memory as heap', () => {
    expect(environmentOf(containerOf(objects, server)).OPENSEARCH_JAVA_OPTS).toBe('-Xms512m -Xmx512m');
  });

  test('may write beside the configuration of its image', () => {
    expect(podOf(objects, server).initContainers[0]?.command).toEqual([
      'cp',
      '-r',
      '/usr/share/opensearch/config/.',
      '/config/',
    ]);
  });

  test('workloads get its address and a prefix, also of a shared one', () => {
    expect(environmentOf(containerOf(objects, 'shop-api'))).toEqual({
      OPENSEARCH_URL: 'http://shop-opensearch.shop.svc:9200',
      OPENSEARCH_INDEX_PREFIX: 'shop-',
    });
    const { environment } = declareShared({ find: { kind: 'opensearch' } }, ['news']);
    const [project] = environment.projects;
    if (!project) throw new TypeError('no project');
    const made = projectObjects(environment, environment.profiles.local, project).objects as ReturnType<typeof build>;
    expect(environmentOf(containerOf(made, 'news-api'))).toEqual({
      FIND_OPENSEARCH_URL: 'http://dev-find.dev.svc:9200',
      FIND_OPENSEARCH_INDEX_PREFIX: 'news-',
    });
  });
});

describeFields(opensearch, {}, build, {
  image: {
    given: 'opensearchproject/opensearch:2.18.0',
    seen: (objects) => containerOf(objects, server).image,
    expected: 'opensearchproject/opensearch:2.18.0',
  },
  storage: {
    given: '3Gi',
    seen: (objects) => one(objects, 'StatefulSet').spec.volumeClaimTemplates[0]?.spec.resources.requests,
    expected: { storage: '3Gi' },
  },
  hostPort: { given: 9200, seen: (_, ports) => ports, expected: [9200] },
  resources: {
    given: { limits: { memory: '2Gi' } },
    seen: (objects) => environmentOf(containerOf(objects, server)).OPENSEARCH_JAVA_OPTS,
    expected: '-Xms1024m -Xmx1024m',
  },
});
