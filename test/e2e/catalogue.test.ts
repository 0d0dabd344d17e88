import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { images } from '../../charts/common/images.ts';
import { everyRow, metricsPage, type Row, rabbit, wideColumns } from './catalogue-rows.ts';
import { cluster, ensureCluster, makeAvailable } from './environment.ts';
import { reported, restarted, restarts, signal } from './faults/freeze.ts';
import { Reports } from './faults/reports.ts';
import { eventually, run } from './run.ts';
import { SmallEnvironment } from './small-environment.ts';

jest.setTimeout(900_000);

ensureCluster();
/** Those whose images could be had. */
const had = makeAvailable(everyRow.map(({ kind }) => images[kind]));
const rows = everyRow.filter(({ kind }) => had.includes(images[kind]));
const missing = everyRow.filter((row) => !rows.includes(row));
const has = (kind: Row['kind']): boolean => rows.some((row) => row.kind === kind);

const environmentYaml = `name: fair
global:
  redis: false
  minio: false
  redisInsight: false
  services:
    rabbitmq: { kind: rabbitmq }
${has('jaeger') ? '    jaeger: { kind: jaeger }\n' : ''}projects: [apps/stall, apps/booth]
`;

const worker = (after: readonly string[]) => `  client:
    kind: worker
    command: [sh, -c, 'touch ${metricsPage}; exec python -m http.server 9000 --directory /tmp']
    ports: { metrics: 9000 }
    metrics: ${metricsPage.replace('/tmp', '')}
    health: { command: ["true"] }
    stopSeconds: 1
    after: [${after.join(', ')}]
`;

const dockerfile = `FROM python:3.12-slim
RUN pip install --no-cache-dir pika==1.3.2 cassandra-driver==3.29.2 'psycopg[binary]==3.2.9' opentelemetry-sdk==1.36.0 opentelemetry-exporter-otlp-proto-http==1.36.0
USER 1000
`;

/** The only table, with further columns. */
const letters = (columns: string) => `create table letters (id int primary key, ${columns});\n`;

