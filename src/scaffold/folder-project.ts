import type { ProposedProject } from './compose-project.ts';
import type { Taken } from './compose-services.ts';
import { noRoute } from './compose-workload.ts';
import { dockerfileFacts } from './dockerfile.ts';
import { takeFree } from './free.ts';
import { findHealthRoute } from './health-route.ts';
import type { Fields } from './project-data.ts';
import type { Source } from './source.ts';

const parents = ['backends', 'apps', 'services'] as const;

/** The folders below `backends/`, `apps/` and `services/` that have a Dockerfile and no project file yet. */
export const foldersWithDockerfile = (source: Source): string[] =>
  parents.flatMap((parent) =>
    source
      .names(parent)
      .filter((name) => name.endsWith('/') && !name.startsWith('.'))
      .map((name) => `${parent}/${name.slice(0, -1)}`)
      .filter((folder) => source.names(folder).includes('Dockerfile'))
      .filter((folder) => !source.names(`${folder}/infra`).includes('project.yaml')),
  );

/**
 * Proposes a project for a folder with a Dockerfile: a workload, which serves HTTP if the Dockerfile exposes a port.
 *
 * @param name of the project
 */
export function folderProject(directory: string, name: string, source: Source, taken: Taken): ProposedProject {
  const { ports, user, group } = dockerfileFacts(source.text(`${directory}/Dockerfile`) ?? '');
  const route = findHealthRoute(source, directory);
  const notes: string[] = [];
  if (user === undefined) notes.push('it runs as user 1000, not as root; only /tmp can be written to');
  const [port] = ports;
  if (port === undefined)
    notes.push('the Dockerfile exposes no port: it counts as healthy while it runs, see "health" of a worker');
  else if (route === undefined) notes.push(noRoute);
  const identity = { ...(user === undefined ? {} : { user }), ...(group === undefined ? {} : { group }) };
  const hostPort = port === undefined ? undefined : takeFree(taken.hostPorts, port < 50_000 ? port + 10_000 : port);
  const workloads: Record<string, Fields> =
    port === undefined
      ? { worker: { kind: 'worker', health: { command: ['true'] }, ...identity } }
      : { web: { kind: 'http', port, hostPort, health: route ?? { tcp: port }, ...identity } };
  return {
    directory,
    data: { name, images: { app: {} }, workloads },
    from: `${directory}/Dockerfile`,
    notes,
    secrets: new Map(),
  };
}
