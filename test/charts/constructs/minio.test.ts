import { describe, expect, test } from '@jest/globals';
import { minio } from '../../../charts/constructs/minio.ts';
import { type Given, globalObjectsOf, projectObjectsOf } from '../declared.ts';
import { describeFields } from '../fields.ts';
import { all, containerOf, environmentOf, one, podOf } from '../objects.ts';

const shop = { uses: { minio: { buckets: ['invoices', 'price-lists'] } } };
const build = (settings: Given = {}) => globalObjectsOf({ minio: settings }, { projects: [shop] });
const server = 'dev-minio';

describe('defaults', () => {
  const objects = build();

  test('a StatefulSet with a claim, and a Service with the ports of S3 and of the console', () => {
    const { spec } = one(objects, 'StatefulSet', server);
    expect(spec.volumeClaimTemplates[0]?.spec.resources.requests).toEqual({ storage: '2Gi' });
    expect(one(objects, 'Service', server).spec.ports).toMatchObject([
      { name: 's3', port: 9000 },
      { name: 'console', port: 9001 },
    ]);
  });

  test('listens on those ports and serves its claim', () => {
    const { args, volumeMounts } = containerOf(objects, server);
    expect(args).toEqual(['server', '/data', '--address', ':9000', '--console-address', ':9001']);
    expect(volumeMounts).toContainEqual({ name: 'data', mountPath: '/data' });
  });

  test('its root user and password are files of its Secret', () => {
    expect(environmentOf(containerOf(objects, server))).toMatchObject({
      MINIO_ROOT_USER_FILE: '/run/secrets/minio/MINIO_ROOT_USER',
      MINIO_ROOT_PASSWORD_FILE: '/run/secrets/minio/MINIO_ROOT_PASSWORD',
    });
    const root = podOf(objects, server).volumes.find(({ name }) => name === 'root');
    expect(root?.secret.secretName).toBe('dev-minio');
    const files = containerOf(objects, server).volumeMounts.filter(({ name }) => name === 'root');
    expect(files.map(({ mountPath }) => mountPath)).toEqual([
      '/run/secrets/minio/MINIO_ROOT_USER',
      '/run/secrets/minio/MINIO_ROOT_PASSWORD',
    ]);
  });

  test('has a minute to stop, and looks for no updates', () => {
    expect(podOf(objects, server).terminationGracePeriodSeconds).toBe(60);
    expect(environmentOf(containerOf(objects, server))).toMatchObject({ MINIO_UPDATE: 'off', HOME: '/tmp' });
  });

  test('is alive by one route and ready by another', () => {
    const { readinessProbe, livenessProbe } = containerOf(objects, server);
    expect(readinessProbe.httpGet).toEqual({ path: '/minio/health/ready', port: 9000 });
    expect(livenessProbe.httpGet).toEqual({ path: '/minio/health/live', port: 9000 });
  });
});

describeFields(minio, {}, build, {
  image: {
    given: 'rustfs/rustfs:1.0.0',
    seen: (objects) => containerOf(objects, server).image,
    expected: 'rustfs/rustfs:1.0.0',
  },
  clientImage: {
    given: 'pgsty/mc:RELEASE.2027-01-01T00-00-00Z',
    seen: (objects) => containerOf(objects, `${server}-buckets`).image,
    expected: 'pgsty/mc:RELEASE.2027-01-01T00-00-00Z',
  },
  storage: {
    given: '20Gi',
    seen: (objects) => one(objects, 'StatefulSet').spec.volumeClaimTemplates[0]?.spec.resources.requests,
    expected: { storage: '20Gi' },
  },
  hostPort: { given: 19000, seen: (_, hostPorts) => hostPorts, expected: [19000, undefined] },
  consoleHostPort: { given: 19001, seen: (_, hostPorts) => hostPorts, expected: [undefined, 19001] },
  resources: {
    given: { requests: { cpu: '200m' } },
    seen: (objects) => containerOf(objects, server).resources.requests,
    expected: { cpu: '200m', memory: '128Mi' },
  },
});

describe('what a project gets', () => {
  const objects = projectObjectsOf({ ...shop, workloads: { api: { kind: 'http', port: 80 } } });

  test('the endpoint, a user of its own, and its buckets by name', () => {
    expect(environmentOf(containerOf(objects))).toEqual({
      AWS_ENDPOINT_URL_S3: 'http://dev-minio.dev.svc:9000',
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'shop',
      AWS_SECRET_ACCESS_KEY: 'secret shop-minio/MINIO_SECRET_KEY',
      S3_BUCKET_INVOICES: 'shop-invoices',
      S3_BUCKET_PRICE_LISTS: 'shop-price-lists',
    });
  });

  test('never the root password', () => {
    expect(JSON.stringify(objects)).not.toContain('MINIO_ROOT');
  });
});

test('no job is made as long as no project uses it', () => {
  expect(all(globalObjectsOf({ minio: {} }), 'Job')).toEqual([]);
});
