import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { hostingConfigMap, hostsFile, readRegistry, readsCertificates } from '../../src/kind-cluster/registry-files.ts';

const inspected = (port: string | null, running = true) =>
  JSON.stringify({
    State: { Running: running },
    HostConfig: { PortBindings: port === null ? {} : { '5000/tcp': [{ HostIp: '127.0.0.1', HostPort: port }] } },
    NetworkSettings: { Networks: { bridge: {}, kind: {} } },
  });

test('the container of the registry tells its port, also one that others gave it', () => {
  expect(readRegistry(inspected('5001'))).toEqual({ running: true, port: 5001, networks: ['bridge', 'kind'] });
  expect(readRegistry(inspected('5005', false))).toMatchObject({ running: false, port: 5005 });
  expect(readRegistry(inspected(null)).port).toBeUndefined();
});

describe('containerd', () => {
  test.each([
    ['1.x', '[plugins."io.containerd.grpc.v1.cri".registry]\n  config_path = "/etc/containerd/certs.d"', true],
    ['2.x', "[plugins.'io.containerd.cri.v1.images'.registry]\n  config_path = '/etc/containerd/certs.d'", true],
    ['of several folders', 'config_path = "/etc/other:/etc/containerd/certs.d"', true],
    ['without a folder', 'config_path = ""', false],
    ['of another folder', 'config_path = "/etc/containerd/certs.d.old"', false],
    ['that says nothing of it', 'version = 2', false],
  ])('%s finds the registry: %s', (_, dump, reads) => {
    expect(readsCertificates(dump)).toBe(reads);
  });

  test('is told where the registry is on kind’s network', () => {
    expect(hostsFile).toBe('[host."http://kind-registry:5000"]\n');
  });
});

test('the ConfigMap names the registry as references on this machine do', () => {
  const { metadata, data } = hostingConfigMap('localhost:5001') as ReturnType<typeof hostingConfigMap> & {
    data: Record<string, string>;
  };
  expect(metadata).toEqual({ name: 'local-registry-hosting', namespace: 'kube-public' });
  expect(parse(data['localRegistryHosting.v1'] ?? '')).toMatchObject({ host: 'localhost:5001' });
});
