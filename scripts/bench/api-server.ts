import { type ChildProcess, spawn } from 'node:child_process';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect } from '../../src/cluster/connect.ts';

export interface ApiServer {
  readonly context: string;
  readonly kubeconfig: string;
  stop(): Promise<void>;
}

const context = 'kind-bench';

/** How long it may take to start, in milliseconds. */
const patience = 60_000;

/**
 * Starts an API server of its own, with nothing behind it, in a folder that is deleted after.
 *
 * @param assets folder with `etcd` and `kube-apiserver`
 * @throws Error with the end of its log
 */
export async function startApiServer(assets: string): Promise<ApiServer> {
  const folder = mkdtempSync(join(tmpdir(), 'repoctl-bench-'));
  const [client, peer, port] = (await freePorts(3)) as [number, number, number];
  const token = randomBytes(16).toString('hex');
  const kubeconfig = join(folder, 'kubeconfig');
  const key = join(folder, 'accounts.key');
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  writeFileSync(key, privateKey.export({ type: 'pkcs1', format: 'pem' }));
  writeFileSync(join(folder, 'tokens.csv'), `${token},bench,bench,system:masters\n`);
  writeFileSync(kubeconfig, kubeconfigText(port, token));
  const run = (program: string, args: readonly string[]) => {
    const log = openSync(join(folder, `${program}.log`), 'w');
    const child = spawn(join(assets, program), args, { stdio: ['ignore', log, log] });
    closeSync(log);
    return child;
  };
  const etcd = run('etcd', [
    ...['--data-dir', join(folder, 'etcd'), '--listen-peer-urls', `http://127.0.0.1:${peer}`],
    ...['--listen-client-urls', `http://127.0.0.1:${client}`, '--advertise-client-urls', `http://127.0.0.1:${client}`],
    // What it holds is thrown away.
    '--unsafe-no-fsync',
    // 100,000 pods, each written twice, take more than the 2 GB that it has otherwise.
    `--quota-backend-bytes=${8 * 1024 ** 3}`,
  ]);
  const server = run('kube-apiserver', [
    `--etcd-servers=http://127.0.0.1:${client}`,
    ...[`--secure-port=${port}`, '--bind-address=127.0.0.1', `--cert-dir=${join(folder, 'certificates')}`],
    ...[`--token-auth-file=${join(folder, 'tokens.csv')}`, '--authorization-mode=RBAC'],
    ...[`--service-account-key-file=${key}`, `--service-account-signing-key-file=${key}`],
    ...['--service-account-issuer=https://bench.invalid', '--service-cluster-ip-range=10.0.0.0/24'],
    // There is no controller that makes service accounts.
    '--disable-admission-plugins=ServiceAccount',
  ]);
  const stop = async () => {
    await Promise.all([ended(server), ended(etcd)]);
    rmSync(folder, { recursive: true, force: true });
  };
  const until = performance.now() + patience;
  for (;;) {
    try {
      await (await connect({ context, kubeconfig })).list('Namespace');
      return { context, kubeconfig, stop };
    } catch (error) {
      if (server.exitCode === null && performance.now() < until) {
        await sleep(250);
        continue;
      }
      const log = readFileSync(join(folder, 'kube-apiserver.log'), 'utf8').slice(-2000);
      await stop();
      throw new Error(`kube-apiserver does not answer:\n${log}`, { cause: error });
    }
  }
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await gone;
}

async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'));
  await Promise.all(servers.map((server) => new Promise((resolve) => server.once('listening', resolve))));
  const ports = servers.map((server) => (server.address() as { port: number }).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

const kubeconfigText = (port: number, token: string): string =>
  JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    // It gets a new certificate at each start.
    clusters: [{ name: 'bench', cluster: { server: `https://127.0.0.1:${port}`, 'insecure-skip-tls-verify': true } }],
    users: [{ name: 'bench', user: { token } }],
    contexts: [{ name: context, context: { cluster: 'bench', user: 'bench' } }],
    'current-context': context,
  });
