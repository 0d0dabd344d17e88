import { spawnSync } from 'node:child_process';
import { constants, createDecipheriv, privateDecrypt } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { parse, parseAllDocuments } from 'yaml';
import type { ManifestObject } from '../../../charts/common/manifest-object.ts';
import { sealValue } from '../../../src/synth/secrets/seal-value.ts';
import { inProcess } from '../../cli/in-process.ts';
import { copyRepository } from '../repository.ts';

/** A controller's key and certificate. */
let controller: { readonly key: string; readonly keyPath: string; readonly certificate: string };
let folder: string;

function newKey(name: string, ...options: readonly string[]) {
  const [keyPath, path] = [join(folder, `${name}.key`), join(folder, `${name}.pem`)];
  const args = ['req', '-x509', '-nodes', '-keyout', keyPath, '-out', path, '-subj', '/CN=sealed-secrets', ...options];
  const { status, stderr } = spawnSync('openssl', args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  return { key: readFileSync(keyPath, 'utf8'), keyPath, certificate: readFileSync(path, 'utf8') };
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'repoctl-seal-'));
  controller = newKey('controller', '-newkey', 'rsa:2048', '-days', '2');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** As the controller's HybridDecrypt. */
function unsealed(sealed: string, label: string): string {
  const bytes = Buffer.from(sealed, 'base64');
  const end = 2 + bytes.readUInt16BE();
  const sessionKey = privateDecrypt(
    {
      key: controller.key,
      padding: constants.RSA_PKCS1_OAEP_PADDING,
      oaepHash: 'sha256',
      oaepLabel: Buffer.from(label),
    },
    bytes.subarray(2, end),
  );
  const decipher = createDecipheriv('aes-256-gcm', sessionKey, Buffer.alloc(12));
  decipher.setAuthTag(bytes.subarray(-16));
  return Buffer.concat([decipher.update(bytes.subarray(end, -16)), decipher.final()]).toString();
}

