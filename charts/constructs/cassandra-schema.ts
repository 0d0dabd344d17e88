import type { Construct } from 'constructs';
import type { Volume } from '../common/k8s.ts';
import type { Service } from '../common/kind.ts';
import type { Labelled } from '../common/labels.ts';
import { serviceHost } from '../common/names.ts';
import { cassandraPlan } from './cassandra-plan.ts';
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

/** What the job exits with when something that is declared can't be made: no other try would end otherwise. */
const refusedCode = 78;

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
                except Unable:
                    raise
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
    print(f"{keyspace}: is there", flush=True)
if refused:
    first, *others = refused
    # What comes last is what the report of a failed job says.
    print(*others, first + (f" (and {len(others)} more, see its log)" if others else ""), sep="\n", flush=True)
    sys.exit(${refusedCode})
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
    finalExitCode: refusedCode,
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
