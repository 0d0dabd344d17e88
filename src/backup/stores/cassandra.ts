import {
  cassandraFolder,
  cassandraPasswordFile,
  cassandraUser,
  keyspaceOf,
} from '../../../charts/constructs/cassandra.ts';
import { cassandraProgram } from '../../../charts/constructs/cassandra-session.ts';
import type { Cluster } from '../../cluster/client.ts';
import { exec } from '../../cluster/exec.ts';
import type { DataStore } from '../data-store.ts';
import { containerOf, type ServicePod, waitForPod } from '../service-pods.ts';
import { claimStore } from './claim.ts';
import { ownOrShared } from './own-or-shared.ts';

const login = `session = Session("127.0.0.1", os.environ["CASSANDRA_ADMINISTRATOR"], file("${cassandraPasswordFile}"))
keyspace = sys.argv[1]
tables = session.query("SELECT table_name FROM system_schema.tables WHERE keyspace_name = " + chr(39) + keyspace + chr(39))`;

/** Prints a line for each table: whether it has rows, and its name. */
const list = cassandraProgram(`${login}
for (name,) in tables:
    print(len(session.query(f'SELECT JSON * FROM "{keyspace}"."{name}" LIMIT 1')), name)`);

const empty = cassandraProgram(`${login}
for (name,) in tables:
    session.query(f'TRUNCATE "{keyspace}"."{name}"')
    print(name)`);

async function lines(cluster: Cluster, server: ServicePod, program: string, keyspace: string): Promise<string[]> {
  const command = ['python3', '-c', program, keyspace];
  const { stdout } = await exec(cluster, containerOf(server), command, { timeout: 120_000 });
  return stdout.split('\n').filter((line) => line !== '');
}

/** The tables of a project in a Cassandra that others use, too: the keyspace itself stays. */
const sharedStore = (server: ServicePod, keyspace: string): DataStore => ({
  server,
  copies: 'a Cassandra that others share: only the claim of a project’s own is copied',
  async describe(cluster) {
    return (await lines(cluster, server, list, keyspace)).map((line) => {
      const [rows, name] = line.split(' ');
      const filled = rows !== '0';
      return { line: `${server.service}: table ${keyspace}.${name}, ${filled ? 'with' : 'without'} rows`, filled };
    });
  },
  async erase(cluster, report) {
    await waitForPod(cluster, server, { report });
    for (const name of await lines(cluster, server, empty, keyspace))
      report(`emptied table ${keyspace}.${name} of ${server.service}`);
  },
});

/** Cassandra: the claim of a project’s own is copied while it is stopped; in a shared one a project has a keyspace. */
export const cassandraStore = ownOrShared({
  kind: 'cassandra',
  own: claimStore(cassandraFolder, cassandraUser, 'cassandra'),
  shared: (server, project) => sharedStore(server, keyspaceOf(project)),
  variable: 'CASSANDRA_CONTACT_POINTS',
});
