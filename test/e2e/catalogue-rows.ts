import type { images } from '../../charts/common/images.ts';
import { type Frozen, noAnswer } from './faults/freeze.ts';

/** A service of the catalogue, with programs of the workload that uses it. */
export interface Row extends Frozen {
  readonly kind: keyof typeof images;
  /** In Python: writes `text`, and ends once that is acknowledged. */
  readonly write: string;
  /** In Python: prints what was written. */
  readonly read: string;
}

/** In Python: connects to RabbitMQ, and declares the queue `letters`. */
export const rabbit = `import os, pika
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

/** In Python: connects to Cassandra. */
export const wideColumns = `import os
from cassandra.auth import PlainTextAuthProvider
from cassandra.cluster import Cluster
login = PlainTextAuthProvider(os.environ["CASSANDRA_USERNAME"], os.environ["CASSANDRA_PASSWORD"])
session = Cluster([os.environ["CASSANDRA_CONTACT_POINTS"]], auth_provider=login, connect_timeout=60).connect(os.environ["CASSANDRA_KEYSPACE"])
`;

/** What the client's workload shows as its metrics; nothing at first. */
export const metricsPage = '/tmp/metrics.txt';

const samples = `import json, os, pathlib, time, urllib.parse, urllib.request
page = pathlib.Path("${metricsPage}")
def ask(query):
    url = os.environ["PROMETHEUS_URL"] + "/api/v1/query?" + urllib.parse.urlencode({"query": query})
    return json.load(urllib.request.urlopen(url, timeout=5))["data"]["result"]
`;

/** All services that are tried. */
export const everyRow: readonly Row[] = [
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
  {
    kind: 'prometheus',
    object: 'stall-prometheus',
    container: 'prometheus',
    cause: noAnswer('/-/ready', 9090),
    // Once it has been read, the metric goes: what is read afterwards is what Prometheus keeps.
    write: `${samples}page.write_text(f'letters{{body="{text}"}} 1\\n')
for _ in range(60):
    if any(each["metric"]["body"] == text for each in ask("letters")):
        break
    time.sleep(0.5)
else:
    raise TimeoutError("the metric was not read")
page.write_text("")`,
    read: `${samples}latest = ask("max_over_time(timestamp(letters)[1h:1s])")
print(max(latest, key=lambda each: float(each["value"][1]))["metric"]["body"])`,
  },
];
