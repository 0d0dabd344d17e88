import { describe, expect, test } from '@jest/globals';
import { proposeProjects } from '../../src/scaffold/compose.ts';
import { readComposeFile } from '../../src/scaffold/compose-file.ts';
import { projectFiles } from '../../src/scaffold/project-text.ts';
import type { Source } from '../../src/scaffold/source.ts';
import { text } from '../config/repository.ts';

type Files = Readonly<Record<string, string>>;

/** Files by their paths, as if they were on the disk. */
const sourceOf = (files: Files): Source => ({
  text: (path) => files[path],
  names(folder) {
    const start = folder === '' || folder === '.' ? '' : `${folder}/`;
    const inside = Object.keys(files).filter((path) => path.startsWith(start));
    return [...new Set(inside.map((path) => path.slice(start.length).replace(/\/.*/, '/')))].sort();
  },
});

const apiFiles = { 'api/Dockerfile': 'FROM python:3.12-slim\nUSER 1000\n' };

/** What is proposed for a compose file in the folder `shop`, beside an API that is built in `api/`. */
function propose(
  compose: string,
  files: Files = apiFiles,
  taken = { hostPorts: [] as number[], databases: [] as number[] },
) {
  const source = sourceOf(files);
  const { projects, notes } = proposeProjects(readComposeFile('compose.yaml', compose, source), {
    file: 'compose.yaml',
    environment: 'shop',
    name: 'shop',
    source,
    taken: { hostPorts: new Set(taken.hostPorts), databases: new Set(taken.databases) },
  });
  const [project] = projects;
  return {
    projects,
    data: project?.data,
    notes: [...notes, ...projects.flatMap((each) => each.notes)],
    secrets: project?.secrets,
  };
}

/** The service `api`, built in `api/`, with more fields, and other services. */
const withApi = (api: string, others = ''): string =>
  `services:\n  api:\n    build: ./api\n${api.replaceAll(/^(?=.)/gm, '    ')}${others.replaceAll(/^(?=.)/gm, '  ')}`;

const postgres = text`
  db:
    image: postgres:16
    environment: { POSTGRES_USER: owner, POSTGRES_DB: store, POSTGRES_PASSWORD: hunter2 }
    ports: ["5433:5432"]
`;

