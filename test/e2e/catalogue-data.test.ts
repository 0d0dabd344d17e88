import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { images } from '../../charts/common/images.ts';
import { cluster, ensureCluster, makeAvailable } from './environment.ts';
import { type Outcome, run } from './run.ts';
import { SmallEnvironment } from './small-environment.ts';

jest.setTimeout(900_000);

ensureCluster();
const needed = [images.cassandra, images.opensearch, images.busybox, 'python:3.12-slim'];
const had = makeAvailable(needed);
const isMissing = needed.some((reference) => !had.includes(reference));

const project = (name: string, services: string) => `name: ${name}
images: { app: {} }
${services}
workloads:
  client:
    kind: worker
    command: [sleep, infinity]
    health: { command: ["true"] }
    stopSeconds: 1
    after: [cassandra]
`;

const dockerfile = `FROM python:3.12-slim
RUN pip install --no-cache-dir cassandra-driver==3.29.2
USER 1000
`;

const wideColumns = `import os
from cassandra.auth import PlainTextAuthProvider
from cassandra.cluster import Cluster
login = PlainTextAuthProvider(os.environ["CASSANDRA_USERNAME"], os.environ["CASSANDRA_PASSWORD"])
session = Cluster([os.environ["CASSANDRA_CONTACT_POINTS"]], auth_provider=login, connect_timeout=60).connect(os.environ["CASSANDRA_KEYSPACE"])
session.execute("create table if not exists letters (id int primary key, body text)", timeout=60)
`;

const search = `import json, os, urllib.request
prefix = os.environ["OPENSEARCH_INDEX_PREFIX"]
def ask(method, path, body=None):
    request = urllib.request.Request(os.environ["OPENSEARCH_URL"] + path, method=method)
    request.add_header("content-type", "application/json")
    return json.load(urllib.request.urlopen(request, json.dumps(body).encode() if body else None))
`;

const succeeded = (outcome: Outcome): Outcome => {
  expect([outcome.status, outcome.stderr]).toEqual([0, expect.anything()]);
  return outcome;
};

(isMissing ? describe.skip : describe)('what Cassandra and OpenSearch keep', () => {
  let small: SmallEnvironment;
  const python = (name: string, program: string) =>
    small.kubectl('exec', '-n', name, `deploy/${name}-client`, '--', 'python', '-c', program);
  const insert = (name: string, id: number) =>
    python(name, `${wideColumns}session.execute("insert into letters (id, body) values (${id}, 'kept')", timeout=60)`);
  /** The ids of a project's rows. */
  const rows = (name: string) =>
    python(
      name,
      `${wideColumns}print(sorted(row.id for row in session.execute("select id from letters", timeout=60)))`,
    );
  const password = (name: string) => python(name, 'import os; print(os.environ["CASSANDRA_PASSWORD"])');
  const documents = (name: string) => python(name, `${search}print(ask("GET", f"/{prefix}*/_count")["count"])`);

  beforeAll(() => {
    small = new SmallEnvironment('gallery', cluster);
    small.write(
      'repoctl.yaml',
      `name: gallery
global:
  redis: false
  minio: false
  redisInsight: false
  services:
    cassandra: { kind: cassandra }
    opensearch: { kind: opensearch }
projects: [apps/attic, apps/left, apps/right]
`,
    );
    small.write('.env.example', 'CASSANDRA_PASSWORD=\n');
    const services = {
      attic: 'services:\n  cassandra: { schema: infra/cql }',
      left: 'uses:\n  cassandra: {}\n  opensearch: {}',
      right: 'uses:\n  cassandra: {}\n  opensearch: {}',
    };
    small.write('apps/attic/infra/cql/letters.cql', 'create table letters (id int primary key, body text);\n');
    for (const [name, text] of Object.entries(services)) {
      small.write(`apps/${name}/infra/project.yaml`, project(name, text));
      small.write(`apps/${name}/infra/.env.example`, 'CASSANDRA_PASSWORD=\n');
      small.write(`apps/${name}/Dockerfile`, dockerfile);
    }
    run('kind', ['load', 'docker-image', '--name', cluster, images.cassandra, images.opensearch, images.busybox]);
    small.clear('attic', 'left', 'right', 'gallery');
    succeeded(small.project('start', 'attic', 'left', 'right'));
  });
  afterAll(() => {
    small?.clear('attic', 'left', 'right', 'gallery');
    small?.remove();
  });

  test('a Cassandra of a project’s own is backed up, reset and restored', () => {
    insert('attic', 1);
    succeeded(small.project('backup', 'attic'));
    insert('attic', 2);
    succeeded(small.project('reset', 'attic', '--yes', '--no-backup'));
    expect(rows('attic')).toBe('[]');
    succeeded(small.project('restore', 'attic', '--latest', '--yes'));
    expect(rows('attic')).toBe('[1]');
  });

  test('a Cassandra of a project’s own gets a new password, and keeps its rows', () => {
    const before = password('attic');
    succeeded(small.project('rotate', 'attic'));
    expect(password('attic')).not.toBe(before);
    expect(rows('attic')).toBe('[1]');
  });

  test('reset empties the tables and the indexes of one project, and of no other', () => {
    for (const name of ['left', 'right']) {
      insert(name, 1);
      python(name, `${search}ask("PUT", f"/{prefix}letters/_doc/1?refresh=wait_for", {"body": "kept"})`);
    }
    const { stderr } = succeeded(small.project('reset', 'left', '--yes', '--no-backup'));
    expect(stderr).toContain('emptied table left.letters of cassandra');
    expect(stderr).toContain('deleted index left-letters of opensearch');
    expect([rows('left'), rows('right')]).toEqual(['[]', '[1]']);
    expect([documents('left'), documents('right')]).toEqual(['0', '1']);
  });

  test('a project reads no table of another in a shared Cassandra', () => {
    const other = `${wideColumns}from cassandra import Unauthorized
try:
    session.execute("select id from right.letters", timeout=60)
except Unauthorized as error:
    print(error)`;
    expect(python('left', other)).toContain('User left has no SELECT permission on <table right.letters>');
  });

  test('a shared Cassandra gives one project a new password, and the other keeps its own', () => {
    const before = [password('left'), password('right')];
    succeeded(small.project('rotate', 'left'));
    expect([password('left') === before[0], password('right') === before[1]]).toEqual([false, true]);
    insert('left', 3);
    expect([rows('left'), rows('right')]).toEqual(['[3]', '[1]']);
  });
});
