import type { Construct } from 'constructs';
import type { Volume } from '../common/k8s.ts';
import type { Service } from '../common/kind.ts';
import type { Labelled } from '../common/labels.ts';
import { serviceHost } from '../common/names.ts';
import { cassandraProgram } from './cassandra-session.ts';
import { SetupJob, setupJobLabels } from './setup-job.ts';

/** A keyspace that the job makes. */
export interface Keyspace {
  readonly keyspace: string;
  /** The role that may do everything in it; none if that is the administrator. */
  readonly role?: string;
  /** The statements that make its tables, by file name; none if the project makes them by itself. */
  readonly declared?: Readonly<Record<string, string>>;
}

/**
 * What makes a keyspace as it is declared, in Python, without a server: `plan(DECLARED, LIVE)` gives statements and refusals. Both
 * are what `system_schema` says of a keyspace, and `created`, the statements of DESCRIBE by type and name.
 */
export const cassandraPlan = String.raw`
import re

def quoted(name):
    return '"' + name.replace('"', '""') + '"'

def options(statement):
    # Up to the end of the table's own statement: those of its indexes follow.
    body = re.split(r";\s*(?:\n|\Z)", statement, maxsplit=1)[0]
    parts = re.split(r"\s+AND\s+", body.rpartition(") WITH ")[2])
    return [part for part in parts if not part.startswith(("CLUSTERING ORDER", "ID ="))]

def key(columns):
    parts = {kind: sorted((each["position"], each["column_name"], each["clustering_order"]) for each in columns if each["kind"] == kind)
             for kind in ("partition_key", "clustering")}
    partition = ", ".join(name for _, name, _ in parts["partition_key"])
    return ", ".join([f"({partition})"] + [f"{name} {order}" for _, name, order in parts["clustering"]])

def by(rows, *names):
    found = {}
    for row in rows:
        found.setdefault(tuple(row[name] for name in names), []).append(row)
    return found

def plan(declared, live):
    keyspace, statements, refusals = live["keyspace"], [], []
    here = lambda name: f"{quoted(keyspace)}.{quoted(name)}"
    create = lambda kind, name: re.sub(
        r'"?\b' + declared["keyspace"] + r'\b"?\.', lambda _: quoted(keyspace) + ".", declared["created"][kind][name])

    # Those that others are made of come first in DESCRIBE.
    types, had = by(declared["types"], "type_name"), by(live["types"], "type_name")
    for name in declared["created"].get("type", {}):
        if (name,) not in had:
            statements.append(create("type", name))
            continue
        new, old = types[(name,)][0], had[(name,)][0]
        fields = dict(zip(new["field_names"], new["field_types"]))
        for field, kind in zip(old["field_names"], old["field_types"]):
            if fields.get(field) != kind:
                refusals.append(f"the field {field} of the type {name} is {kind}, and declared {'as ' + fields[field] if field in fields else 'nowhere'}: "
                                "a type's fields can't be taken away or changed. Declare a type of another name")
        for field, kind in fields.items():
            if field not in old["field_names"]:
                statements.append(f"ALTER TYPE {here(name)} ADD {quoted(field)} {kind}")
    for (name,) in had:
        if (name,) not in types:
            refusals.append(f"the type {name} is declared nowhere. If nothing needs it, type: DROP TYPE {here(name)};")

    tables, columns = by(declared["columns"], "table_name"), by(live["columns"], "table_name")
    for (name,), new in tables.items():
        if (name,) not in columns:
            statements.append(re.split(r";\s*(?:\n|\Z)", create("table", name), maxsplit=1)[0])
            continue
        old = columns[(name,)]
        if key(new) != key(old):
            refusals.append(f"the key of the table {name} is {key(old)}, and declared as {key(new)}: no table can change its key. "
                            "Declare a table of another name, copy the rows, then take this one out")
            continue
        wanted = {each["column_name"]: each for each in new}
        for each in old:
            column, kind = each["column_name"], each["type"]
            drop = f"If its values may go, type: ALTER TABLE {here(name)} DROP {quoted(column)};"
            if column not in wanted:
                refusals.append(f"the column {column} of the table {name} is declared nowhere: its values would be lost. {drop}")
            elif (wanted[column]["type"], wanted[column]["kind"]) != (kind, each["kind"]):
                static = lambda row: row["type"] + (" static" if row["kind"] == "static" else "")
                refusals.append(f"the column {column} of the table {name} is {static(each)}, and declared as {static(wanted[column])}: "
                                "no column can change its type. Declare a column of another name, and copy the values")
        had_columns = {each["column_name"] for each in old}
        for column, each in wanted.items():
            if column not in had_columns:
                static = " static" if each["kind"] == "static" else ""
                statements.append(f"ALTER TABLE {here(name)} ADD {quoted(column)} {each['type']}{static}")
        changed = [each for each in options(declared["created"]["table"][name]) if each not in options(live["created"]["table"][name])]
        if changed:
            statements.append(f"ALTER TABLE {here(name)} WITH " + " AND ".join(changed))
    for (name,) in columns:
        if (name,) not in tables:
            refusals.append(f"the table {name} is declared nowhere: its rows would be lost. If they may go, type: DROP TABLE {here(name)};")

    # An index holds nothing that isn't in its table.
    indexes, indexed = ({each["index_name"]: each for each in side["indexes"]} for side in (declared, live))
    same = lambda name: name in indexes and name in indexed and all(
        indexes[name][field] == indexed[name][field] for field in ("table_name", "kind", "options"))
    statements += [f"DROP INDEX {here(name)}" for name in indexed if not same(name)]
    statements += [create("index", name) for name in indexes if not same(name)]
    return statements, refusals
`.trim();

