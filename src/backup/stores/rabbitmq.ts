import type { Cluster } from '../../cluster/client.ts';
import { exec } from '../../cluster/exec.ts';
import { counted } from '../../platform/text.ts';
import type { DataStore, StoreKind } from '../data-store.ts';
import { containerOf, globalPod, podOf, type ServicePod, waitForPod } from '../service-pods.ts';

interface Broker extends ServicePod {
  /** The project's vhost, and the user that may use it. */
  readonly vhost: string;
}

const rabbitmqctl = (cluster: Cluster, broker: Broker, ...args: readonly string[]) =>
  exec(cluster, containerOf(broker), ['rabbitmqctl', '-q', ...args], { timeout: 120_000 });

/** How many messages wait in queues, by what `rabbitmqctl list_queues messages` prints. */
export function countMessages(lines: string): { readonly queues: number; readonly messages: number } {
  const counts = lines.split('\n').filter((line) => /^\d+$/.test(line));
  return { queues: counts.length, messages: counts.reduce((sum, count) => sum + Number(count), 0) };
}

const storeOf = (broker: Broker): DataStore => ({
  server: broker,
  copies: 'a broker: what waits in its queues is not kept',
  async describe(cluster) {
    const { vhost, service } = broker;
    const { stdout } = await rabbitmqctl(cluster, broker, 'list_queues', '-p', vhost, 'messages');
    const { queues, messages } = countMessages(stdout);
    const line = `${service}: vhost ${vhost}, ${counted(queues, 'queue')}, ${counted(messages, 'message')}`;
    return [{ line, filled: messages > 0 }];
  },
  async erase(cluster, report) {
    const { vhost, service } = broker;
    await waitForPod(cluster, broker, { report });
    await rabbitmqctl(cluster, broker, 'delete_vhost', vhost);
    await rabbitmqctl(cluster, broker, 'add_vhost', vhost);
    await rabbitmqctl(cluster, broker, 'set_permissions', '-p', vhost, vhost, '.*', '.*', '.*');
    report(`emptied vhost ${vhost} of ${service}`);
  },
});

/** RabbitMQ: the vhost of a project, whose messages are counted and removed with its queues, and never backed up. */
export const rabbitmqStore: StoreKind = {
  locate: (service, { project }) => storeOf({ ...podOf(service, 'rabbitmq'), vhost: project.name }),
  locateLeft(_servers, { environment, project, variables }) {
    const broker = globalPod(environment, 'rabbitmq');
    const url = variables.get('RABBITMQ_URL')?.value ?? '';
    if (!url.includes(`@${broker.object}.${broker.namespace}.`)) return [];
    return [storeOf({ ...broker, vhost: project.name })];
  },
};
