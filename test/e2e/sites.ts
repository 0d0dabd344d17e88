import { context, kubectl } from './environment.ts';
import { apply } from './production.ts';
import { eventually } from './run.ts';

const namespace = 'sites';
export const sitesImage = 'node:24-slim';

/** Sites below /site, each up or down, and webhooks that are told of them. A webhook's call counts before it is answered. */
const program = `
const { createServer } = require('node:http');
const sites = {}, keys = {}, counts = { told: 0, calls: 0, wrong: 0, refused: 0, answering: 0 };
const site = (name) => (sites[name] ??= { down: false, told: 'up', left: 0 });
const change = (one) => { if (one.left > 0) { one.left -= 1; one.down = !one.down; } };
const answers = {
  site: (name) => [site(name).down ? 503 : 200],
  change: (name, times) => {
    const one = site(name), idle = one.left === 0;
    one.left += Number(times);
    if (idle) change(one);
    return [200];
  },
  state: () => [200, counts],
  keys: () => [200, keys],
  hook: (_, pause, request, text) => {
    const told = JSON.parse(text), key = request.headers['idempotency-key'];
    counts.calls += 1;
    keys[key] = (keys[key] ?? 0) + 1;
    if (keys[key] === 1) {
      const one = site(told.url.split('/').pop());
      counts.told += 1;
      if (told.to === one.told || told.to !== (one.down ? 'down' : 'up')) counts.wrong += 1;
      one.told = told.to;
      change(one);
    }
    return [204, undefined, Number(pause ?? 0)];
  },
  refuse: () => { counts.refused += 1; return [410]; },
};
createServer((request, response) => {
  let text = '';
  request.on('data', (chunk) => { text += chunk; });
  request.on('end', () => {
    const [what, name, more] = request.url.slice(1).split('/');
    const [status, body, pause = 0] = answers[what]?.(name, more, request, text) ?? [404];
    counts.answering += 1;
    setTimeout(() => {
      counts.answering -= 1;
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(body === undefined ? undefined : JSON.stringify(body));
    }, pause);
  });
}).listen(8080);`;

/** What the pod has seen. */
export interface SitesState {
  /** Transitions by their keys. */
  readonly told: number;
  /** Calls of the webhook, also of one that it has been told of. */
  readonly calls: number;
  /** Transitions that were not the next one of their site. */
  readonly wrong: number;
  readonly refused: number;
  /** Requests that wait for their answer. */
  readonly answering: number;
}

/** A pod with sites that go down and come back, each as soon as the webhook was told of its last change. */
export class Sites {
  readonly address = `http://sites.${namespace}.svc:8080`;

  /** @param proxy URL of a kubectl proxy */
  constructor(private readonly proxy: string) {}

  async start(): Promise<void> {
    kubectl('delete', 'namespace', namespace, '--ignore-not-found', '--wait');
    const labels = { app: 'sites' };
    const container = {
      name: 'main',
      image: sitesImage,
      command: ['node', '-e', program],
    };
    const objects = [
      { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } },
      {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: 'sites', namespace, labels },
        spec: { terminationGracePeriodSeconds: 0, containers: [container] },
      },
      {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name: 'sites', namespace },
        spec: { selector: labels, ports: [{ port: 8080 }] },
      },
    ];
    apply(objects.map((each) => JSON.stringify(each)).join('\n---\n'));
    await eventually('the sites answer', 120, () => this.state());
  }

  remove(): void {
    kubectl('delete', 'namespace', namespace, '--ignore-not-found', '--wait=false');
  }

  private async ask<T>(path: string): Promise<T | undefined> {
    const response = await fetch(`${this.proxy}/api/v1/namespaces/${namespace}/services/sites:8080/proxy/${path}`);
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()} in ${context}`);
    const text = await response.text();
    return text === '' ? undefined : (JSON.parse(text) as T);
  }

  /** Lets a site change that many times. */
  change = (site: string | number, times: number): Promise<unknown> => this.ask(`change/${site}/${times}`);

  state = async (): Promise<SitesState> => (await this.ask<SitesState>('state')) as SitesState;
}
