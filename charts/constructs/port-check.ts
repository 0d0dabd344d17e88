import type { CommandCheck } from '../common/connection.ts';
import { images } from '../common/images.ts';
import type { Workload } from '../common/kind.ts';
import { serviceHost } from '../common/names.ts';
import type { ContainerPort } from '../common/ports.ts';

/** How to tell from another pod that a workload with ports is ready: its Service leads to pods that are. */
export function portCheck({
  object,
  namespace,
  settings,
}: Workload<{ readonly ports?: Readonly<Record<string, ContainerPort>> }>): CommandCheck | undefined {
  const first = Object.values(settings.ports ?? {}).find(({ protocol }) => protocol !== 'udp');
  const host = serviceHost(object, namespace);
  return first && { image: images.busybox, command: ['nc', '-w', '3', host, String(first.port)] };
}