describe('the services of the catalogue', () => {
  let small: SmallEnvironment;
  let reports: Reports;
  const python = (project: string, program: string, text = '') =>
    small.kubectl(
      'exec',
      '-n',
      project,
      `deploy/${project}-client`,
      '--',
      'python',
      '-c',
      `text = "${text}"\n${program}`,
    );
  /** Writes a text that is the next to be read. */
  const keep = ({ write }: Row, text: string) =>
    python('stall', write.replace('basic_publish', 'queue_purge("letters"); channel.basic_publish'), text);

  beforeAll(() => {
    small = new SmallEnvironment('fair', cluster);
    reports = new Reports(small.root);
    small.write('repoctl.yaml', environmentYaml);
    small.write('.env.example', 'RABBITMQ_PASSWORD=\n');
    small.write(
      'apps/stall/infra/project.yaml',
      `name: stall
images: { app: {} }
uses: { rabbitmq: {} }
services:
  postgres: { storage: 1Gi }
  pgbouncer: {}
  mailpit: {}
${has('prometheus') ? '  prometheus: { interval: 1s }\n' : ''}${has('opensearch') ? '  opensearch: {}\n' : ''}${has('cassandra') ? '  cassandra: { schema: infra/cql }\n' : ''}workloads:
${worker(['rabbitmq', 'postgres', 'pgbouncer', 'mailpit', ...(['prometheus', 'opensearch', 'cassandra', 'jaeger'] as const).filter(has)])}`,
    );
    small.write('apps/stall/infra/cql/letters.cql', letters('body text'));
    small.write('apps/stall/infra/.env.example', 'RABBITMQ_PASSWORD=\nPOSTGRES_PASSWORD=\nCASSANDRA_PASSWORD=\n');
    small.write('apps/stall/Dockerfile', dockerfile);
    small.write(
      'apps/booth/infra/project.yaml',
      `name: booth\nimages: { app: {} }\nuses: { rabbitmq: {}${has('jaeger') ? ', jaeger: false' : ''} }\nworkloads:\n${worker(['rabbitmq'])}`,
    );
    small.write('apps/booth/infra/.env.example', 'RABBITMQ_PASSWORD=\n');
    small.write('apps/booth/Dockerfile', dockerfile);
    const needed = [...had, images.postgres, images.busybox];
    const made = makeAvailable([...needed, 'python:3.12-slim']);
    expect([...made].sort()).toEqual([...needed, 'python:3.12-slim'].sort());
    run('kind', ['load', 'docker-image', '--name', cluster, ...needed]);
    small.clear('stall', 'booth', 'fair');
    const started = small.project('start', 'stall', 'booth');
    expect([started.status, started.stderr]).toEqual([0, expect.anything()]);
  });
  afterAll(() => {
    small?.clear('stall', 'booth', 'fair');
    small?.remove();
  });

  if (missing.length > 0) test.skip.each(missing)('$kind: its image can’t be had', () => {});

  test('are healthy, asked in their own protocols', () => {
    const status = small.repoctl('status', '--deep', '-o', 'wide');
    expect([status.status, status.stdout]).toEqual([0, expect.anything()]);
    for (const { object } of rows) expect(status.stdout).toContain(object);
  });

  test('run under Pod Security restricted', () => {
    const label = 'jsonpath={.metadata.labels.pod-security\\.kubernetes\\.io/enforce}';
    for (const name of ['stall', 'booth', 'fair'])
      expect(small.kubectl('get', 'namespace', name, '-o', label)).toBe('restricted');
  });

  test.each(rows)('$kind is written to and read from by a workload', async ({ kind, write, read }) => {
    python('stall', write, 'first');
    // Prometheus answers in steps of a second.
    await eventually(`${kind} has the text`, 10, () => expect(python('stall', read)).toBe('first'));
  });

  test.each(rows)('$kind is killed, and has what it acknowledged', async (row) => {
    const text = `last of ${row.kind}`;
    keep(row, text);
    signal('KILL', row);
    await eventually(`${row.kind} has the text`, 180, () => expect(python('stall', row.read)).toBe(text));
  });

  test('a project reaches no queue of another, and none has the traces of one that wants none', () => {
    const other = `import os, pika
url = os.environ["RABBITMQ_URL"].rsplit("/", 1)[0] + "/stall"
try:
    pika.BlockingConnection(pika.URLParameters(url))
except pika.exceptions.ProbableAccessDeniedError as error:
    print(error)`;
    expect(python('booth', other)).toContain("access to vhost 'stall' refused for user 'booth'");
    expect(python('booth', 'import os; print("OTEL_SERVICE_NAME" in os.environ)')).toBe('False');
  });

  test('reset removes the queues of one project, and of no other', async () => {
    const publish = rows[0]?.write ?? '';
    python('booth', publish, 'of the booth');
    python('stall', publish, 'of the stall');
    expect(small.project('reset', 'booth', '--yes', '--no-backup')).toMatchObject({ status: 0 });
    await eventually('the booth is there again', 180, () =>
      expect(
        python('booth', `${rabbit}print(channel.queue_declare("letters", durable=True).method.message_count)`),
      ).toBe('0'),
    );
    expect(python('stall', rows[0]?.read ?? '')).not.toBe('');
  });

  if (has('cassandra')) {
    const declared = (cql: string) => {
      small.write('apps/stall/infra/cql/letters.cql', cql);
      return small.project('start', 'stall');
    };

    test('Cassandra gets a new column', () => {
      const { status, stderr } = declared(letters('body text, sender text'));
      expect([status, stderr]).toEqual([0, expect.anything()]);
      python('stall', `${wideColumns}session.execute("insert into letters (id, sender) values (1, 'a')", timeout=60)`);
    });

    test('Cassandra refuses a change that loses data, and keeps it', () => {
      const { status, stdout, stderr } = declared(letters('sender int'));
      expect(status).not.toBe(0);
      const said = `${stdout}\n${stderr}`;
      expect(said).toContain('ALTER TABLE "stall"."letters" DROP "body"');
      expect(
        python('stall', `${wideColumns}print(session.execute("select sender from letters", timeout=60).one().sender)`),
      ).toBe('a');
      expect(declared(letters('body text, sender text'))).toMatchObject({ status: 0 });
    });
  }

  const before = new Map<string, number>();

  test('are reported when they are frozen, each with its cause', () => {
    for (const row of rows) {
      keep(row, `kept by ${row.kind}`);
      before.set(row.object, restarts(row));
    }
    return reported(reports, rows);
  });

  test('are restarted by their liveness probes', () => restarted(rows, 300, before));

  test('are healthy again', async () => {
    await eventually('all is healthy', 240, () => {
      const { status, stdout } = reports.run('--deep');
      if (status !== 0) throw new Error(stdout);
    });
  });

  test.each(rows)('$kind was frozen, and has what it acknowledged', ({ kind, read }) =>
    eventually(`${kind} has the text`, 180, () => expect(python('stall', read)).toBe(`kept by ${kind}`)),
  );
});
