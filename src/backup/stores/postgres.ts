import { Readable, type Writable } from 'node:stream';
import { z } from 'zod';
import type { PostgresSettings } from '../../../charts/constructs/postgres.ts';
import type { Cluster } from '../../cluster/client.ts';
import { ExecError, exec } from '../../cluster/exec.ts';
import { FailureError, TimeoutError } from '../../platform/errors.ts';
import { poll } from '../../platform/poll.ts';
import { counted, size } from '../../platform/text.ts';
import { openFile } from '../checked-file.ts';
import { type Copies, type DataStore, isForeign, type RestoreTarget, type StoreKind } from '../data-store.ts';
import { fileOf, isPart, type PartKind, partFields } from '../part.ts';
import { saveSent, sentSum } from '../sent-file.ts';
import { containerOf, podOf, type ServicePod, type Waiting, waitForPod } from '../service-pods.ts';

const schema = z.object({ kind: z.literal('postgres'), ...partFields, database: z.string().min(1) });

/** A database of a server: what `pg_dump --format=custom` prints. */
export const postgresPart: PartKind<z.output<typeof schema>> & { readonly schema: typeof schema } = {
  kind: 'postgres',
  schema,
  describe: ({ service, database }) => `${service} database ${database}`,
};

interface PostgresServer extends ServicePod {
  readonly user: string;
  /** The one that the project's workloads are told to use. */
  readonly database: string;
}

/** A database of a server. */
interface Database {
  readonly name: string;
  readonly bytes: number;
  /** How many of its tables have rows. */
  readonly filledTables: number;
}

const plainOutput = [
  '--no-psqlrc',
  '--tuples-only',
  '--no-align',
  '--field-separator',
  '\t',
  '--set',
  'ON_ERROR_STOP=1',
];

// The server trusts its own socket, so that no password is needed.
const psql = ({ user }: PostgresServer, database: string, sql?: string): string[] => [
  ...['psql', ...plainOutput, '--username', user, '--dbname', connectionName(database)],
  ...(sql === undefined ? ['--file', '-'] : ['--command', sql]),
];

const quoted = (identifier: string): string => `"${identifier.replaceAll('"', '""')}"`;
const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`;

// The first query makes the second, which looks for a row in each table.
const filledTables = String.raw`
select coalesce('select count(*) from (' || string_agg(
    format('select exists (select from %I.%I) as filled', n.nspname, c.relname), ' union all ') || ') t where filled',
  'select 0')
from pg_class c join pg_namespace n on n.oid = c.relnamespace
where c.relkind = 'r' and c.relpersistence = 'p' and n.nspname !~ '^pg_' and n.nspname <> 'information_schema' \gexec
`;

/** Waits until the server answers queries, which is later than its pod is ready when its init scripts still run. */
async function waitForPostgres(cluster: Cluster, server: PostgresServer, how: Waiting = {}): Promise<void> {
  await waitForPod(cluster, server, how);
  const { signal, report } = how;
  const question = psql(server, 'postgres', 'select 1');
  await poll(
    (waiting) =>
      exec(cluster, containerOf(server), question, { signal, timeout: 10_000 }).catch((error: unknown) => {
        if (!(error instanceof ExecError)) throw error;
        return waiting(error.message);
      }),
    (why) => new TimeoutError(`${server.object} does not answer: ${why}`, `repoctl status ${server.namespace}`),
    { timeout: 60_000, signal, report: (why) => report?.(`waiting for ${server.object}: ${why}`) },
  );
}

/** How long a server may take for a short question, in milliseconds. A lock or a server that hangs would hold it for ever. */
const questionPatience = 60_000;

const ask = (cluster: Cluster, server: PostgresServer, database: string, sql: string) =>
  exec(cluster, containerOf(server), psql(server, database, sql), { timeout: questionPatience });

/** The version of the server, e.g. `16.11`. */
async function postgresVersion(cluster: Cluster, server: PostgresServer): Promise<string> {
  const { stdout } = await ask(cluster, server, 'postgres', 'show server_version');
  return stdout.trim();
}

/** The databases of a server that are not its own. */
async function databases(cluster: Cluster, server: PostgresServer): Promise<Database[]> {
  const sql = `select datname, pg_database_size(datname) from pg_database
    where not datistemplate and (datname <> 'postgres' or datname = ${literal(server.database)}) order by datname`;
  const { stdout } = await ask(cluster, server, 'postgres', sql);
  const result: Database[] = [];
  for (const line of stdout.split('\n').filter((each) => each !== '')) {
    const [name = '', bytes] = line.split('\t');
    const input = Readable.from([filledTables]);
    const filled = await exec(cluster, containerOf(server), psql(server, name), { input, timeout: questionPatience });
    result.push({ name, bytes: Number(bytes), filledTables: Number(filled.stdout) });
  }
  return result;
}

// The pod says on stderr what it has sent: a connection that breaks at the wrong moment looks like the end.
const dumpScript = `
set -o pipefail
{ pg_dump --format=custom --username "$1" --dbname "$2" | tee /dev/fd/3 | sha256sum >&2; } 3>&1 | cat`.trim();

/**
 * Dumps a database in the custom format of pg_dump.
 *
 * @returns the SHA-256 of what was sent
 */
async function dumpDatabase(
  cluster: Cluster,
  server: PostgresServer,
  database: string,
  output: Writable,
  signal?: AbortSignal,
): Promise<string> {
  const command = ['bash', '-c', dumpScript, 'pg_dump', server.user, connectionName(database)];
  const { stderr } = await exec(cluster, containerOf(server), command, { output, signal });
  return sentSum(stderr, `pg_dump of ${database}`);
}

/**
 * Puts a dump in place of what the database has of the same names; all of it or, when it fails, nothing.
 *
 * @param foreign whether the dump may name roles that the server doesn't have
 * @throws ExecError with what pg_restore said
 */
async function restoreDatabase(
  cluster: Cluster,
  server: PostgresServer,
  database: string,
  input: Readable,
  { foreign, signal }: { readonly foreign?: boolean; readonly signal?: AbortSignal } = {},
): Promise<void> {
  const where = containerOf(server);
  const isThere = `select 1 from pg_database where datname = ${literal(database)}`;
  const found = await ask(cluster, server, 'postgres', isThere);
  if (found.stdout.trim() === '') await ask(cluster, server, 'postgres', `create database ${quoted(database)}`);
  // What a restore that was killed has left running would hold its locks.
  const others = `select pg_terminate_backend(pid) from pg_stat_activity
    where datname = ${literal(database)} and pid <> pg_backend_pid()`;
  await ask(cluster, server, 'postgres', others);
  const options = ['--clean', '--if-exists', '--exit-on-error', '--single-transaction'];
  if (foreign) options.push('--no-owner', '--no-privileges');
  const command = ['pg_restore', ...options, '--username', server.user, '--dbname', connectionName(database)];
  try {
    await exec(cluster, where, command, { input, signal });
  } catch (error) {
    if (!(error instanceof ExecError)) throw error;
    throw new FailureError(
      `${error.message}\n  The database ${database} of ${server.object} is unchanged`,
      `If newer data is in the way: repoctl infra project reset ${server.namespace}, then restore`,
      { cause: error },
    );
  }
}

/** A name that is not taken for a connection string, as one with "=" would be. */
const connectionName = (database: string): string =>
  /^\w+$/.test(database) ? database : `dbname='${database.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;