describe('the services', () => {
  test('PostgreSQL becomes one of the project, with its role, database and host port', () => {
    expect(propose(withApi('', postgres)).data?.services).toEqual({
      postgres: { database: 'store', user: 'owner', hostPort: 5433 },
    });
  });

  test.each([
    ['postgres', undefined],
    ['postgres:16-alpine', undefined],
    ['postgres:latest', undefined],
    ['registry.example.com/library/postgres:16', undefined],
    ['postgres:13.4-alpine3.18', 'postgres:13.4'],
    ['postgis/postgis:16-3.4', 'postgis/postgis:16-3.4'],
  ])('of the image %s runs %s', (image, expected) => {
    const { data } = propose(withApi('', `db: { image: "${image}" }\n`));
    expect(data?.services?.postgres ?? {}).toEqual(expect.objectContaining(expected ? { image: expected } : {}));
    expect('image' in (data?.services?.postgres ?? {})).toBe(expected !== undefined);
  });

  test('a folder of init scripts is kept', () => {
    const db = `db:\n  image: postgres:16\n  volumes: ["./db/init:/docker-entrypoint-initdb.d"]\n`;
    const { data } = propose(withApi('', db), { ...apiFiles, 'db/init/1.sql': '' });
    expect(data?.services?.postgres).toEqual({ initScripts: '../../db/init' });
    expect(propose(withApi('', db)).notes).toContainEqual(expect.stringContaining('name it as initScripts'));
  });

  test('Redis is the one of the environment: the project gets the next free database', () => {
    const { data } = propose(withApi('', 'cache: { image: "redis:7-alpine" }\n'), apiFiles, {
      hostPorts: [],
      databases: [0, 1],
    });
    expect(data?.uses).toEqual({ redis: { database: 2 } });
    expect(data?.services).toBeUndefined();
  });

  test('MinIO is the one of the environment; its buckets are those that variables and the client name', () => {
    const { data } = propose(
      withApi(
        'environment: { S3_ENDPOINT: "http://minio:9000", UPLOAD_BUCKET: uploads, S3_SECRET_KEY: s3cret }\n',
        text`
          minio: { image: minio/minio, environment: { MINIO_ROOT_USER: root, MINIO_ROOT_PASSWORD: s3cret } }
          make: { image: minio/mc, entrypoint: "sh -c 'mc mb --ignore-existing store/reports'" }
        `,
      ),
    );
    expect(data?.uses).toEqual({ minio: { buckets: ['uploads', 'reports'] } });
    expect(data?.workloads?.api?.env).toEqual({
      S3_ENDPOINT: '$(AWS_ENDPOINT_URL_S3)',
      UPLOAD_BUCKET: '$(S3_BUCKET_UPLOADS)',
      S3_SECRET_KEY: '$(AWS_SECRET_ACCESS_KEY)',
    });
  });

  test('RabbitMQ and Mailpit become kinds of their own, with their pages', () => {
    const { data } = propose(
      withApi(
        'environment: { AMQP: "amqp://guest:guest@rabbit:5672/", SMTP_SERVER: mail }\n',
        text`
          rabbit: { image: "rabbitmq:4-management", ports: ["5672:5672", "15672:15672"] }
          mail: { image: "axllent/mailpit:v1.27", ports: ["8025:8025"] }
        `,
      ),
    );
    expect(data?.services).toEqual({
      rabbitmq: { hostPort: 5672, consoleHostPort: 15672 },
      mailpit: { consoleHostPort: 8025 },
    });
    expect(data?.workloads?.api?.env).toMatchObject({ AMQP: '$(RABBITMQ_URL)' });
  });

  test('any other image runs as a container, with a claim for its volume', () => {
    const queue = text`
      rabbit:
        image: nats:2.11
        ports: ["4222:4222"]
        environment: { NATS_LOG: debug }
        volumes: ["queue:/data"]
    `;
    const { data } = propose(withApi('environment: { BUS: "nats://guest@rabbit:4222/v" }\n', queue));
    expect(data?.services?.rabbit).toEqual({
      kind: 'container',
      image: 'nats:2.11',
      port: 4222,
      scheme: 'nats',
      hostPort: 4222,
      user: 1000,
      storage: { path: '/data' },
      env: { NATS_LOG: 'debug' },
    });
    expect(data?.workloads?.api?.env).toEqual({ BUS: 'nats://guest@shop-app-rabbit.shop-app.svc:4222/v' });
  });

  test.each([
    ['search: { image: "search:latest", ports: [7700] }\n', 'needs a tag'],
    ['search: { image: "search:1", environment: [] }\n', "the port that it listens on isn't known"],
    ['search: { build: ./search }\n', 'search: is left out; there is no search/Dockerfile'],
    ['search: { build: "https://example.com/a.git" }\n', 'is not a folder of the repository'],
    ['search: { build: ../search }\n', 'outside of the repository'],
  ])('%j is left out, and noted', (service, note) => {
    const { data, notes } = propose(withApi('', service));
    expect(Object.keys({ ...data?.services, ...data?.workloads })).toEqual(['api']);
    expect(notes).toContainEqual(expect.stringContaining(note));
  });
});

