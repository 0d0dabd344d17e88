import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { parseAllDocuments } from 'yaml';
import { globalObjects, projectObjects } from '../../charts/app.ts';
import type { ManifestObject } from '../../charts/common/manifest-object.ts';
import { backupField } from '../../charts/common/scheduled-backup.ts';
import type { Profile } from '../../charts/model.ts';
import { resolveProfiles } from '../../src/config/profiles.ts';
import { declareEnvironment, declareProject } from '../charts/declared.ts';
import { repoctl, repository } from '../synth/repository.ts';

/** A difference between an object in development and the one on a real cluster. */
interface Difference {
  readonly object: ManifestObject;
  /** Of the part that differs: `pods containers[].image`, `Job metadata.name`, `Service` of a whole object. */
  readonly path: string;
  /** Which of the two has it. */
  readonly side: 'development' | 'production' | 'both';
}

type Fields = Readonly<Record<string, unknown>>;
const isMap = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value);
const isNamed = (value: unknown): value is readonly Fields[] =>
  Array.isArray(value) && value.every((each) => isMap(each) && typeof each.name === 'string');
const byName = (items: readonly Fields[]): Fields =>
  Object.fromEntries(items.map(({ name, ...rest }) => [String(name), { name, ...rest }]));

/** A job's name ends in a hash of its contents. */
const identity = ({ kind, metadata }: ManifestObject): string =>
  [kind, metadata?.namespace, kind === 'Job' ? metadata?.name?.replace(/-[0-9a-f]{8}$/, '') : metadata?.name]
    .filter(Boolean)
    .join(' ');

/** The path as the table writes it: pod templates are alike wherever they are, and so are a pod's containers. */
const written = (path: string): string =>
  path
    .replace(/^\w+ spec\.(?:jobTemplate\.spec\.)?template\.spec\./, 'pods ')
    .replace('pods initContainers[]', 'pods containers[]');

function differences(development: readonly ManifestObject[], production: readonly ManifestObject[]): Difference[] {
  const found: Difference[] = [];
  const [one, other] = [development, production].map(
    (objects) => new Map(objects.map((object) => [identity(object), object])),
  ) as [Map<string, ManifestObject>, Map<string, ManifestObject>];
  const compare = (object: ManifestObject, path: string, a: unknown, b: unknown): void => {
    if (JSON.stringify(a) === JSON.stringify(b)) return;
    const named = isNamed(a) && isNamed(b);
    const [left, right] = named ? [byName(a), byName(b)] : [a, b];
    if (isMap(left) && isMap(right)) {
      for (const key of new Set([...Object.keys(left), ...Object.keys(right)])) {
        const below = named ? `${path}[]` : `${path}${/^\w+$/.test(key) ? `.${key}` : `["${key}"]`}`;
        compare(object, below.replace(/^(\w+)\./, '$1 '), left[key], right[key]);
      }
      return;
    }
    const side = a === undefined ? 'production' : b === undefined ? 'development' : 'both';
    found.push({ object, path: written(path), side });
  };
  for (const key of new Set([...one.keys(), ...other.keys()])) {
    const object = (other.get(key) ?? one.get(key)) as ManifestObject;
    compare(object, object.kind, one.get(key), other.get(key));
  }
  return found;
}

/** A row of the table: `NetworkPolicy`, or fields of some objects, and what there is of it on either side. */
interface Row {
  readonly kinds: readonly string[];
  /** The roles of the objects that are meant. @default all */
  readonly components: readonly string[];
  /** @default the whole object */
  readonly fields: readonly string[];
  readonly development: string;
  readonly production: string;
}

