import type { IncomingMessage, ServerResponse } from 'node:http';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { Cluster } from '../../src/cluster/client.ts';
import { endEarlierJobs } from '../../src/deploy/earlier-jobs.ts';
import { LocalServer } from '../cluster/local-server.ts';
import { planned } from '../status/report/objects.ts';

interface Named {
  readonly metadata: { readonly name: string; readonly labels?: Readonly<Record<string, string>> };
}

/** Jobs and pods of a namespace, as the API lists them: without their kinds. */
class Jobs extends LocalServer {
  jobs: Named[] = [];
  pods: Named[] = [];

  protected answer({ method, url = '' }: IncomingMessage, response: ServerResponse): void {
    const { pathname, searchParams } = new URL(url, 'http://localhost');
    const name = /\/jobs\/([^/]+)$/.exec(pathname)?.[1];
    const found = this.jobs.find(({ metadata }) => metadata.name === name);
    if (method === 'DELETE') this.jobs = this.jobs.filter((each) => each !== found);
    if (name !== undefined) response.writeHead(found ? 200 : 404).end(JSON.stringify(found ?? { message: 'none' }));
    else if (pathname.endsWith('/jobs')) response.end(JSON.stringify({ items: this.jobs }));
    else if (pathname.endsWith('/pods')) {
      const of = searchParams.get('labelSelector')?.split('=')[1];
      const items = this.pods.filter(({ metadata }) => metadata.labels?.['batch.kubernetes.io/job-name'] === of);
      response.end(JSON.stringify({ items }));
    } else {
      const resources = [
        { name: 'jobs', kind: 'Job', namespaced: true },
        { name: 'pods', kind: 'Pod', namespaced: true },
      ];
      response.end(JSON.stringify({ resources }));
    }
  }
}

const shop = planned('shop', { migrate: [], report: [] });
const job = (name: string, more: object = {}): Named => ({ metadata: { name, namespace: 'shop', ...more } }) as never;
const working = (name: string): Named =>
  ({
    metadata: { name: `${name}-x`, labels: { 'batch.kubernetes.io/job-name': name } },
    status: { containerStatuses: [{ state: { running: {} } }] },
  }) as never;

let api: Jobs;
let cluster: Cluster;
let lines: string[];
const end = (timeoutSeconds = 1) =>
  endEarlierJobs(cluster, shop, { timeoutSeconds, report: (line) => lines.push(line) });
const left = () => api.jobs.map(({ metadata }) => metadata.name);

beforeEach(async () => {
  api = new Jobs();
  cluster = await api.start();
  lines = [];
});
afterEach(() => api.stop());

test('a job of the last deployment that has not begun its work is removed', async () => {
  api.jobs = [job('shop-migrate-0123abcd'), job('shop-other-0123abcd')];
  await end();
  expect(left()).toEqual(['shop-other-0123abcd']);
  expect(lines).toEqual(['removed job shop-migrate-0123abcd of the last deployment, which has not begun its work']);
});

test('one that works is waited for, and named where it does not end', async () => {
  api.jobs = [job('shop-migrate-0123abcd')];
  api.pods = [working('shop-migrate-0123abcd')];
  await expect(end()).rejects.toThrow('job shop-migrate-0123abcd of the last deployment still runs after 1 s');
  expect(left()).toEqual(['shop-migrate-0123abcd']);
});

test('the run of a cron job, whose name ends in eight digits as well, is left alone', async () => {
  const owner = { ownerReferences: [{ kind: 'CronJob', name: 'shop-report', controller: true }] };
  api.jobs = [job('shop-report-29930600', owner)];
  await end();
  expect(left()).toEqual(['shop-report-29930600']);
});