describe('the workloads', () => {
  test.each([
    ['ports: ["8000:80"]\n', { kind: 'http', port: 80, hostPort: 8000, health: { tcp: 80 } }],
    ['expose: ["8000"]\n', { kind: 'http', port: 8000, health: { tcp: 8000 } }],
    [
      'command: python -m worker\n',
      { kind: 'worker', args: ['python', '-m', 'worker'], health: { command: ['true'] } },
    ],
    [
      'entrypoint: ["/run"]\ncommand: ["a b"]\n',
      { kind: 'worker', command: ['/run'], args: ['a b'], health: { command: ['true'] } },
    ],
    ['command: celery -A shop worker -c 3\n', { kind: 'celery-worker', app: 'shop', concurrency: 3 }],
    ['command: celery -A shop beat\n', { kind: 'celery-beat', app: 'shop' }],
    [
      'ports: [8000]\nhealthcheck: { test: ["CMD", "curl", "-f", "http://localhost:8000/up?x=1"] }\n',
      { kind: 'http', port: 8000, health: '/up?x=1' },
    ],
    [
      'ports: [8000]\nhealthcheck: { test: ["CMD", "curl", "-f", "http://localhost:9000/up"] }\n',
      { kind: 'http', port: 8000, health: { path: '/up', port: 9000 } },
    ],
    [
      'ports: [8000]\nhealthcheck: { test: ["CMD", "grpc_health_probe"] }\n',
      { kind: 'http', port: 8000, health: { command: ['grpc_health_probe'] } },
    ],
    [
      'healthcheck: { test: "wget -q http://127.0.0.1:9/live || exit 1" }\n',
      { kind: 'worker', health: { path: '/live', port: 9 } },
    ],
    ['healthcheck: { test: ["CMD", "check"] }\n', { kind: 'worker', health: { command: ['check'] } }],
    [
      'ports: [8000]\ndeploy: { replicas: 3 }\nuser: "1001:1002"\n',
      { kind: 'http', port: 8000, health: { tcp: 8000 }, replicas: 3, user: 1001, group: 1002 },
    ],
  ])('%j', (api, expected) => {
    expect(propose(withApi(api)).data?.workloads?.api).toEqual({ user: 1000, ...expected });
  });

  test('a route that the sources name is asked', () => {
    const files = { ...apiFiles, 'api/src/app.py': '@app.get("/healthz")' };
    expect(propose(withApi('ports: [8000]\n'), files).data?.workloads?.api?.health).toBe('/healthz');
  });

  test('a host port that is taken or needs root is replaced, and noted', () => {
    const { data, notes } = propose(withApi('ports: ["8000:80"]\n'), apiFiles, { hostPorts: [8000], databases: [] });
    expect(data?.workloads?.api?.hostPort).toBe(8001);
    expect(notes).toContain('api: is at port 8001 of your machine; 8000 is taken');
    expect(propose(withApi('ports: ["80:80"]\n')).data?.workloads?.api?.hostPort).toBe(8080);
  });

  test('a worker with beat inside becomes two', () => {
    expect(Object.keys(propose(withApi('command: celery -A shop worker -B\n')).data?.workloads ?? {})).toEqual([
      'api',
      'beat',
    ]);
  });

  test('what others wait for until it has ended is a job', () => {
    const { data, notes } = propose(
      withApi(
        'ports: [80]\ndepends_on: { migrate: { condition: service_completed_successfully } }\n',
        'migrate: { build: ./api, command: migrate up }\n',
      ),
    );
    expect(data?.workloads?.migrate).toEqual({ kind: 'job', args: ['migrate', 'up'], user: 1000 });
    expect(data?.workloads?.api?.after).toBeUndefined();
    expect(notes).toContainEqual(expect.stringContaining('does not wait for migrate'));
  });

  test('images that are built alike are one', () => {
    const { data } = propose(withApi('', 'other: { build: api }\nthird: { build: { context: api, target: x } }\n'));
    expect(data?.images).toEqual({
      api: { context: '../../api', dockerfile: '../../api/Dockerfile' },
      third: { context: '../../api', dockerfile: '../../api/Dockerfile', target: 'x' },
    });
    expect([data?.workloads?.other?.image, data?.workloads?.third?.image]).toEqual(['api', 'third']);
  });

  test('dependencies become waits, in their names here', () => {
    const others = `${postgres}cache: { image: "redis:7" }\nweb: { build: ./api, ports: [80], depends_on: [api, db] }\n`;
    const { data } = propose(withApi('ports: [81]\ndepends_on: [db, cache]\n', others));
    expect(data?.workloads?.api?.after).toEqual(['postgres', 'redis']);
    expect(data?.workloads?.web?.after).toEqual(['postgres', 'api']);
  });
});

