import { diagnose } from '../../src/doctor/diagnose.ts';
import type { Row } from '../../src/doctor/machine-check.ts';
import type { DockerEngine, Facts, SystemFacts } from '../../src/doctor/machine-facts.ts';

/** An engine with enough of everything. */
export const engine = (given: Partial<DockerEngine> = {}): Facts['docker'] => ({
  state: 'running',
  version: '28.1.0',
  memory: 16 * 2 ** 30,
  cpus: 8,
  cgroup: '2',
  architecture: 'x86_64',
  free: 100 * 2 ** 30,
  containers: [],
  ...given,
});

export const system = (given: Partial<SystemFacts> = {}): SystemFacts => ({
  platform: 'linux',
  architecture: 'x64',
  node: '20.19.0',
  inotify: { watches: 524_288, instances: 512 },
  ...given,
});

/** What is to be said of a machine that lacks nothing but what is given. */
export const rows = (given: Partial<Facts> = {}): Row[] =>
  diagnose({
    system: system(),
    tools: [
      { name: 'kind', path: '/usr/bin/kind', version: '0.32.0', source: 'PATH' },
      { name: 'tilt', path: '/c/tools/tilt/0.37.2/tilt', version: '0.37.2', source: 'cache' },
    ],
    docker: engine(),
    remarks: [],
    configuration: { root: '/repo', name: 'monorepo', problems: [], cluster: 'dev' },
    ports: [
      { port: 5001, what: 'the local registry' },
      { port: 10350, what: 'Tilt' },
    ],
    context: { name: 'kind-dev', server: 'https://127.0.0.1:6443', version: 'v1.34.4' },
    ...given,
  });

export const rowOf = (subject: string, given: Partial<Facts>): Row | undefined =>
  rows(given).find((row) => row.subject === subject);
