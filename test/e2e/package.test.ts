import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { context, ensureCluster, kubectl, loadPublicImages, provideBases, readPlan } from './environment.ts';
import { attempt, kubectlProxy, run } from './run.ts';

jest.setTimeout(900_000);

const repository = join(import.meta.dirname, '..', '..');
const files: Readonly<Record<string, string>> = {
  'package.json': '{ "name": "their-shop", "private": true }',
  'compose.yaml': `
name: store
services:
  db:
    image: postgres:16
    environment: { POSTGRES_PASSWORD: secret, POSTGRES_DB: store }
    volumes: [data:/var/lib/postgresql/data]
  cache:
    image: redis:7
  api:
    build: ./api
    ports: ["18080:8000"]
    environment:
      DATABASE_URL: postgresql://postgres:secret@db:5432/store
      REDIS_URL: redis://cache:6379/0
    depends_on: [db, cache]
  worker:
    build: ./worker
    environment:
      REDIS_URL: redis://cache:6379/0
    depends_on: [cache]
volumes: { data: {} }
`,
  'api/Dockerfile': 'FROM python:3.12-slim\nWORKDIR /app\nCOPY main.py .\nUSER 1000\nCMD ["python", "main.py"]\n',
  // It answers 404 on /, and has no health route.
  'api/main.py': `
import http.server, json, os

class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        body = json.dumps({name: bool(os.environ.get(name)) for name in ("DATABASE_URL", "REDIS_URL")}).encode()
        self.send_response(200 if self.path == "/links" else 404)
        self.end_headers()
        self.wfile.write(body)

http.server.ThreadingHTTPServer(("", 8000), Handler).serve_forever()
`,
  'worker/Dockerfile':
    'FROM python:3.12-slim\nWORKDIR /app\nCOPY main.py .\nUSER 1000\nCMD ["python", "-u", "main.py"]\n',
  'worker/main.py': `
import os, time

print("working on", os.environ["REDIS_URL"].split("@")[-1])
while True:
    time.sleep(1)
`,
};

const root = join(mkdtempSync(join(tmpdir(), 'repoctl-package-')), 'their-shop');
const repoctl = (...args: string[]) => attempt('npx', ['--no-install', 'repoctl', ...args], { cwd: root });
let proxy: { url: string; stop(): void };

beforeAll(async () => {
  ensureCluster();
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(root, path, '..'), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  run('npm', ['pack', '--silent', '--pack-destination', root], { cwd: repository });
  const [packed = ''] = readdirSync(root).filter((name) => name.endsWith('.tgz'));
  const install = ['install', '--no-audit', '--no-fund', '--save-dev', '--prefer-offline', `./${packed}`];
  // A connection to the registry may stall without an end.
  if (attempt('npm', install, { cwd: root, timeout: 180_000 }).status !== 0) run('npm', install, { cwd: root });
  proxy = await kubectlProxy(context);
});

afterAll(() => {
  proxy?.stop();
  rmSync(join(root, '..'), { recursive: true, force: true });
});

describe('the package, installed into a repository with a compose file', () => {
  test('is set up by init, which writes what is valid and overwrites nothing', () => {
    const first = repoctl('init', '--yes');
    expect([first.status, first.stderr]).toEqual([0, expect.stringContaining('repoctl.yaml')]);
    expect(repoctl('validate').stderr).toContain('their-shop: valid (1 project, profile local)');
    const before = readFileSync(join(root, 'repoctl.yaml'), 'utf8');
    expect(repoctl('init', '--yes').stderr).toContain('Nothing is lacking');
    expect(readFileSync(join(root, 'repoctl.yaml'), 'utf8')).toBe(before);
  });

  test('starts what the compose file describes, healthy', async () => {
    provideBases(root);
    const plan = readPlan(root);
    loadPublicImages(root, plan);
    const [project] = plan.namespaces.filter(({ tier }) => tier === 'project').map(({ name }) => name);
    const started = repoctl('infra', 'project', 'start', project ?? '', '--context', context);
    expect([started.status, started.stderr]).toEqual([0, expect.stringContaining(`${project}-worker: healthy`)]);
    expect(repoctl('status', '--context', context).status).toBe(0);
    const response = await fetch(`${proxy.url}/api/v1/namespaces/${project}/services/${project}-api:8000/proxy/links`);
    expect(await response.json()).toEqual({ DATABASE_URL: true, REDIS_URL: true });
    expect(kubectl('logs', '-n', project ?? '', `deploy/${project}-worker`).stdout).toMatch(
      /^working on .*-redis\.their-shop\.svc:6379\/\d+$/m,
    );
    kubectl('delete', 'namespace', project ?? '', 'their-shop', '--wait');
  });
});
