import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { cluster, context, ensureCluster, kubectl, makeAvailable, repoctl } from './environment.ts';
import { apply, loadProductionImages } from './production.ts';
import { attempt, eventually, type Outcome, run } from './run.ts';

jest.setTimeout(480_000);

/** A program that gives a cluster the metrics server, which kind has not. */
const metricsServer = process.env.REPOCTL_E2E_METRICS_SERVER;
const measured = metricsServer ? describe : describe.skip;

const node = 'node:24-slim';
const real = ['--profile', 'production', '--context', context];

/** Computes for a few milliseconds a request, and ends what it has begun when it is told to stop. */
const server = `package main

import (
	"context"
	"net/http"
	"os/signal"
	"syscall"
	"time"
)

func main() {
	told, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	http.HandleFunc("/health", func(w http.ResponseWriter, _ *http.Request) { w.Write([]byte("ok")) })
	http.HandleFunc("/work", func(w http.ResponseWriter, _ *http.Request) {
		for began := time.Now(); time.Since(began) < 8*time.Millisecond; {
		}
		w.Write([]byte("done"))
	})
	server := &http.Server{Addr: ":8080"}
	ended := make(chan struct{})
	go func() {
		<-told.Done()
		server.Shutdown(context.Background())
		close(ended)
	}()
	server.ListenAndServe()
	<-ended
}
`;

const dockerfile = `FROM golang:1.26 AS build
WORKDIR /src
COPY main.go ./
RUN CGO_ENABLED=0 go build -o /api main.go
FROM gcr.io/distroless/static-debian12:nonroot
COPY --from=build /api /api
USER 65532
ENTRYPOINT ["/api"]
`;

/** Asks 50 times a second, each time by a new connection, whether or not the last one was answered. */
const asking = (host: string) => `
const { get } = require('node:http');
const counts = { sent: 0, answered: 0, failed: {} };
const failed = (why) => { counts.failed[why] = (counts.failed[why] ?? 0) + 1; };
const ask = () => {
  counts.sent += 1;
  const request = get({ host: '${host}', port: 8080, path: '/work', agent: false, timeout: 30000 }, (answer) => {
    answer.resume();
    answer.on('error', ({ message }) => failed(message));
    answer.on('end', () => answer.statusCode === 200 ? (counts.answered += 1) : failed(answer.statusCode));
  });
  request.on('timeout', () => request.destroy(new Error('no answer within 30 s')));
  request.on('error', ({ message }) => failed(message));
};
const began = performance.now();
setInterval(() => { while (counts.sent < (performance.now() - began) / 20) ask(); }, 20);
setInterval(() => console.log(JSON.stringify(counts)), 500);`;

const autoscaled = 'autoscale: { min: 2, max: 4, cpu: 50 }';

const project = (api: string) => `name: shop
images: { app: {} }
workloads:
  api:
    kind: http
    port: 8080
    startupSeconds: 60
    resources: { requests: { cpu: 100m, memory: 32Mi }, limits: { cpu: "1", memory: 128Mi } }
    ${api}
`;