const program = cassandraProgram(String.raw`
host, administrator = os.environ["CASSANDRA_HOST"], os.environ["CASSANDRA_ADMINISTRATOR"]
keyspaces = json.loads(sys.argv[1])
password = file("/run/secrets/cassandra/CASSANDRA_PASSWORD")
text = lambda value: "'" + value.replace("'", "''") + "'"

def login():
    end = time.monotonic() + 300
    while True:
        try:
            try:
                return Session(host, administrator, password)
            except Refused:
                # A new server has one role, whose password everybody knows.
                first = Session(host, "cassandra", "cassandra")
            first.query(f"CREATE ROLE IF NOT EXISTS {quoted(administrator)} WITH SUPERUSER = true AND LOGIN = true AND PASSWORD = {text(password)}")
            own = Session(host, administrator, password)
            own.query(f"ALTER ROLE cassandra WITH PASSWORD = {text(secrets.token_hex(24))} AND SUPERUSER = false AND LOGIN = false")
            return own
        except (Refused, OSError) as error:
            if time.monotonic() > end:
                sys.exit(f"gave up: {host} lets nobody in within 300 s: {error}")
            time.sleep(1)

def statements(cql):
    parts = [""]
    for found in re.findall(r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|--[^\n]*|//[^\n]*|/\*.*?\*/|;|.", cql, re.S):
        if found == ";":
            parts.append("")
        elif not found.startswith(("--", "//", "/*")):
            parts[-1] += found
    return [part.strip() for part in parts if part.strip()]

def described(session, keyspace):
    found = {"keyspace": keyspace, "created": {}}
    for table in ("types", "columns", "indexes"):
        rows = session.query(f"SELECT JSON * FROM system_schema.{table} WHERE keyspace_name = {text(keyspace)}")
        found[table] = [json.loads(row) for (row,) in rows]
    for _, kind, name, statement in session.query(f"DESCRIBE KEYSPACE {quoted(keyspace)}"):
        found["created"].setdefault(kind, {})[name.strip('"')] = statement
    return found

def make(session, keyspace):
    replicas = "{'class': 'NetworkTopologyStrategy', 'datacenter1': 1}"
    session.query(f"CREATE KEYSPACE IF NOT EXISTS {quoted(keyspace)} WITH replication = {replicas}")

def give(session, keyspace, role, its):
    session.query(f"CREATE ROLE IF NOT EXISTS {quoted(role)}")
    session.query(f"ALTER ROLE {quoted(role)} WITH LOGIN = true AND PASSWORD = {text(its)}")
    session.query(f"GRANT ALL PERMISSIONS ON KEYSPACE {quoted(keyspace)} TO {quoted(role)}")

def enter(role, its):
    # For two seconds a server knows the password that a role of the same name had before.
    end = time.monotonic() + 10
    while True:
        try:
            return Session(host, role, its)
        except Refused:
            if time.monotonic() > end:
                raise
            time.sleep(0.5)

def declare(session, keyspace, files):
    # The server itself reads what is declared, in a keyspace beside it, as a role that reaches nothing else.
    trial, its = keyspace[:36] + "_declared", secrets.token_hex(24)
    try:
        session.query(f"DROP KEYSPACE IF EXISTS {quoted(trial)}")
        make(session, trial)
        give(session, trial, trial, its)
        trying = enter(trial, its)
        trying.query(f"USE {quoted(trial)}")
        for name, cql in files.items():
            for statement in statements(cql):
                try:
                    trying.query(statement)
                except Refused as error:
                    return [f"{name}: {error}: {statement}"]
        changes, refusals = plan(described(session, trial), described(session, keyspace))
        for change in changes if not refusals else []:
            session.query(change)
            print(f"{keyspace}: {' '.join(change.split())[:200]}")
        return refusals
    finally:
        session.query(f"DROP KEYSPACE IF EXISTS {quoted(trial)}")
        session.query(f"DROP ROLE IF EXISTS {quoted(trial)}")

session = login()
refused = []
for each in keyspaces:
    keyspace, role = each["keyspace"], each.get("role")
    make(session, keyspace)
    if role:
        give(session, keyspace, role, file("/run/secrets/users/" + role))
    if each.get("declared"):
        refused += [f"{keyspace}: {line}" for line in declare(session, keyspace, each["declared"])]
    # What comes last is what the report of a failed job says.
    print(f"{keyspace}: is there", flush=True)
if refused:
    sys.exit("; ".join(refused))
`);

