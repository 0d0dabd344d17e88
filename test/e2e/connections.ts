import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from '@jest/globals';
import { images } from '../../charts/common/images.ts';
import { labelKeys } from '../../charts/common/labels.ts';
import { kubectl } from './environment.ts';
import { eventually } from './run.ts';

/** Where pods are tried: a name for people, an address, a port. */
export type Target = readonly [name: string, host: string, port: number];

interface Pod {
  readonly metadata: { readonly name: string; readonly labels: Readonly<Record<string, string>> };
  readonly status: { readonly phase: string; readonly podIP?: string };
}

/** A pod of each workload, service and job in namespaces; one without such a label stands for its namespace. */
export const podOfEach = (namespaces: readonly string[]) =>
  namespaces.flatMap((namespace) => {
    const { items } = JSON.parse(kubectl('get', 'pods', '-n', namespace, '-o', 'json').stdout) as { items: Pod[] };
    const running = items.filter(({ status }) => status.phase === 'Running');
    const byWorkload = new Map(
      running.map((pod) => [pod.metadata.labels[labelKeys.instance] ?? namespace, pod] as const),
    );
    return [...byWorkload].map(([workload, { metadata, status }]) => ({
      workload,
      namespace,
      pod: metadata.name,
      address: status.podIP ?? '',
    }));
  });

/** A pod of nobody's that serves HTTP, in a namespace of its own. */
export const stranger = (namespace: string, ...ports: readonly number[]): string =>
  [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } },
    {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'stranger', namespace, labels: { app: 'stranger' } },
      spec: {
        terminationGracePeriodSeconds: 0,
        containers: [
          {
            name: 'main',
            image: images.busybox,
            command: [
              'sh',
              '-c',
              `${ports.map((port) => `httpd -p ${port} -h /tmp`).join(' && ')} && exec sleep 86400`,
            ],
          },
        ],
      },
    },
  ]
    .map((each) => JSON.stringify(each))
    .join('\n---\n');

/**
 * The connections that succeed, from inside of a pod of each workload and service, by a container that is put into it.
 *
 * @param folder for a file that is needed meanwhile
 * @returns `from → to`, sorted
 */
export async function connections(
  namespaces: readonly string[],
  targets: readonly Target[],
  folder: string,
): Promise<string[]> {
  const asked = targets
    .map(([name, host, port]) => `(nc -w 3 ${host} ${port} </dev/null >/dev/null 2>&1 && echo "TO ${name}") &`)
    .join('\n');
  const script = `${asked}\nwait\necho DONE`;
  const custom = join(folder, 'probe.json');
  writeFileSync(custom, JSON.stringify({ securityContext: { runAsUser: 1000 } }));
  const sources = podOfEach(namespaces);
  for (const { pod, namespace } of sources)
    kubectl(
      ...['debug', '-n', namespace, pod, '--image', images.busybox, '--profile', 'restricted', '--container', 'probe'],
      ...['--custom', custom, '--', 'sh', '-c', script],
    );
  const answers = sources.map(({ workload, pod, namespace }) =>
    eventually(`the connections of ${workload} are tried`, 90, () => {
      const log = kubectl('logs', '-n', namespace, pod, '-c', 'probe').stdout;
      expect(log).toContain('DONE');
      return [...log.matchAll(/^TO (.*)$/gm)].map(([, name]) => `${workload} → ${name}`);
    }),
  );
  return (await Promise.all(answers)).flat().sort();
}
