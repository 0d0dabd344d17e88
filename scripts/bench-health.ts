// Measures `repoctl status` in a folder without configuration beside `kubectl get pods -A` and the raw list, on the same API
// server in the same run, with 100, 1 000 and 10 000 pods in 100 namespaces. No node runs them: the objects and their status
// are written to the API. 100 000 pods take half an hour to write and 3 GB of disk.
//
//   KUBEBUILDER_ASSETS=DIR npm run bench:health [-- 100 10000 100000]
//                                                            starts the etcd and kube-apiserver in that folder
//   npm run bench:health -- --context NAME [100 1000]        uses an empty cluster without controllers, which would take the
//                                                            pods away. Its bench-* namespaces are deleted after
//   npm run bench:health -- --node PATH                      runs repoctl with another Node as well; may be given several times
//
// Such a cluster is made by `kwokctl create cluster --disable-kube-controller-manager --disable-kube-scheduler`.
import { execFileSync } from 'node:child_process';
import { parseArgs } from 'node:util';
import type { Cluster } from '../src/cluster/client.ts';
import { connect } from '../src/cluster/connect.ts';
import { startApiServer } from './bench/api-server.ts';
import { fill, namespaceCount, removeNamespaces } from './bench/environment.ts';
import { installedProgram } from './bench/installed.ts';
import { figure, measure, median } from './bench/measure.ts';

const { values, positionals } = parseArgs({
  options: {
    context: { type: 'string' },
    kubeconfig: { type: 'string' },
    node: { type: 'string', multiple: true, default: [] },
    runs: { type: 'string', default: '3' },
  },
  allowPositionals: true,
});
const sizes = (positionals.length > 0 ? positionals.map(Number) : [100, 1_000, 10_000]).sort((a, b) => a - b);

const program = installedProgram();

function subjects(where: readonly string[], kubectl: string) {
  return {
    [`repoctl status, Node ${process.versions.node}`]: [process.execPath, program, 'status', ...where],
    ...Object.fromEntries(
      values.node.map((node) => [`repoctl status, Node ${versionOf(node)}`, [node, program, 'status', ...where]]),
    ),
    'kubectl get pods -A': [kubectl, ...where, 'get', 'pods', '-A'],
    'kubectl get --raw /api/v1/pods': [kubectl, ...where, 'get', '--raw', '/api/v1/pods'],
  };
}

const versionOf = (node: string): string =>
  execFileSync(node, ['--print', 'process.versions.node'], { encoding: 'utf8' }).trim();

async function measureSizes(cluster: Cluster, where: readonly string[], kubectl: string): Promise<void> {
  const rows: Record<string, string>[] = [];
  let before = 0;
  for (const size of sizes) {
    console.error(`writing ${size - before} pods`);
    await fill(cluster, before, size);
    before = size;
    const row: Record<string, string> = { pods: String(size) };
    const commands = Object.entries(subjects(where, kubectl));
    // The first fills caches.
    for (const [, command] of commands) await measure(command);
    const runs = [];
    // One after the other: what else the machine does, it does to all of them.
    for (let run = 0; run < Number(values.runs); run += 1)
      for (const [name, command] of commands) runs.push({ name, measured: await measure(command) });
    for (const [name] of commands) {
      const result = median(runs.filter((each) => each.name === name).map(({ measured }) => measured));
      row[name] = figure(result);
      if (name.includes('--raw')) row['bytes a pod'] = String(Math.round(result.bytes / size));
      if (name.startsWith('repoctl')) console.error(result.text.trimEnd().split('\n').slice(0, 3).join('\n'));
    }
    rows.push(row);
  }
  console.log(`Median of ${values.runs} runs; wall time and peak memory of the process; ${namespaceCount} namespaces.`);
  console.table(Object.fromEntries(rows.map(({ pods = '', ...row }) => [pods, row])));
}

/** The options by which both programs are told of the cluster. */
const where = ({ context, kubeconfig }: { context?: string; kubeconfig?: string }): string[] => [
  ...(context ? ['--context', context] : []),
  ...(kubeconfig ? ['--kubeconfig', kubeconfig] : []),
];

const assets = process.env.KUBEBUILDER_ASSETS;
if (values.context || values.kubeconfig) {
  const cluster = await connect(values);
  try {
    await measureSizes(cluster, where(values), 'kubectl');
  } finally {
    await removeNamespaces(cluster);
  }
} else if (assets) {
  const server = await startApiServer(assets);
  try {
    const options = { context: server.context, kubeconfig: server.kubeconfig };
    await measureSizes(await connect(options), where(options), `${assets}/kubectl`);
  } finally {
    await server.stop();
  }
} else {
  console.error('Name an empty cluster with --context, or set $KUBEBUILDER_ASSETS (setup-envtest use -p env)');
  process.exitCode = 2;
}
