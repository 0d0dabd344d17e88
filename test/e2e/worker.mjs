// Files run side by side: each worker has a cluster, a kubeconfig and fixed ports of its own. Whoever names a cluster has one.
// This is the environment of the tests and no set-up file, since only here the process is the real one, which programs that
// tests start inherit from.
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TestEnvironment } from 'jest-environment-node';

if (!process.env.REPOCTL_E2E_CLUSTER) {
  const worker = Number(process.env.JEST_WORKER_ID ?? 1);
  process.env.REPOCTL_E2E_CLUSTER = `repoctl-e2e-${worker}`;
  process.env.KUBECONFIG = join(tmpdir(), `repoctl-e2e-${worker}.kubeconfig`);
  process.env.REPOCTL_PORT_OFFSET = String((worker - 1) * 2000);
}

export default TestEnvironment;
