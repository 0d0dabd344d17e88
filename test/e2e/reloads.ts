import { fetchText, sum } from './answers.ts';
import type { Checkout } from './checkout.ts';

/** The template of each project that `addProjects` adds. */
const templates = { tasks: 'python-celery', stream: 'go-worker', page: 'node', notes: 'fastapi' } as const;

const turfoo = 'backends/svc-turfoo-ingest';

/** A file to save, and a way to see that its new version runs. */
export interface Reload {
  /** Saves the file with the number of the round in what it answers. */
  save(round: number): void;
  /** Whether the version of that round answers. */
  answers(round: number): Promise<boolean>;
}

/** Adds a project of each template to a checkout. */
export function addProjects(checkout: Checkout): void {
  for (const [name, template] of Object.entries(templates)) {
    const { status, stderr } = checkout.repoctl('infra', 'init', name, '--template', template);
    if (status !== 0) throw new Error(`repoctl infra init ${name} ended with ${status}:\n${stderr}`);
  }
}

/** The edits that templates take. @param edit replaces a text of a project's file, its path relative to the project */
export const templateReloads = {
  fastapi: (edit: Edit, url: string): Reload => ({
    save: (round) => edit('app/main.py', /return \{"status": "ok.*"\}/, `return {"status": "ok${round}"}`),
    answers: async (round) => (await fetchText(`${url}/health`)).includes(`"ok${round}"`),
  }),
  go: (edit: Edit, url: string): Reload => ({
    save: (round) => edit('main.go', /"ok.*\\n"/, `"ok ${round}\\n"`),
    answers: async (round) => (await fetchText(`${url}/health`)) === `ok ${round}\n`,
  }),
  node: (edit: Edit, url: string): Reload => ({
    save: (round) => edit('src/routes.mjs', /ok\d*'/, `ok${round}'`),
    answers: async (round) => (await fetchText(`${url}/health`)).includes(`"ok${round}"`),
  }),
};

/** Replaces a text of a file; it has to be there. */
export type Edit = (path: string, from: string | RegExp, to: string) => void;

/**
 * A reload of each kind of workload.
 *
 * @param checkout has turfoo and the projects of `addProjects`, and all of them run
 * @param proxy of `kubectl proxy`: the Go worker has no port outside of the cluster
 */
export function reloads(checkout: Checkout, proxy: string): Readonly<Record<string, Reload>> {
  const of =
    (project: string): Edit =>
    (path, from, to) =>
      checkout.edit(`backends/${project}/${path}`, from, to);
  const selector = ['-l', 'app.kubernetes.io/name=worker', '-o', 'name'];
  const pod = checkout.kubectl('get', 'pods', '-n', 'stream', ...selector).trim();
  const stream = `${proxy}/api/v1/namespaces/stream/${pod.replace('pod/', 'pods/')}:8081/proxy`;
  return {
    FastAPI: templateReloads.fastapi(of('notes'), checkout.url('notes-api')),
    'FastAPI with boto3, Celery and more': {
      save: (round) =>
        checkout.edit(
          `${turfoo}/src/turfoo/api.py`,
          /return \{"status": "up".*\}/,
          `return {"status": "up", "edit": "${round}"}`,
        ),
      answers: async (round) => (await fetchText(checkout.url('turfoo-api', '/health'))).includes(`"edit":"${round}"`),
    },
    'Celery worker': {
      save: (round) => of('tasks')('app/worker.py', /return x \+ y.*/, `return x + y + ${round}`),
      answers: async (round) => (await sum(checkout.url('tasks-api'))) === 3 + round,
    },
    'Go worker': templateReloads.go(of('stream'), stream),
    'Node.js': templateReloads.node(of('page'), checkout.url('page-web')),
  };
}