describe('variables', () => {
  const cache = 'cache: { image: "redis:7" }\n';
  test.each([
    ['DATABASE_URL', 'postgres://owner:hunter2@db:5432/store', undefined],
    ['REDIS_URL', 'redis://cache:6379/0', undefined],
    ['BROKER', 'redis://cache:6379/1', '$(REDIS_URL)'],
    ['PG', 'postgresql://owner:hunter2@db/store?sslmode=disable', '$(DATABASE_URL)?sslmode=disable'],
    [
      'SQLALCHEMY_URL',
      'postgresql+psycopg://owner:hunter2@db:5432/store',
      'postgresql+psycopg://owner:$(POSTGRES_PASSWORD)@shop-app-postgres.shop-app.svc:5432/store',
    ],
    ['DB_HOST', 'db', 'shop-app-postgres.shop-app.svc'],
    ['CACHE_HOST', 'cache', 'shop-redis.shop.svc'],
    ['CACHE', 'cache:6379', 'shop-redis.shop.svc:6379'],
    ['DB_PASSWORD', 'hunter2', '$(POSTGRES_PASSWORD)'],
    ['DRIVER', 'db', 'db'],
    ['LOG_LEVEL', 'info', 'info'],
    ['API_URL', 'https://db.example.com/x', 'https://db.example.com/x'],
  ])('%s: %s is %s', (name, value, expected) => {
    const { data, secrets } = propose(withApi(`environment: { ${name}: "${value}" }\n`, postgres + cache));
    expect((data?.workloads?.api?.env as Record<string, string> | undefined)?.[name]).toBe(expected);
    expect(secrets?.size).toBe(0);
  });

  test.each([
    ['SECRET_KEY', 'abc', 'abc'],
    ['STRIPE_TOKEN', 'abc', 'abc'],
    ['SMTP_URL', 'smtp://me:pw@mail.example.com', 'smtp://me:pw@mail.example.com'],
    ['ANYTHING', '${FROM_THE_SHELL}', undefined],
  ])('%s: %s goes to .env', (name, value, known) => {
    const { data, secrets } = propose(withApi(`environment: { ${name}: "${value}" }\n`));
    expect([...(secrets ?? [])]).toEqual([[name, known]]);
    expect(data?.workloads?.api?.env).toBeUndefined();
  });

  test('a driver of its own keeps DATABASE_URL: the service gets another name', () => {
    const { data } = propose(withApi('environment: { DATABASE_URL: "postgresql+asyncpg://o:p@db/store" }\n', postgres));
    expect(Object.keys(data?.services ?? {})).toEqual(['db']);
    expect(data?.workloads?.api?.env).toEqual({
      DATABASE_URL: 'postgresql+asyncpg://owner:$(DB_POSTGRES_PASSWORD)@shop-app-db.shop-app.svc:5432/store',
    });
  });

  test('files of variables count, below those that are written out', () => {
    const files = { ...apiFiles, 'api.env': 'A=1\nB=2\n', '.env': 'C=3\n' };
    const { data } = propose(withApi('env_file: api.env\nenvironment: ["B=${C}"]\n'), files);
    expect(data?.workloads?.api?.env).toEqual({ A: '1', B: '3' });
  });

  test('the values of secrets stand in .env alone, and that only if all are known', () => {
    const files = (environment: string) => {
      const [project] = propose(withApi(`environment: ${environment}\n`, postgres)).projects;
      return Object.fromEntries(
        (project ? projectFiles(project, 'shop', 'schemas') : []).map((each) => [each.path, each]),
      );
    };
    const known = files('{ SECRET_KEY: "a b" }');
    expect(known['apps/shop-app/infra/.env']?.text).toMatch(/^POSTGRES_PASSWORD=[\w-]{32}$[\s\S]*^SECRET_KEY='a b'$/m);
    expect(known['apps/shop-app/infra/.env']?.secret).toBe(true);
    expect(known['apps/shop-app/infra/.env.example']?.text).toMatch(/^SECRET_KEY=$/m);
    expect(known['apps/shop-app/infra/project.yaml']?.text).not.toMatch(/a b|hunter2/);
    expect(Object.keys(files('[SECRET_KEY, A_TOKEN=x]'))).not.toContain('apps/shop-app/infra/.env');
  });
});

