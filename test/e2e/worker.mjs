// Files run side by side: each worker has a cluster, a kubeconfig and fixed ports of its own. Whoever names a cluster has one.
import { tmpdir } from 'node:os';
import { join } from 'node:path';

if (!process.env.REPOCTL_E2E_CLUSTER) {
  const worker = Number(process.env.JEST_WORKER_ID ?? 1);
  process.env.REPOCTL_E2E_CLUSTER = `repoctl-e2e-${worker}`;
  process.env.KUBECONFIG = join(tmpdir(), `repoctl-e2e-${worker}.kubeconfig`);
  process.env.REPOCTL_PORT_OFFSET = String((worker - 1) * 2000);
}