describe('a sealed value', () => {
  const place = { namespace: 'shop', secret: 'shop-postgres' };

  test.each([
    ['strict', 'shop/shop-postgres'],
    ['namespace-wide', 'shop'],
    ['cluster-wide', ''],
  ] as const)('can be read by the controller, %s with the label "%s" only', (scope, label) => {
    const sealed = sealValue(controller.certificate, scope, place, 'gehéim "1"\n');
    expect(unsealed(sealed, label)).toBe('gehéim "1"\n');
    expect(() => unsealed(sealed, 'shop/other')).toThrow();
  });

  test('is another each time', () => {
    const [one, other] = [1, 2].map(() => sealValue(controller.certificate, 'strict', place, 'x'));
    expect(one).not.toBe(other);
  });

  test.each([
    ['is none', () => 'no certificate', /can't be read/],
    [
      'is not of RSA',
      () => newKey('ec', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256').certificate,
      /of ec; expected RSA/,
    ],
  ])('is refused where the certificate %s', (_, certificate, message) => {
    expect(() => sealValue(certificate(), 'strict', place, 'x')).toThrow(message);
  });
});

test('a certificate that has expired is refused', () => {
  const now = jest.spyOn(Date, 'now').mockReturnValue(Date.now() + 3 * 86_400_000);
  try {
    const place = { namespace: 'shop', secret: 'shop-postgres' };
    expect(() => sealValue(controller.certificate, 'strict', place, 'x')).toThrow(/has expired/);
  } finally {
    now.mockRestore();
  }
});

describe('a profile that seals', () => {
  let root: string;
  beforeEach(() => {
    root = copyRepository();
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));
  const profile = (secrets: string) =>
    writeFileSync(
      join(root, 'repoctl.yaml'),
      `name: monorepo\nprofiles:\n  production:\n    images: { registry: registry.example.com/monorepo, tag: 1.0.0 }\n    secrets: ${secrets}\n`,
    );
  const repoctl = (args: readonly string[], input = '') =>
    inProcess(root, [...args, '--profile', 'production'], {}, input);
  const begin = (scope = 'strict') => {
    profile(`{ certificate: sealed.pem, scope: ${scope} }`);
    writeFileSync(join(root, 'sealed.pem'), controller.certificate);
  };
  const file = () =>
    parse(readFileSync(join(root, 'sealed-secrets.yaml'), 'utf8')).profiles.production as Record<
      string,
      Record<string, string>
    >;
  const sealedObjects = (namespace: string) =>
    parseAllDocuments(readFileSync(join(root, 'dist', 'production', `${namespace}.k8s.yaml`), 'utf8'))
      .map((document) => document.toJS() as ManifestObject)
      .filter(({ kind }) => kind === 'SealedSecret') as (ManifestObject & {
      readonly spec: { readonly encryptedData: Record<string, string>; readonly template: object };
    })[];

  test('makes passwords up, the same for each Secret that has it, and synth writes a SealedSecret for each', async () => {
    begin();
    const { status, stderr } = await repoctl(['secrets', 'seal']);
    expect([status, stderr]).toEqual([
      0,
      expect.stringContaining('sealed REDIS_PASSWORD of monorepo: monorepo/monorepo-redis, turfoo/turfoo-redis'),
    ]);
    expect((await repoctl(['validate'])).stderr).toMatch(
      /^secret: monorepo\/monorepo-redis needs REDIS_PASSWORD, sealed$/m,
    );
    expect((await repoctl(['synth'])).status).toBe(0);
    const [global, turfoo] = [sealedObjects('monorepo'), sealedObjects('turfoo')];
    expect(global.map(({ metadata }) => metadata?.name)).toEqual([
      'monorepo-redis',
      'monorepo-minio',
      'monorepo-minio-users',
    ]);
    const value = (objects: typeof global, namespace: string, name: string, key: string) => {
      const found = objects.find(({ metadata }) => metadata?.name === name);
      return unsealed(found?.spec.encryptedData[key] ?? '', `${namespace}/${name}`);
    };
    const password = value(global, 'monorepo', 'monorepo-redis', 'REDIS_PASSWORD');
    expect(password).toMatch(/^[\w-]{32}$/);
    expect(value(turfoo, 'turfoo', 'turfoo-redis', 'REDIS_PASSWORD')).toBe(password);
    expect(global[0]).toMatchObject({
      apiVersion: 'bitnami.com/v1alpha1',
      spec: { template: { metadata: { name: 'monorepo-redis', namespace: 'monorepo' }, type: 'Opaque' } },
    });
  });

  test('takes a value from stdin, leaves the others as they were, and says what is missing', async () => {
    begin();
    const { status, stderr } = await repoctl(['secrets', 'seal', 'turfoo', 'POSTGRES_PASSWORD'], 'of-mine\n');
    expect([status, stderr]).toEqual([1, expect.stringContaining('missing: REDIS_PASSWORD of monorepo')]);
    const before = file();
    expect(unsealed(before['turfoo/turfoo-postgres']?.POSTGRES_PASSWORD ?? '', 'turfoo/turfoo-postgres')).toBe(
      'of-mine',
    );
    const missing = await repoctl(['validate']);
    expect([missing.status, missing.stderr]).toEqual([
      1,
      expect.stringContaining(
        'missing: REDIS_PASSWORD of monorepo is not sealed for monorepo/monorepo-redis REDIS_PASSWORD, turfoo/turfoo-redis REDIS_PASSWORD\n' +
          '  repoctl secrets seal monorepo REDIS_PASSWORD --profile production < FILE',
      ),
    ]);
    expect((await repoctl(['secrets', 'seal'])).status).toBe(0);
    expect(file()).toMatchObject(before);
  });

  test('says of wider scopes what the controller has to know', async () => {
    begin('namespace-wide');
    expect((await repoctl(['secrets', 'seal'])).status).toBe(0);
    await repoctl(['synth']);
    const [first] = sealedObjects('turfoo');
    const annotations = { 'sealedsecrets.bitnami.com/namespace-wide': 'true' };
    expect(first).toMatchObject({ metadata: { annotations }, spec: { template: { metadata: { annotations } } } });
  });

  test.each([
    [
      'there is no certificate',
      () => profile('{ certificate: none.pem }'),
      ['secrets', 'seal'],
      'there is no none.pem',
    ],
    [
      'the profile seals nothing',
      () => profile('existing'),
      ['secrets', 'seal'],
      'the profile production seals no Secrets',
    ],
    [
      'nothing takes the variable',
      begin,
      ['secrets', 'seal', 'turfoo', 'POSTGRES_PASWORD'],
      'did you mean "turfoo POSTGRES_PASSWORD"?',
    ],
    ['no variable is named', begin, ['secrets', 'seal', 'turfoo'], 'which variable of turfoo?'],
    ['there is no value', begin, ['secrets', 'seal', 'turfoo', 'POSTGRES_PASSWORD'], 'POSTGRES_PASSWORD is empty'],
  ])('refuses where %s, and writes nothing', async (_, prepare, args, message) => {
    prepare();
    const { status, stderr } = await repoctl(args);
    expect([status, stderr]).toEqual([2, expect.stringContaining(message)]);
    expect(existsSync(join(root, 'sealed-secrets.yaml'))).toBe(false);
  });

  test('names the place in a file that somebody changed', async () => {
    begin();
    await repoctl(['secrets', 'seal']);
    const path = join(root, 'sealed-secrets.yaml');
    writeFileSync(path, readFileSync(path, 'utf8').replace(/(POSTGRES_PASSWORD": ).*/, '$1geheim'));
    const { status, stderr } = await repoctl(['validate']);
    expect([status, stderr]).toEqual([
      2,
      expect.stringMatching(/sealed-secrets\.yaml:\d+:\d+: .*POSTGRES_PASSWORD: expected a value that/),
    ]);
  });

  const hasKubeseal = spawnSync('kubeseal', ['--version']).error === undefined;
  (hasKubeseal ? test : test.skip)(
    'kubeseal, with the code of the controller, makes the Secret of what was written',
    async () => {
      begin();
      await repoctl(['secrets', 'seal', 'turfoo', 'POSTGRES_PASSWORD'], 'of-mine');
      await repoctl(['synth']);
      const input = JSON.stringify(sealedObjects('turfoo')[0]);
      const args = ['--recovery-unseal', '--recovery-private-key', controller.keyPath];
      const { stdout, stderr } = spawnSync('kubeseal', args, { input, encoding: 'utf8' });
      expect([stderr, JSON.parse(stdout)]).toMatchObject([
        '',
        {
          kind: 'Secret',
          metadata: { name: 'turfoo-postgres', namespace: 'turfoo' },
          data: { POSTGRES_PASSWORD: Buffer.from('of-mine').toString('base64') },
        },
      ]);
    },
  );
});
