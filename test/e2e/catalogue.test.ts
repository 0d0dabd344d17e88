import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { images } from '../../charts/common/images.ts';
import { cluster, ensureCluster, makeAvailable } from './environment.ts';
import { type Frozen, noAnswer, reported, restarted, restarts, signal } from './faults/freeze.ts';
import { Reports } from './faults/reports.ts';
import { eventually, run } from './run.ts';
import { SmallEnvironment } from './small-environment.ts';

jest.setTimeout(900_000);

/** A service of the catalogue, with programs of the workload that uses it. */
interface Row extends Frozen {
  readonly kind: keyof typeof images;
  /** In Python: writes `text`, and ends once that is acknowledged. */
  readonly write: string;
  /** In Python: prints what was written. */
  readonly read: string;
}

const rabbit = `import os, pika
connection = pika.BlockingConnection(pika.URLParameters(os.environ["RABBITMQ_URL"]))
channel = connection.channel()
channel.confirm_delivery()
channel.queue_declare("letters", durable=True)
`;

const sql = `import os, psycopg
connection = psycopg.connect(os.environ["DATABASE_URL"], autocommit=True, prepare_threshold=None)
connection.execute("create table if not exists letters (id serial primary key, body text)")
`;

const search = `import json, os, urllib.request
index = "/" + os.environ["OPENSEARCH_INDEX_PREFIX"] + "letters"
def ask(method, path, body=None):
    request = urllib.request.Request(os.environ["OPENSEARCH_URL"] + path, method=method)
    request.add_header("content-type", "application/json")
    return json.load(urllib.request.urlopen(request, json.dumps(body).encode() if body else None))
`;

const wideColumns = `import os
from cassandra.auth import PlainTextAuthProvider
from cassandra.cluster import Cluster
login = PlainTextAuthProvider(os.environ["CASSANDRA_USERNAME"], os.environ["CASSANDRA_PASSWORD"])
session = Cluster([os.environ["CASSANDRA_CONTACT_POINTS"]], auth_provider=login, connect_timeout=60).connect(os.environ["CASSANDRA_KEYSPACE"])
`;

const everyRow: readonly Row[] = [
  {
    kind: 'rabbitmq',
    object: 'fair-rabbitmq',
    container: 'rabbitmq',
    processes: 'all',
    // A question that is being asked is stopped with it.
    cause:
      /management page does not answer within 3 s|no answer within 4 s|command timed out|its probe, a script, fails/,
    write: `${rabbit}channel.basic_publish("", "letters", text.encode(), pika.BasicProperties(delivery_mode=2), mandatory=True)`,
    read: `${rabbit}print(channel.basic_get("letters", auto_ack=False)[2].decode())`,
  },
  {
    kind: 'pgbouncer',
    object: 'stall-pgbouncer',
    container: 'pgbouncer',
    cause: /pg_isready.*no response/,
    write: `${sql}connection.execute("insert into letters (body) values (%s)", (text,))`,
    read: `${sql}print(connection.execute("select body from letters order by id desc").fetchone()[0])`,
  },
  {
    kind: 'opensearch',
    object: 'stall-opensearch',
    container: 'opensearch',
    processes: 'all',
    cause: noAnswer('/_cluster/health?wait_for_status=yellow&timeout=2s', 9200),
    write: `${search}ask("PUT", index + "/_doc/1?refresh=wait_for", {"body": text})`,
    read: `${search}print(ask("GET", index + "/_search?q=body:*")["hits"]["hits"][0]["_source"]["body"])`,
  },
  {
    kind: 'cassandra',
    object: 'stall-cassandra',
    container: 'cassandra',
    processes: 'all',
    cause: /does not answer OPTIONS within 3 s|no answer within 4 s|command timed out|its probe, a script, fails/,
    write: `${wideColumns}session.execute("insert into letters (id, body) values (1, %s)", (text,), timeout=60)`,
    read: `${wideColumns}print(session.execute("select body from letters where id = 1", timeout=60).one().body)`,
  },
  {
    kind: 'mailpit',
    object: 'stall-mailpit',
    container: 'mailpit',
    cause: noAnswer('/readyz', 8025),
    write: `import os, smtplib
with smtplib.SMTP(os.environ["SMTP_HOST"], int(os.environ["SMTP_PORT"])) as server:
    server.login("anybody", "anything") if server.has_extn("auth") else None
    server.sendmail("a@example.com", ["b@example.com"], f"Subject: {text}\\n\\nof the stall")`,
    read: `import json, os, urllib.request
page = urllib.request.urlopen(f"http://{os.environ['SMTP_HOST']}:8025/api/v1/messages")
print(json.load(page)["messages"][0]["Subject"])`,
  },
  {
    kind: 'jaeger',
    object: 'fair-jaeger',
    container: 'jaeger',
    cause: noAnswer('/status', 13133),
    write: `from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SpanExportResult, SpanExporter, SimpleSpanProcessor
results = []
class Told(OTLPSpanExporter):
    def export(self, spans):
        results.append(super().export(spans))
        return results[-1]
provider = TracerProvider()
provider.add_span_processor(SimpleSpanProcessor(Told()))
provider.get_tracer("stall").start_span(text).end()
assert results == [SpanExportResult.SUCCESS], results`,
    read: `import json, os, urllib.parse, urllib.request
host = urllib.parse.urlparse(os.environ["OTEL_EXPORTER_OTLP_ENDPOINT"]).hostname
page = urllib.request.urlopen(f"http://{host}:16686/api/traces?service={os.environ['OTEL_SERVICE_NAME']}&limit=50")
spans = [span for trace in json.load(page)["data"] for span in trace["spans"]]
print(max(spans, key=lambda span: span["startTime"])["operationName"])`,
  },
];

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
    command: [sleep, infinity]
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
${has('opensearch') ? '  opensearch: {}\n' : ''}${has('cassandra') ? '  cassandra: { schema: infra/cql }\n' : ''}workloads:
${worker(['rabbitmq', 'postgres', 'pgbouncer', 'mailpit', ...(['opensearch', 'cassandra', 'jaeger'] as const).filter(has)])}`,
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

  test.each(rows)('$kind is written to and read from by a workload', ({ write, read }) => {
    python('stall', write, 'first');
    expect(python('stall', read)).toBe('first');
  });

  test.each(rows)('$kind is killed, and has what it acknowledged', async (row) => {
    const text = `last of ${row.kind}`;
    python('stall', row.write.replace('basic_publish', 'queue_purge("letters"); channel.basic_publish'), text);
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
    for (const row of rows) before.set(row.object, restarts(row));
    return reported(reports, rows);
  });

  test('are restarted by their liveness probes', () => restarted(rows, 300, before));

  test('are healthy again', async () => {
    await eventually('all is healthy', 240, () => {
      const { status, stdout } = reports.run('--deep');
      if (status !== 0) throw new Error(stdout);
    });
  });
});
