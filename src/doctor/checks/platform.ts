import type { Check, Row } from '../machine-check.ts';

/** The kernel's names of what kind's node images are built for, with Node's. */
const architectures: Readonly<Record<string, string>> = {
  x86_64: 'x64',
  amd64: 'x64',
  aarch64: 'arm64',
  arm64: 'arm64',
};

export const checkArchitecture: Check = ({ docker, system }) => {
  if (docker.state !== 'running') return [];
  const subject = 'architecture';
  const node = architectures[docker.architecture];
  if (!node) {
    const found = `${docker.architecture}; the images are made for x86_64 and aarch64`;
    return [{ level: 'fail', subject, found, fix: 'docker context use NAME (of an engine on such a machine)' }];
  }
  if (node !== system.architecture) {
    const found = `Docker runs ${docker.architecture}, Node is built for ${system.architecture}, so that it is emulated or Docker is remote`;
    return [{ level: 'warn', subject, found, fix: `install Node for ${node}: https://nodejs.org/en/download` }];
  }
  return [{ level: 'ok', subject, found: docker.architecture }];
};

/** @see https://kubernetes.io/docs/concepts/architecture/cgroups/ and kind 0.31.0's release notes, for cgroup v1 */
export const checkCgroup: Check = ({ docker }): Row[] => {
  if (docker.state !== 'running' || docker.cgroup === '') return [];
  const subject = 'cgroup';
  if (docker.cgroup !== '1') return [{ level: 'ok', subject, found: `v${docker.cgroup}` }];
  const found = 'v1; Kubernetes 1.35 and newer need v2';
  const fix = 'boot with systemd.unified_cgroup_hierarchy=1, or choose a node image of 1.34 (KIND_NODE_IMAGE)';
  return [{ level: 'warn', subject, found, fix }];
};
