import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { examplesOf } from '../docs/examples.ts';
import { cluster, ensureCluster, makeAvailable } from './environment.ts';
import { eventually, run } from './run.ts';
import { SmallEnvironment } from './small-environment.ts';

jest.setTimeout(600_000);

const page = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'workloads.md'), 'utf8');
const example = (title: string): string => {
  const found = examplesOf(page).find((each) => each.title === title);
  if (!found) throw new Error(`docs/workloads.md has no example of ${title}`);
  return found.project;
};

/** The examples of docs/workloads.md by their projects (where no registry is reached, .ci/stand-ins says what runs for which), each with the values of its `.env`. */
const projects = {
  'mariadb-shop': { text: example('MariaDB'), env: 'MARIADB_ROOT_PASSWORD=root-of-it\nMARIADB_PASSWORD=of-the-shop\n' },
  'nginx-shop': { text: example('nginx'), env: '' },
  'keycloak-shop': { text: example('Keycloak'), env: 'KC_BOOTSTRAP_ADMIN_PASSWORD=of-the-admin\n' },
  'meilisearch-shop': { text: example('Meilisearch'), env: 'MEILI_MASTER_KEY=sixteen-bytes-or-more\n' },
  'mailpit-shop': { text: example('Mailpit'), env: '' },
};
const names = Object.keys(projects);

describe('services of any image, as docs/workloads.md has them', () => {
  let small: SmallEnvironment;
  const raw = (namespace: string, service: string, path: string) =>
    small.kubectl('get', '--raw', `/api/v1/namespaces/${namespace}/services/${service}/proxy${path}`);
  const exec = (namespace: string, what: string, ...command: string[]) =>
    small.kubectl('exec', '-n', namespace, what, '--', ...command);
  const removePods = (namespace: string) => small.kubectl('delete', 'pod', '-n', namespace, '--all', '--wait');

  beforeAll(() => {
    ensureCluster();
    small = new SmallEnvironment('images', cluster);
    small.write('repoctl.yaml', `${small.read('repoctl.yaml')}projects: [apps/*-shop]\n`);
    for (const [name, { text, env }] of Object.entries(projects)) {
      small.write(`apps/${name}/infra/project.yaml`, text);
      small.write(`apps/${name}/infra/.env.example`, env.replaceAll(/=.*/g, '='));
      small.write(`apps/${name}/infra/.env`, env);
    }
    small.write(
      'apps/nginx-shop/infra/nginx/default.conf',
      "server { listen 80; location / { return 200 'of the repository'; } }\n",
    );
    const texts = Object.values(projects).map(({ text }) => text);
    const images = texts.flatMap((text) => [...text.matchAll(/image: ([^\s#,}]+)/g)].map(([, image = '']) => image));
    const made = makeAvailable([...new Set(images)]);
    expect(made.sort()).toEqual([...new Set(images)].sort());
    run('kind', ['load', 'docker-image', '--name', cluster, ...made]);
    small.clear(...names, 'images');
    expect(small.project('start', ...names)).toMatchObject({ status: 0 });
  });
  afterAll(() => {
    small?.clear(...names, 'images');
    small?.remove();
  });

  test('all are healthy', () => expect(small.repoctl('status', '--deep')).toMatchObject({ status: 0 }));

  test('run under Pod Security restricted, but for the one with a reason', () => {
    const levels = names.map((name) =>
      small.kubectl(
        'get',
        'namespace',
        name,
        '-o',
        'jsonpath={.metadata.labels.pod-security\\.kubernetes\\.io/enforce}',
      ),
    );
    expect(levels).toEqual(names.map((name) => (name === 'nginx-shop' ? 'baseline' : 'restricted')));
  });

  test('MariaDB keeps its rows', async () => {
    const sql = (statement: string) =>
      exec(
        'mariadb-shop',
        'mariadb-shop-mariadb-0',
        ...['sh', '-c', 'mariadb -h 127.0.0.1 -u shop -p"$MARIADB_PASSWORD" shop -Ne "$1"', 'sh', statement],
      );
    sql('create table cards (id int primary key)');
    sql('insert into cards values (7)');
    removePods('mariadb-shop');
    await eventually('MariaDB answers again', 120, () => expect(sql('select id from cards')).toBe('7'));
  });

  test('nginx starts as root, changes to its user, and serves by the files of the repository', () => {
    expect(raw('nginx-shop', 'nginx-shop-front:80', '/')).toBe('of the repository');
    const status = 'for f in /proc/[0-9]*/status; do grep -H "^Uid" $f; done';
    const uids = exec('nginx-shop', 'deploy/nginx-shop-front', 'sh', '-c', status).split('\n');
    expect(uids.map((line) => line.split(/\s+/)[1])).toEqual(expect.arrayContaining(['0', '101']));
  });

  test('Keycloak has what its image holds where it writes', () => {
    expect(raw('keycloak-shop', 'keycloak-shop-keycloak:8080', '/')).toBe('Welcome');
    const file = '/opt/keycloak/lib/quarkus/quarkus-application.dat';
    expect(exec('keycloak-shop', 'keycloak-shop-keycloak-0', 'cat', file)).toBe('built');
  });

  test('Meilisearch has its key', () => {
    expect(raw('meilisearch-shop', 'meilisearch-shop-meilisearch:7700', '/health')).toContain('available');
    expect(() => raw('meilisearch-shop', 'meilisearch-shop-meilisearch:7700', '/indexes')).toThrow(/orbidden|403/);
  });

  test('Mailpit keeps its letters', async () => {
    const at = '/api/v1/namespaces/mailpit-shop/services/mailpit-shop-mail:8025/proxy/api/v1';
    small.write('letter.json', '{"From":{"Email":"a@example.com"},"To":[{"Email":"b@example.com"}],"Subject":"Seven"}');
    small.kubectl('create', '--raw', `${at}/send`, '-f', join(small.root, 'letter.json'));
    removePods('mailpit-shop');
    await eventually('Mailpit answers again', 120, () =>
      expect(small.kubectl('get', '--raw', `${at}/messages`)).toContain('Seven'),
    );
  });
});