/** A name as that of a file. */
const fileName = (name: string): string => encodeURIComponent(name).replaceAll('.', '%2E');

/** The main database of another project becomes the main one of this; others keep their names. */
const databaseFor = (name: string, server: PostgresServer, target: RestoreTarget): string =>
  isForeign(target) && name === target.from.replaceAll('-', '_') ? server.database : name;

const copiesOf = (server: PostgresServer): Copies => ({
  async save({ cluster, folder, signal, report }) {
    await waitForPostgres(cluster, server, { signal, report });
    const serverVersion = await postgresVersion(cluster, server);
    const parts: z.output<typeof schema>[] = [];
    for (const { name: database } of await databases(cluster, server)) {
      const path = `postgres/${server.service}/${fileName(database)}.dump`;
      const file = await saveSent(folder, path, (output) => dumpDatabase(cluster, server, database, output, signal));
      parts.push({ kind: 'postgres', service: server.service, serverVersion, database, files: [file] });
      report(`${server.service}: database ${database}, ${size(file.bytes)}`);
    }
    return parts;
  },
  place(part, target) {
    if (!isPart(postgresPart, part) || part.service !== server.service) return undefined;
    const database = databaseFor(part.database, server, target);
    const file = fileOf(part);
    return {
      what: `${server.service} database ${database}`,
      atomic: true,
      async restore({ cluster, folder, signal, report }) {
        await waitForPostgres(cluster, server, { signal, report });
        const how = { foreign: isForeign(target), signal };
        await restoreDatabase(cluster, server, database, openFile(folder, file.path), how);
        return size(file.bytes);
      },
    };
  },
});

const storeOf = (server: PostgresServer): DataStore => ({
  server,
  copies: copiesOf(server),
  async describe(cluster, signal) {
    await waitForPostgres(cluster, server, { signal });
    return (await databases(cluster, server)).map(({ name, bytes, filledTables }) => ({
      line: `${server.service}: database ${name}, ${size(bytes)}, ${counted(filledTables, 'table')} with rows`,
      filled: filledTables > 0,
    }));
  },
});

/** PostgreSQL: `pg_dump` of each database, while the service runs. */
export const postgresStore: StoreKind = {
  locate(service) {
    const { user, database } = service.settings as PostgresSettings;
    return storeOf({ ...podOf(service, 'postgres'), user, database });
  },
  locateLeft: (servers) =>
    servers.map(({ pod, variable }) =>
      storeOf({ ...pod, user: variable('POSTGRES_USER') ?? '', database: variable('POSTGRES_DB') ?? '' }),
    ),
};
