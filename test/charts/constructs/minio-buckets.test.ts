import { spawnSync } from 'node:child_process';
import { describe, expect, test } from '@jest/globals';
import { type GivenProject, globalObjectsOf } from '../declared.ts';
import { containerOf, environmentOf, one, podOf } from '../objects.ts';

const shop: GivenProject = { name: 'shop', uses: { minio: { buckets: ['invoices', 'price-lists'] } } };
const news: GivenProject = { name: 'news', uses: { minio: { buckets: ['pictures'] } } };
const build = (...projects: GivenProject[]) => globalObjectsOf({ minio: {} }, { projects });
const name = 'dev-minio-buckets';

describe('the job that makes users and buckets', () => {
  const objects = build(shop, news, { name: 'plain' });
  const { command } = containerOf(objects, name);
  const [shell, option, script = '', , ...entries] = command;

  test('is told each project that uses MinIO and its buckets, and no other', () => {
    expect([shell, option]).toEqual(['sh', '-c']);
    expect(entries).toEqual(['shop invoices price-lists', 'news pictures']);
  });

  test("reads the projects' secret keys from files, and the root password from its environment", () => {
    expect(podOf(objects, name).volumes).toContainEqual({
      name: 'users',
      secret: { secretName: 'dev-minio-users', defaultMode: 0o440 },
    });
    expect(containerOf(objects, name).volumeMounts).toContainEqual({
      name: 'users',
      mountPath: '/run/secrets/users',
      readOnly: true,
    });
    expect(environmentOf(containerOf(objects, name))).toMatchObject({
      MINIO_ADDRESS: 'dev-minio.dev.svc:9000',
      MINIO_ROOT_PASSWORD: 'secret dev-minio/MINIO_ROOT_PASSWORD',
    });
  });

  test('its script is one that a POSIX shell can read', () => {
    const { status, stderr } = spawnSync('sh', ['-n', '-c', script], { encoding: 'utf8' });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  });

  test('hands secret keys to mc as input: as arguments, those that begin with "-" would be taken for options', () => {
    const [line] = script.split('\n').filter((each) => each.includes('mc admin user add'));
    expect(line).toMatch(/^\s*printf '%s\\n%s\\n' "\$project" "\$\(cat "\/run\/secrets\/users\/\$project"\)" \|/);
    expect(line).toMatch(/mc admin user add store$/);
  });

  test("a project's policy is for its own buckets only", () => {
    const [, format = ''] = /printf '(\{.*\})'/.exec(script) ?? [];
    expect(JSON.parse(format.replace('%s', '"arn:aws:s3:::shop-invoices"'))).toEqual({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Action: ['s3:*'], Resource: ['arn:aws:s3:::shop-invoices'] }],
    });
    expect(script.match(/arn:aws:s3:::\S+?\\"/g)).toEqual([
      'arn:aws:s3:::$project-$bucket\\"',
      'arn:aws:s3:::$project-$bucket/*\\"',
    ]);
  });

  test('never writes into the image, only below /tmp', () => {
    expect(script).toContain('MC_CONFIG_DIR=/tmp/');
    expect(
      [...script.matchAll(/> *(\S+)/g)]
        .map(([, target = '']) => target)
        .filter((target) => !/^(\/tmp\/|\/dev\/null|&)/.test(target)),
    ).toEqual([]);
  });
});

describe('runs again', () => {
  const nameOf = (...projects: GivenProject[]) => one(build(...projects), 'Job').metadata.name;

  test('not while the projects want the same', () => {
    expect(nameOf(shop, news)).toBe(nameOf(shop, news));
  });

  test('when a bucket is added, or a project', () => {
    const more: GivenProject = { name: 'shop', uses: { minio: { buckets: ['invoices', 'price-lists', 'new'] } } };
    expect(nameOf(more, news)).not.toBe(nameOf(shop, news));
    expect(nameOf(shop)).not.toBe(nameOf(shop, news));
  });
});
