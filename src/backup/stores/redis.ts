import { redisCli as client, type RedisUse } from '../../../charts/constructs/redis.ts';
import { useOf } from '../../../charts/wiring.ts';
import type { Cluster } from '../../cluster/client.ts';
import { exec } from '../../cluster/exec.ts';
import { counted } from '../../platform/text.ts';
import type { DataStore, StoreKind } from '../data-store.ts';
import { containerOf, globalPod, podOf, type ServicePod, waitForPod } from '../service-pods.ts';

interface Broker extends ServicePod {
  /** Number of the project's logical database. */
  readonly database: number;
}

const redisCli = (cluster: Cluster, broker: Broker, command: string, timeout: number) =>
  exec(cluster, containerOf(broker), client('-e', '--no-auth-warning', '-n', String(broker.database), command), {
    timeout,
  });

const storeOf = (broker: Broker): DataStore => ({
  server: broker,
  copies: 'a broker: what waits in its queues is not kept',
  async describe(cluster) {
    const { stdout } = await redisCli(cluster, broker, 'DBSIZE', 30_000);
    const keys = Number(/\d+/.exec(stdout)?.[0] ?? 0);
    return [{ line: `${broker.service}: database ${broker.database}, ${counted(keys, 'key')}`, filled: keys > 0 }];
  },
  async erase(cluster, report) {
    await waitForPod(cluster, broker, { report });
    await redisCli(cluster, broker, 'FLUSHDB', 120_000);
    report(`emptied database ${broker.database} of ${broker.service}`);
  },
});

/** Redis: the logical database of a project, which is counted and emptied, and never backed up. */
export const redisStore: StoreKind = {
  locate: (service, { project }) =>
    storeOf({ ...podOf(service, 'redis'), database: (useOf(project, service) as RedisUse).database }),
  locateLeft(_servers, { environment, variables }) {
    const broker = globalPod(environment, 'redis');
    const url = variables.get('REDIS_URL')?.value ?? '';
    const [, database] = /:\d+\/(\d+)$/.exec(url) ?? [];
    if (database === undefined || !url.includes(`${broker.object}.${broker.namespace}`)) return [];
    // A project that was renamed keeps its number: what is there is another one's by now.
    const taken = environment.projects.some(
      ({ uses }) => (uses.redis as RedisUse | undefined)?.database === Number(database),
    );
    return taken ? [] : [storeOf({ ...broker, database: Number(database) })];
  },
};