describe('an API in an image without a shell', () => {
  let root: string;
  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  const declare = (api: string) => write('apps/shop/infra/project.yaml', project(api));
  const field = (what: string, path: string) => kubectl('get', what, '-n', 'shop', '-o', `jsonpath=${path}`).stdout;
  /** Names of its pods but those that go. */
  const pods = (): string[] => {
    const { items } = JSON.parse(kubectl('get', 'pods', '-n', 'shop', '-o', 'json').stdout) as {
      items: { metadata: { name: string; deletionTimestamp?: string } }[];
    };
    return items.flatMap(({ metadata: { name, deletionTimestamp } }) => (deletionTimestamp ? [] : name)).sort();
  };
  const replicas = () => Number(field('deployment/shop-api', '{.spec.replicas}'));
  const asked = (...args: string[]): Outcome =>
    attempt(process.execPath, [join(import.meta.dirname, '..', '..', 'bin', 'repoctl.mjs'), ...args, ...real], {
      cwd: root,
    });
  const deploy = (api: string) => {
    declare(api);
    return repoctl(root, 'deploy', '--yes', '--timeout', '180', ...real);
  };

  /** What has come of the requests so far. */
  const load = () => {
    const last = kubectl('logs', '-n', 'load', 'load', '--tail', '1').stdout;
    return JSON.parse(last) as { sent: number; answered: number; failed: Readonly<Record<string, number>> };
  };
  const startLoad = () => {
    const script = asking(field('service/shop-api', '{.spec.clusterIP}'));
    const containers = [{ name: 'main', image: node, command: ['node', '-e', script] }];
    const spec = { terminationGracePeriodSeconds: 0, containers };
    apply(
      [
        { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'load' } },
        { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'load', namespace: 'load' }, spec },
      ]
        .map((each) => JSON.stringify(each))
        .join('\n---\n'),
    );
    return eventually('requests are answered', 60, () => expect(load().answered).toBeGreaterThan(50));
  };

  beforeAll(() => {
    ensureCluster();
    kubectl('delete', 'namespace', 'grid', 'shop', 'load', '--ignore-not-found', '--wait');
    root = mkdtempSync(join(tmpdir(), 'repoctl-scaling-'));
    symlinkSync(join(import.meta.dirname, '..', '..', 'node_modules'), join(root, 'node_modules'));
    write(
      'repoctl.yaml',
      'name: grid\nglobal: { redis: false, minio: false, redisInsight: false }\nprofiles:\n  production: { images: { registry: registry.example.com/grid, tag: 1.0.0 }, network: { policies: false } }\n',
    );
    write('.env.example', '');
    write('apps/shop/main.go', server);
    write('apps/shop/Dockerfile', dockerfile);
    declare('replicas: 2');
    repoctl(root, 'synth', '--profile', 'production');
    loadProductionImages(root);
    run('kind', ['load', 'docker-image', '--name', cluster, ...makeAvailable([node])]);
    deploy('replicas: 2');
  });

  afterAll(() => {
    kubectl('delete', 'namespace', 'grid', 'shop', 'load', '--ignore-not-found', '--wait=false');
    rmSync(root, { recursive: true, force: true });
  });

  test('is replaced again and again under 50 requests a second, and none of them fails', async () => {
    const shell = attempt('kubectl', ['--context', context, 'exec', '-n', 'shop', 'deployment/shop-api', '--', 'sh']);
    expect(shell.stderr).toContain('executable file not found');
    await startLoad();
    const before = pods();
    for (const version of [1, 2, 3]) deploy(`replicas: 2\n    env: { VERSION: "${version}" }`);
    // One pod alone is replaced as well.
    for (const version of [4, 5]) deploy(`env: { VERSION: "${version}" }`);
    const after = await eventually('the pods before are gone', 60, () => {
      const names = pods();
      expect(names).toHaveLength(1);
      return names;
    });
    expect(before).not.toContain(after[0]);
    const { sent } = load();
    const { answered, failed } = await eventually('all are answered', 60, () => {
      const now = load();
      expect(now.answered).toBeGreaterThanOrEqual(sent);
      return now;
    });
    expect(failed).toEqual({});
    expect(answered).toBeGreaterThan(1000);
  });

  test('keeps its pods when an autoscaler takes their number over', () => {
    deploy('replicas: 3');
    declare(autoscaled);
    expect(asked('diff').stdout).not.toContain('spec.replicas');
    const before = pods();
    deploy(autoscaled);
    expect([replicas(), pods()]).toEqual([3, before]);
  });

  measured('with a metrics server', () => {
    test('has as many pods as the load asks for, and an apply leaves their number alone', async () => {
      run(metricsServer ?? '', [cluster]);
      deploy(autoscaled);
      await startLoad();
      const set = () => Number(field('horizontalpodautoscaler/shop-api', '{.status.desiredReplicas}'));
      await eventually('the autoscaler sets the most pods', 300, () => expect([set(), replicas()]).toEqual([4, 4]));
      kubectl('rollout', 'status', '-n', 'shop', 'deployment/shop-api', '--timeout=120s');

      expect(asked('diff').stdout).toBe('Nothing to change.\n');
      deploy(`${autoscaled}\n    env: { VERSION: "6" }`);
      expect(replicas()).toBe(4);
      repoctl(root, 'synth', '--profile', 'production');
      apply(readFileSync(join(root, 'dist', 'production', 'shop.k8s.yaml'), 'utf8'));
      expect(replicas()).toBe(4);
      kubectl('rollout', 'status', '-n', 'shop', 'deployment/shop-api', '--timeout=120s');
      expect(asked('status', 'shop').status).toBe(0);
    });

    test('has fewer again when the load is gone', async () => {
      kubectl('delete', 'namespace', 'load', '--wait=false');
      // The autoscaler looks back for five minutes by default.
      const behavior = { scaleDown: { stabilizationWindowSeconds: 0 } };
      kubectl('patch', 'horizontalpodautoscaler/shop-api', '-n', 'shop', '-p', JSON.stringify({ spec: { behavior } }));
      await eventually('the autoscaler sets the fewest pods', 240, () => expect(replicas()).toBe(2));
      expect(asked('status', 'shop').status).toBe(0);
    });
  });
});
