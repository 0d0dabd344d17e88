import { mustHaveBuildx } from '../kind-cluster/images/buildx.ts';
import { UsageError } from '../platform/errors.ts';
import { run } from '../platform/process/run.ts';
import { ownerText, portOwners } from '../platform/tools/port-owner.ts';
import type { Endpoint } from '../synth/endpoints.ts';
import type { PlannedImage } from '../synth/plan.ts';

/**
 * Checks what Tilt would report late or only in a log: that Docker runs, that ports are free.
 *
 * @throws ClusterError if Docker is not running
 * @throws UsageError if another program than Tilt holds a port, or an image needs a plugin that Docker lacks
 */
export async function checkMachine(endpoints: readonly Endpoint[], images: readonly PlannedImage[]): Promise<void> {
  await run('docker', ['version', '--format', '{{.Server.Version}}']);
  await mustHaveBuildx(images);
  const owners = await portOwners(endpoints.map(({ hostPort }) => hostPort));
  const taken = endpoints.flatMap(({ hostPort, object }) => {
    const owner = owners.get(hostPort);
    // This session, at a later run of its Tiltfile.
    if (!owner || owner.program === 'tilt') return [];
    return [`port ${hostPort} (${object}) is used by ${ownerText(owner)}`];
  });
  if (taken.length > 0)
    throw new UsageError(
      taken.join('\n'),
      'Stop that program, give the service another hostPort, or shift all ports with REPOCTL_PORT_OFFSET',
    );
}
