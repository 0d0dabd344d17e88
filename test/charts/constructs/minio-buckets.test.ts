import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { minioUser } from '../../../charts/constructs/minio-buckets.ts';
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
    expect(entries).toEqual(['shop shop shop-invoices shop-price-lists', 'news news news-pictures']);
  });

  test("reads the projects' secret keys from files, and the root password too", () => {
    expect(podOf(objects, name).volumes).toContainEqual({
      name: 'users',
      secret: { secretName: 'dev-minio-users', defaultMode: 0o440 },
    });
    expect(containerOf(objects, name).volumeMounts).toContainEqual({
      name: 'users',
      mountPath: '/run/secrets/users',
      readOnly: true,
    });
    expect(containerOf(objects, name).volumeMounts).toContainEqual({
      name: 'root',
      mountPath: '/run/secrets/root',
      readOnly: true,
    });
    expect(environmentOf(containerOf(objects, name))).toEqual({ MINIO_ADDRESS: 'dev-minio.dev.svc:9000' });
  });

  test('its script is one that a POSIX shell can read', () => {
    const { status, stderr } = spawnSync('sh', ['-n', '-c', script], { encoding: 'utf8' });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  });

  test('hands secret keys to mc as input: as arguments, those that begin with "-" would be taken for options', () => {
    const [line] = script.split('\n').filter((each) => each.includes('admin user add'));
    expect(script).toContain('key=$(cat "/run/secrets/users/$project")');
    expect(line).toMatch(/^\s*printf '%s\\n%s\\n' "\$user" "\$key" \| client admin user add store \|\|/);
  });

  test("a project's policy is for its own buckets only", () => {
    const [, format = ''] = /printf '(\{.*\})'/.exec(script) ?? [];
    expect(JSON.parse(format.replace('%s', '"arn:aws:s3:::shop-invoices"'))).toEqual({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Action: ['s3:*'], Resource: ['arn:aws:s3:::shop-invoices'] }],
    });
    expect(script.match(/arn:aws:s3:::\S+?\\"/g)).toEqual(['arn:aws:s3:::$bucket\\"', 'arn:aws:s3:::$bucket/*\\"']);
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

describe('the user of a project', () => {
  test.each([
    ['turfoo', 'turfoo'],
    ['abc', 'abc'],
    ['ab', 'ab-project'],
    ['a', 'a-project'],
    ['twenty-characters-abc', 'twenty-char-91fab9b5'],
    ['a-name-of-just-twenty', 'a-name-of-j-3cc7a7ba'],
  ])('%s is %s', (project, user) => {
    expect(minioUser(project)).toBe(user);
    expect(user).toMatch(/^[a-z][-a-z0-9]{2,19}$/);
  });
});

/**
 * The script, run with another `mc` on PATH that writes down what it is told, and fails for a bucket and a user named
 * in the environment. The shell is the real one.
 */
function setUp(
  entries: readonly string[],
  failing: { readonly bucket?: string; readonly user?: string; readonly hanging?: string },
) {
  const folder = mkdtempSync(join(tmpdir(), 'repoctl-mc-'));
  try {
    const mc = [
      '#!/bin/sh',
      'case "$1 $2 $3" in',
      '  "mb --ignore-existing store/$FAILING_BUCKET") echo "mc: no such disk"; exit 1 ;;',
      '  "admin user add") read -r user; [ "$user" != "$FAILING_USER" ] || { echo "mc: $user: refused"; exit 1; }; echo "user $user" ;;',
      '  "mb --ignore-existing store/$HANGING_BUCKET") exec sleep 60 ;;',
      '  "mb --ignore-existing "*) echo "bucket $3" ;;',
      'esac',
    ];
    writeFileSync(join(folder, 'mc'), mc.join('\n'), { mode: 0o755 });
    const objects = build(shop);
    const [, , script = ''] = containerOf(objects, name).command;
    const local = script
      .replaceAll('/tmp', folder)
      .replaceAll(/\/run\/secrets\/(users|root)/g, folder)
      .replaceAll('60', '1');
    for (const entry of entries) writeFileSync(join(folder, entry.split(' ')[0] ?? ''), 'secret');
    writeFileSync(join(folder, 'MINIO_ROOT_USER'), 'root');
    writeFileSync(join(folder, 'MINIO_ROOT_PASSWORD'), 'x');
    const { status, stdout } = spawnSync('sh', ['-c', local, 'buckets', ...entries], {
      encoding: 'utf8',
      env: {
        PATH: `${folder}:${process.env.PATH}`,
        MINIO_ADDRESS: 'nowhere:9000',
        FAILING_BUCKET: failing.bucket ?? 'none',
        FAILING_USER: failing.user ?? 'none',
        HANGING_BUCKET: failing.hanging ?? 'none',
      },
    });
    return { status, lines: stdout.trim().split('\n') };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe('sets everybody up whom it can', () => {
  const entries = ['aaa aaa aaa-one', 'bbb bbb bbb-one bbb-two', 'ccc ccc ccc-one'];

  test('and says so', () => {
    const { status, lines } = setUp(entries, {});
    expect(status).toBe(0);
    expect(lines.filter((line) => line.includes(': '))).toEqual([
      'aaa: aaa-one',
      'bbb: bbb-one bbb-two',
      'ccc: ccc-one',
    ]);
  });

  test('and fails in the end with the names of those whose bucket or user can’t be made', () => {
    const { status, lines } = setUp(entries, { bucket: 'bbb-one', user: 'ccc' });
    expect(status).toBe(1);
    expect(lines).toEqual([
      'bucket store/aaa-one',
      'user aaa',
      'aaa: aaa-one',
      'mc: no such disk',
      'bucket store/ccc-one',
      'mc: ccc: refused',
      'could not be set up: bbb ccc; everybody else is',
    ]);
  });
});

test('a server that no longer answers holds it up for a while only, and for nobody else', () => {
  const { status, lines } = setUp(['aaa aaa aaa-one', 'bbb bbb bbb-one'], { hanging: 'aaa-one' });
  expect(status).toBe(1);
  expect(lines).toEqual([
    'mc mb --ignore-existing: no answer within 1 s',
    'bucket store/bbb-one',
    'user bbb',
    'bbb: bbb-one',
    'could not be set up: aaa; everybody else is',
  ]);
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
