import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { images } from '../../../charts/common/images.ts';

/** Settings of a workload in a project file. */
export type Settings = Readonly<Record<string, unknown>>;

const serve = 'echo up > /tmp/health; exec httpd -f -p 8000 -h /tmp';

/** A server that is well, and so small that a node has room for many. */
export const server: Settings = {
  kind: 'http',
  image: images.busybox,
  port: 8000,
  command: ['sh', '-c', serve],
  stopSeconds: 1,
  resources: { requests: { cpu: '1m', memory: '8Mi' }, limits: { cpu: '500m', memory: '32Mi' } },
};

/** The same that does something else after its start. */
export const serverThat = (does: string): readonly string[] => [
  'sh',
  '-c',
  `echo up > /tmp/health; httpd -p 8000 -h /tmp; ${does}`,
];

/** The same that does something else before its start: it is not ready until that is done. */
export const serverAfter = (first: string): readonly string[] => ['sh', '-c', `${first}; ${serve}`];

/** Something that is done at once. */
export const task = (kind: 'job' | 'cronjob', more: Settings = {}): Settings => ({
  kind,
  image: images.busybox,
  command: ['true'],
  resources: server.resources,
  ...more,
});

/** Writes a project into a repository. */
export function writeProject(root: string, name: string, workloads: Readonly<Record<string, Settings>>): void {
  const folder = join(root, 'backends', name, 'infra');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'project.yaml'), JSON.stringify({ name, workloads }, null, 2));
}