// Kubernetes makes one dollar of two, and a value of $(NAME).
const escaped = (word: string): string => word.replaceAll('$', '$$$$');

const schemaJob = 'schema';

/** Name and labels of the job. */
export const schemaJobLabels = (service: Service): Labelled => setupJobLabels(service, schemaJob);

/**
 * The job that makes the administrator, keyspaces, roles and tables. It runs again when these change, and changes nothing of a
 * keyspace in which something would be lost.
 *
 * @param administrator his name
 * @param password a volume with his password, and where it is mounted
 * @param usersSecret name of the Secret with the passwords of all roles; none if there are no others
 */
export function cassandraSchemaJob(
  scope: Construct,
  service: Service<{ readonly image: string }>,
  keyspaces: readonly Keyspace[],
  access: {
    readonly administrator: string;
    readonly password: Volume;
    readonly passwordFolder: string;
    readonly usersSecret?: string;
  },
): SetupJob {
  const { administrator, password, passwordFolder, usersSecret } = access;
  const { settings, object, namespace } = service;
  return new SetupJob(scope, schemaJob, service, {
    user: 999,
    memory: ['32Mi', '128Mi'],
    cpu: '20m',
    volumes: [
      password,
      ...(usersSecret ? [{ name: 'users', secret: { secretName: usersSecret, defaultMode: 0o440 } }] : []),
    ],
    container: {
      name: 'schema',
      image: settings.image,
      command: ['python3', '-c', escaped(`${cassandraPlan}\n${program}`), escaped(JSON.stringify(keyspaces))],
      variables: [
        { name: 'CASSANDRA_HOST', value: serviceHost(object, namespace) },
        { name: 'CASSANDRA_ADMINISTRATOR', value: administrator },
      ],
      mounts: [
        { volume: password.name, path: passwordFolder, readOnly: true },
        ...(usersSecret ? [{ volume: 'users', path: '/run/secrets/users', readOnly: true }] : []),
      ],
    },
  });
}
