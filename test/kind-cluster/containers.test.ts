import { describe, expect, test } from '@jest/globals';
import { controlPlane, kubernetesNodes, readContainers } from '../../src/kind-cluster/nodes.ts';
import { readProcesses } from '../../src/kind-cluster/processes.ts';

test('the containers of a cluster are told by role', () => {
  const output =
    'x-worker\tworker\texited\nx-control-plane\tcontrol-plane\trunning\nx-lb\texternal-load-balancer\trunning\n';
  const containers = readContainers(output);
  expect(containers).toHaveLength(3);
  expect(controlPlane(containers)).toEqual({ name: 'x-control-plane', role: 'control-plane', state: 'running' });
  expect(kubernetesNodes(containers).map(({ name }) => name)).toEqual(['x-control-plane', 'x-worker']);
  expect(readContainers('')).toEqual([]);
});

test.each([
  'x-worker\t\texited',
  'x-worker\tnode\texited',
  '\tworker\trunning',
  'x-worker\tworker',
  'x worker running',
])('a container of which %j is said is not taken for anything', (line) => {
  const said = `x-control-plane\tcontrol-plane\trunning\n${line}\n`;
  expect(() => readContainers(said)).toThrow(
    /^docker ps printed for a container of the cluster: .*expected name, role/,
  );
});

describe('among the processes of the machine', () => {
  test.each([
    ['/usr/bin/kind create cluster --name monorepo --config k.yaml', 'yes'],
    ['kind create cluster --config k.yaml --name=monorepo', 'yes'],
    ['kind create cluster -n monorepo', 'yes'],
    ['kind create cluster --name other', 'no'],
    ['kind create cluster --name monorepo-2', 'no'],
    ['kind create cluster --config k.yaml', 'perhaps'],
    ['kind delete cluster --name monorepo', 'no'],
    ['vim kind create cluster --name monorepo', 'no'],
  ])('%s: creation %s', (line, creation) => {
    expect(readProcesses(`ps -A -o args=\n${line}\n`, 'monorepo').creation).toBe(creation);
  });

  test.each([
    ['docker run --name m-control-plane --label io.x-k8s.kind.cluster=monorepo --privileged', true],
    ['docker run --name m-control-plane --label io.x-k8s.kind.cluster=monorepo-2', false],
    ['docker ps --filter label=io.x-k8s.kind.cluster=monorepo', false],
  ])('%s: a container is being made: %s', (line, container) => {
    expect(readProcesses(line, 'monorepo').container).toBe(container);
  });
});
