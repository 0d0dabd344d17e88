import { describe, expect, test } from '@jest/globals';
import { objectLabels } from '../../../charts/common/labels.ts';
import type { PodProps } from '../../../charts/common/pod.ts';
import { DeployedService } from '../../../charts/constructs/deployed-service.ts';
import { environmentOf, workloads } from '../objects.ts';
import { labelled, minimalContainer, minimalPod, synthesized } from '../pod-props.ts';

/** The pod template as it stands in a manifest. */
function build(props: Partial<PodProps> = {}) {
  const objects = synthesized((scope) => {
    new DeployedService(scope, 'it', { ...minimalPod, ...props, replicas: 1, strategy: 'Recreate' });
  });
  const template = workloads(objects)[0]?.template;
  const container = template?.spec.containers[0];
  if (!template || !container) throw new TypeError('no pod');
  return { template, pod: template.spec, container };
}

const withContainer = (props: Partial<PodProps['container']>) =>
  build({ container: { ...minimalContainer, ...props } });

describe('a pod of which only the least is said', () => {
  const { template, pod, container } = build();

  test('meets Pod Security restricted', () => {
    expect(pod.securityContext).toEqual({
      runAsNonRoot: true,
      runAsUser: 1000,
      runAsGroup: 1000,
      fsGroup: 1000,
      fsGroupChangePolicy: 'OnRootMismatch',
      seccompProfile: { type: 'RuntimeDefault' },
    });
    expect(container.securityContext).toEqual({
      allowPrivilegeEscalation: false,
      capabilities: { drop: ['ALL'] },
      readOnlyRootFilesystem: true,
    });
  });

  test('runs its image with the resources that are stated', () => {
    expect(container).toMatchObject({
      name: 'api',
      image: 'shop-app:local',
      resources: { requests: { cpu: '50m', memory: '64Mi' }, limits: { cpu: '1', memory: '256Mi' } },
    });
  });

  test('knows nothing of the cluster: no token, no variables of Services', () => {
    expect(pod.automountServiceAccountToken).toBe(false);
    expect(pod.enableServiceLinks).toBe(false);
  });

  test('may write to /tmp and nowhere else', () => {
    expect(pod.volumes).toEqual([{ name: 'tmp', emptyDir: {} }]);
    expect(container.volumeMounts).toEqual([{ name: 'tmp', mountPath: '/tmp' }]);
  });

  test('uses the image that is there, as a local one has to be', () => {
    expect(container.imagePullPolicy).toBe('IfNotPresent');
  });

  test('says nothing that it was not told', () => {
    for (const field of ['command', 'args', 'env', 'ports', 'lifecycle', 'livenessProbe'])
      expect(container).not.toHaveProperty(field);
    for (const field of ['initContainers', 'restartPolicy']) expect(pod).not.toHaveProperty(field);
    expect(template.metadata).toEqual({ labels: objectLabels(labelled) });
  });
});

describe('a pod of which everything is said', () => {
  test('its group can differ from its user, and owns its claims', () => {
    expect(build({ user: 5050, group: 0 }).pod.securityContext).toMatchObject({
      runAsUser: 5050,
      runAsGroup: 0,
      fsGroup: 0,
    });
  });

  test('grace, restarts, volumes and annotations', () => {
    const { template, pod } = build({
      graceSeconds: 7,
      restartPolicy: 'OnFailure',
      volumes: [{ name: 'data', emptyDir: {} }],
      annotations: { note: 'x' },
    });
    expect(pod).toMatchObject({ terminationGracePeriodSeconds: 7, restartPolicy: 'OnFailure' });
    expect(pod.volumes.map(({ name }) => name)).toEqual(['data', 'tmp']);
    expect(template.metadata.annotations).toEqual({ note: 'x' });
  });

  test('init containers are as strict as the main one, and in order', () => {
    const { pod } = build({
      init: [
        { ...minimalContainer, name: 'one' },
        { ...minimalContainer, name: 'two' },
      ],
    });
    expect(pod.initContainers.map(({ name }) => name)).toEqual(['one', 'two']);
    for (const { securityContext } of pod.initContainers)
      expect(securityContext).toMatchObject({ allowPrivilegeEscalation: false, readOnlyRootFilesystem: true });
  });

  test('a container that files are synced into may write to all of itself, and is strict in all else', () => {
    const { container } = withContainer({ writableRoot: true });
    expect(container.securityContext).toEqual({
      allowPrivilegeEscalation: false,
      capabilities: { drop: ['ALL'] },
      readOnlyRootFilesystem: false,
    });
  });

  test('command, arguments, ports, mounts and life cycle', () => {
    const { container } = withContainer({
      command: ['serve'],
      args: ['--all'],
      ports: { http: 80, metrics: 81 },
      mounts: [{ volume: 'data', path: '/data', readOnly: true }],
      lifecycle: { preStop: { exec: { command: ['sleep', '1'] } } },
    });
    expect(container).toMatchObject({
      command: ['serve'],
      args: ['--all'],
      ports: [
        { name: 'http', containerPort: 80 },
        { name: 'metrics', containerPort: 81 },
      ],
      lifecycle: { preStop: { exec: { command: ['sleep', '1'] } } },
    });
    expect(container.volumeMounts[0]).toEqual({ name: 'data', mountPath: '/data', readOnly: true });
  });

  test('probes', () => {
    const { container } = withContainer({ probes: { livenessProbe: { exec: { command: ['true'] } } } });
    expect(container.livenessProbe).toEqual({ exec: { command: ['true'] } });
  });

  test('variables are values or keys of Secrets', () => {
    const { container } = withContainer({
      variables: [
        { name: 'A', value: '1' },
        { name: 'B', secret: 'shop-env', key: 'TOKEN' },
      ],
    });
    expect(environmentOf(container)).toEqual({ A: '1', B: 'secret shop-env/TOKEN' });
  });
});