const quoted = (text = ''): string[] => [...text.matchAll(/`([^`]+)`/g)].map(([, name]) => name ?? '');

function rowsOf(text: string): Row[] {
  const [, section = ''] = text.split('## Differences from development\n');
  const [, table = ''] = section.split(/^\| --- .*\n/m);
  return table
    .split('\n\n')[0]
    ?.trim()
    .split('\n')
    .map((line) => {
      const [objects = '', fields, development = '', production = ''] = line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim());
      const [kinds, components] = objects.split(' of ');
      return {
        kinds: kinds === 'pods' ? ['pods'] : quoted(kinds),
        components: quoted(components),
        fields: quoted(fields),
        development,
        production,
      };
    }) as Row[];
}

const rows = rowsOf(readFileSync(join(repository, 'docs', 'production.md'), 'utf8'));

const names = ({ kinds, components, fields, development, production }: Row, { object, path, side }: Difference) =>
  (fields.length > 0
    ? kinds.some((kind) => fields.some((field) => path === `${kind} ${field}`))
    : kinds.includes(path)) &&
  (components.length === 0 || components.includes(object.metadata?.labels?.['app.kubernetes.io/component'] ?? '')) &&
  development.startsWith('none') === (side === 'production') &&
  production.startsWith('none') === (side === 'development');

/** What no row names: each kind of difference once, with an object that has it. */
function unnamed(found: readonly Difference[]): string[] {
  const examples = found
    .filter((each) => !rows.some((row) => names(row, each)))
    .map(({ object, path, side }): [string, string] => [`${path} (${side})`, identity(object)]);
  return [...new Map(examples)].map(([what, example]) => `${what}, such as of ${example}`).sort();
}

/** An environment that says everything that has an effect on real clusters only. */
function configured(): Difference[] {
  const shop = declareProject({
    uses: { redis: { database: 1 }, minio: { buckets: ['raw'] } },
    services: {
      postgres: { initScripts: 'infra/initdb' },
      reports: { kind: 'postgres' },
      search: { kind: 'container', image: 'nginx:1.29', port: 7700 },
    },
    secrets: ['TOKEN'],
    workloads: {
      migrate: { kind: 'job', check: ['true'], after: ['postgres'] },
      api: {
        kind: 'http',
        port: 8000,
        after: ['migrate', 'redis'],
        autoscale: { min: 2, max: 5, cpu: 70 },
        expose: { host: 'api.example.com', tls: { clusterIssuer: 'letsencrypt' } },
      },
      web: {
        kind: 'http',
        port: 80,
        replicas: 2,
        expose: { host: 'example.com', via: 'gateway', gateway: 'infra/main' },
      },
      nightly: { kind: 'cronjob', schedule: '@daily' },
      queue: {
        kind: 'worker',
        health: { tcp: 1 },
        autoscale: { max: 5, queues: [{ list: 'celery', perPod: 10 }] },
      },
      ring: { kind: 'statefulset', replicas: 2, ports: { gossip: 7946 }, health: { tcp: 7946 } },
    },
  });
  const profiles = resolveProfiles(
    {
      production: {
        images: { registry: 'registry.example.com/dev', tag: '1.2.3' },
        managed: ['redis', 'minio', 'shop/postgres'],
        secrets: { store: 'vault', kind: 'ClusterSecretStore', prefix: '', refreshInterval: '1h' },
        reloader: true,
        gitops: 'argocd',
        backup: backupField.parse({ schedule: '@daily', bucket: 'backups' }),
      },
    },
    0,
  );
  const environment = { ...declareEnvironment([shop]), profiles };
  const objects = (profile: Profile) => [
    ...globalObjects(environment, profile).objects,
    ...projectObjects(environment, profile, shop).objects,
  ];
  return differences(objects(profiles.local), objects(profiles.production));
}

describe('development and a real cluster differ only as the table in docs/production.md tells', () => {
  let here: Difference[];

  beforeAll(async () => {
    const made = async (profile: string) => {
      const out = mkdtempSync(join(tmpdir(), `repoctl-${profile}-`));
      expect((await repoctl(repository, 'synth', '--profile', profile, '--out', out)).status).toBe(0);
      return readdirSync(out)
        .filter((name) => name.endsWith('.yaml'))
        .flatMap((name) => parseAllDocuments(readFileSync(join(out, name), 'utf8')))
        .map((document) => document.toJS() as ManifestObject);
    };
    here = differences(await made('local'), await made('production'));
  });

  test('in this repository', () => {
    expect(here.length).toBeGreaterThan(100);
    expect(unnamed(here)).toEqual([]);
  });

  test('where a profile says all that it can', () => expect(unnamed(configured())).toEqual([]));

  test('and each row of it is needed', () => {
    const all = [...here, ...configured()];
    const idle = rows.flatMap((row) =>
      row.fields.length > 0
        ? row.fields.filter((field) => !all.some((each) => names({ ...row, fields: [field] }, each)))
        : row.kinds.filter((kind) => !all.some((each) => names({ ...row, kinds: [kind] }, each))),
    );
    expect(idle).toEqual([]);
  });
});