describe('projects', () => {
  test('are named like the file says, or its folder', () => {
    expect(propose(`name: store\n${withApi('')}`).projects[0]).toMatchObject({
      directory: 'apps/store',
      data: { name: 'store' },
    });
    expect(propose(withApi('')).data?.name).toBe('shop-app');
  });

  test('are several where all is built below backends/ and apps/: each with what it needs', () => {
    const files = { 'backends/api/Dockerfile': 'FROM a\n', 'apps/web/Dockerfile': 'FROM a\n' };
    const { projects } = propose(
      text`
        services:
          api: { build: backends/api, ports: [8000], environment: { DATABASE_URL: "postgres://db/x" } }
          web: { build: apps/web, ports: [3000], environment: { API: "http://api:8000" }, depends_on: [api] }
          db: { image: "postgres:16" }
      `,
      files,
    );
    expect(projects.map(({ directory, data }) => [directory, data.name, data.images])).toEqual([
      ['backends/api', 'api', { app: {} }],
      ['apps/web', 'web', { app: {} }],
    ]);
    expect(projects.map(({ data }) => Object.keys(data.services ?? {}))).toEqual([['postgres'], []]);
    expect(projects[1]?.data.uses).toEqual({ projects: ['api/api'] });
    expect(projects[1]?.data.workloads?.web).toMatchObject({
      after: ['api/api'],
      env: { API: 'http://api-api.api.svc:8000' },
    });
  });
});

test('a file with nothing to carry over makes no project; one with services alone makes one', () => {
  expect(propose('services: {}\n').projects).toEqual([]);
  expect(propose('services: { db: { image: "postgres:16" } }\n').data).toEqual({
    name: 'shop-app',
    services: { postgres: {} },
  });
});

describe('what could not be carried over', () => {
  test.each([
    ['privileged: true\n', '"privileged" is not carried over'],
    ['networks: [back]\n', '"networks" is not carried over'],
    ['profiles: [debug]\n', '"profiles" is not carried over: it is started always'],
    ['volumes: ["./data:/data"]\n', 'the volume ./data:/data is not carried over'],
    ['deploy: { resources: {} }\n', '"deploy.resources" is not carried over'],
    ['ports: ["1000:1000/udp"]\n', 'port 1000:1000/udp is not carried over'],
    ['ports: [8000, 8001]\n', 'port 8001 is not carried over'],
  ])('%j is noted', (api, note) => {
    expect(propose(withApi(api)).notes).toContainEqual(expect.stringContaining(`api: ${note}`));
  });

  test('stands at the top of the project file', () => {
    const [project] = propose(withApi('privileged: true\n')).projects;
    const file = project && projectFiles(project, 'shop', 'schemas').at(-1);
    expect(file?.text.split('\n').slice(0, 3)).toEqual([
      '# yaml-language-server: $schema=../../../schemas/project.schema.json',
      '# Made from compose.yaml. What is different, or could not be carried over:',
      '# - api: "privileged" is not carried over: pods run without privileges (Pod Security restricted)',
    ]);
  });

  test('a file that is no compose file is refused, with its place', () => {
    expect(() => propose('services: [\n')).toThrow(/^compose\.yaml:\d+:\d+: not valid YAML/);
    expect(() => propose('version: "3"\n')).toThrow('compose.yaml:1:1: services: required, but not given');
  });
});
