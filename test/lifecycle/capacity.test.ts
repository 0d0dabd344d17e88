import { describe, expect, test } from '@jest/globals';
import { podRequests, type RunningPod, shortages, shortageText } from '../../src/lifecycle/capacity.ts';

const container = (cpu: string, memory: string) => ({ image: 'i', resources: { requests: { cpu, memory } } });

const deployment = (cpu: string, memory: string, replicas = 1) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  spec: { replicas, template: { spec: { containers: [container(cpu, memory)] } } },
});

const pod = (namespace: string, cpu: string, memory: string, phase = 'Running'): RunningPod => ({
  metadata: { namespace, labels: { 'repoctl.dev/project': namespace } },
  spec: { nodeName: 'n', containers: [container(cpu, memory)] },
  status: { phase },
});

const node = { status: { allocatable: { cpu: '2', memory: '4Gi' } } };

describe('what a pod asks for', () => {
  test.each([
    ['its containers together', { containers: [container('100m', '64Mi'), container('1', '1Gi')] }, 1.1, 1088],
    [
      'its largest init container, if that is more',
      { initContainers: [container('2', '32Mi'), container('1', '2Gi')], containers: [container('100m', '64Mi')] },
      2,
      2048,
    ],
    [
      'its containers with its sidecars',
      {
        initContainers: [{ ...container('300m', '64Mi'), restartPolicy: 'Always' }, container('500m', '32Mi')],
        containers: [container('400m', '64Mi')],
      },
      0.8,
      128,
    ],
  ])('is %s', (_, spec, cpu, mebibytes) => {
    const { cpu: cores = 0, memory } = podRequests(spec);
    expect([Number(cores.toFixed(3)), memory]).toEqual([cpu, mebibytes * 2 ** 20]);
  });

  test('is nothing where nothing is said', () => {
    expect(podRequests({ containers: [{}] })).toEqual({});
  });

  test('has devices, by their limits, and disk', () => {
    const resources = { limits: { 'nvidia.com/gpu': '2', memory: '1Gi' }, requests: { 'ephemeral-storage': '1Gi' } };
    expect(podRequests({ containers: [{ resources }] })).toEqual({ 'nvidia.com/gpu': 2, 'ephemeral-storage': 2 ** 30 });
  });
});

describe('a shortage', () => {
  const of = (pods: readonly RunningPod[], ...objects: ReturnType<typeof deployment>[]) =>
    shortages([node], pods, ['shop'], objects).map(shortageText);

  test('is none if all fits exactly', () => {
    expect(of([pod('web', '1', '1Gi')], deployment('500m', '1536Mi', 2))).toEqual([]);
  });

  test('names what is asked for, what is free, and the project whose stop gives back the most', () => {
    expect(of([pod('web', '200m', '1Gi'), pod('big', '1', '2Gi')], deployment('1', '512Mi'))).toEqual([
      'cpu: 1 cores are asked for, 0.8 cores are free; stopping big gives back 1 cores',
    ]);
    expect(of([pod('web', '200m', '3Gi')], deployment('1', '1536Mi'))).toEqual([
      'memory: 1.5 GiB are asked for, 1 GiB are free; stopping web gives back 3 GiB',
    ]);
  });

  test('does not count what the same namespaces run, what has ended, and what is not on a node', () => {
    const waiting = { ...pod('web', '2', '4Gi'), spec: { containers: [container('2', '4Gi')] } };
    const pods = [pod('shop', '2', '4Gi'), pod('web', '2', '4Gi', 'Succeeded'), waiting];
    expect(of(pods, deployment('2', '4Gi'))).toEqual([]);
  });

  test('does not count nodes that take no pods', () => {
    const cordoned = { ...node, spec: { unschedulable: true } };
    expect(shortages([cordoned, node], [], ['shop'], [deployment('3', '1Gi')])).toMatchObject([
      { resource: 'cpu', free: 2 },
    ]);
  });

  const training = (amount: string, extra: object = {}) => ({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    spec: {
      replicas: 2,
      template: { spec: { containers: [{ resources: { limits: { 'nvidia.com/gpu': amount }, ...extra } }] } },
    },
  });

  test('of a device says whether any node has it', () => {
    const gpus = { status: { allocatable: { cpu: '2', memory: '4Gi', 'nvidia.com/gpu': '3' } } };
    const user = {
      ...pod('web', '1', '1Gi'),
      spec: { nodeName: 'n', containers: [...training('2').spec.template.spec.containers] },
    };
    const texts = (...nodes: (typeof node)[]) => shortages(nodes, [user], ['shop'], [training('1')]).map(shortageText);
    expect(texts(node)).toEqual(['nvidia.com/gpu: 2 are asked for, no node has any']);
    expect(texts(gpus)).toEqual(['nvidia.com/gpu: 2 are asked for, 1 are free; stopping web gives back 2']);
    expect(texts(gpus, gpus)).toEqual([]);
  });

  test('of disk is in bytes', () => {
    const disk = training('0', { requests: { 'ephemeral-storage': '3Gi' } });
    const nodes = [{ status: { allocatable: { 'ephemeral-storage': '4Gi' } } }];
    expect(shortages(nodes, [], ['shop'], [disk]).map(shortageText)).toEqual([
      'ephemeral-storage: 6 GiB are asked for, 4 GiB are free',
    ]);
  });

  test('does not count jobs, which come and go', () => {
    expect(shortages([node], [], ['shop'], [{ ...deployment('8', '1Gi'), kind: 'Job' }])).toEqual([]);
  });
});
