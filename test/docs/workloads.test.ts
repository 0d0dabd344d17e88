import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { synthesize } from '../../src/synth/synthesize.ts';
import { type Files, inRepository, paths } from '../config/repository.ts';
import { examplesOf } from './examples.ts';

const read = (name: string) => readFileSync(join(import.meta.dirname, '..', '..', 'docs', name), 'utf8');
const page = read('workloads.md');
const examples = [...examplesOf(page), ...examplesOf(read('catalogue.md')), ...examplesOf(read('workspaces.md'))];

/** The variables that the pages say `.env.example` lists. */
const variables: Readonly<Record<string, string>> = {
  MariaDB: 'MARIADB_ROOT_PASSWORD=\nMARIADB_PASSWORD=\n',
  Keycloak: 'KC_BOOTSTRAP_ADMIN_PASSWORD=\n',
  Meilisearch: 'MEILI_MASTER_KEY=\n',
  'Per profile': 'POSTGRES_PASSWORD=\n',
  RabbitMQ: 'RABBITMQ_PASSWORD=\n',
  Cassandra: 'CASSANDRA_PASSWORD=\n',
  Sentry: 'SENTRY_DSN=\n',
  PgBouncer: 'POSTGRES_PASSWORD=\n',
  'Shared services, and Redis or MinIO of one’s own':
    'ASSETS_MINIO_SECRET_KEY=\nREDIS_PASSWORD=\nMINIO_ROOT_USER=\nMINIO_ROOT_PASSWORD=\nMINIO_SECRET_KEY=\n',
};

const root =
  'REDIS_PASSWORD=\nMINIO_ROOT_USER=\nMINIO_ROOT_PASSWORD=\nCATALOG_POSTGRES_PASSWORD=\nCACHE_REDIS_PASSWORD=\n' +
  'ASSETS_MINIO_ROOT_USER=\nASSETS_MINIO_ROOT_PASSWORD=\nRABBITMQ_PASSWORD=\n';

const profiles = 'profiles: { production: { images: { registry: registry.example.com/shop, tag: 1.4.0 } } }\n';

const filesOf = ({ title, project, environment = 'name: monorepo\n' }: (typeof examples)[number]): Files => ({
  [paths.environment]: environment + profiles,
  '.env.example': root,
  [paths.project]: project,
  [paths.example]: variables[title] ?? '',
  'packages/shared/name.mjs': '',
  'packages/ui/src/index.ts': '',
  'backends/svc-a/app/page.tsx': '',
  'backends/svc-a/Dockerfile': 'FROM base AS development\nFROM base AS runtime\nCOPY --from=shared . ./shared\n',
  'backends/svc-a/infra/cql/readings.cql': 'create table readings (sensor uuid primary key);\n',
  'backends/svc-a/infra/app.conf': 'colour = red\n',
  'backends/svc-a/infra/nginx/default.conf': 'server { listen 80; }\n',
});

test('there is an example for each row of the table', () => {
  const linked = [...page.matchAll(/\]\(#([-a-z]+)\) \|$/gm)].map(([, anchor]) => anchor);
  const titles = examples.map(({ title }) => title.toLowerCase().replaceAll(' ', '-'));
  expect(linked.length).toBeGreaterThan(12);
  expect(linked.filter((anchor) => !titles.includes(anchor ?? ''))).toEqual([]);
});

describe.each(['local', 'production'] as const)('in the profile %s', (profile) => {
  test.each(examples.map((example) => [example.title, example] as const))(
    'the example of "%s" is right',
    async (_, example) => {
      const { name } = parse(example.project) as { name: string };
      await inRepository(filesOf(example), async (folder) => {
        const { plan } = await synthesize(folder, { profile, out: join(folder, 'dist', profile) });
        expect(plan.namespaces.map((namespace) => namespace.name)).toContain(name);
      });
    },
  );
});
