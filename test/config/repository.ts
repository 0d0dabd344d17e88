import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** A link in a repository, to a path relative to its folder or absolute. */
export interface Link {
  readonly link: string;
}

/** The files of a repository, or what differs from another one: `undefined` is a file that isn't there. */
export type Files = Readonly<Record<string, string | Buffer | Link | undefined>>;

/** The files that most tests change, by short names. */
export const paths = {
  environment: 'repoctl.yaml',
  project: 'backends/svc-a/infra/project.yaml',
  example: 'backends/svc-a/infra/.env.example',
  variables: 'backends/svc-a/infra/.env',
  other: 'apps/web/infra/project.yaml',
} as const;

/** A small valid repository: a project with an image, a database and a workload, and one that only serves a site. */
export const base: Files = {
  'repoctl.yaml': text`
    name: monorepo
    profiles:
      production:
        images: { registry: registry.example.com/team, tag: 1.0.0 }
  `,
  '.env.example': text`
    REDIS_PASSWORD=
    MINIO_ROOT_USER=
    MINIO_ROOT_PASSWORD=
  `,
  'backends/svc-a/infra/project.yaml': text`
    name: alpha
    images:
      app: {}
    uses:
      redis: { database: 0 }
    services:
      postgres: {}
    workloads:
      api:
        kind: http
        port: 8000
        after: [redis, postgres]
  `,
  'backends/svc-a/infra/.env.example': 'POSTGRES_PASSWORD=\n',
  'backends/svc-a/Dockerfile': 'FROM busybox:1.37 AS runtime\n',
  'apps/web/infra/project.yaml': text`
    name: web
    workloads:
      site: { kind: http, image: "nginx:1.29", port: 8080 }
  `,
};

/** Runs a test in a folder with the base repository and what differs from it; removes the folder afterwards. */
export async function inRepository<T>(changes: Files, run: (root: string) => T | Promise<T>): Promise<T> {
  const parent = mkdtempSync(join(tmpdir(), 'repoctl-config-'));
  const root = join(parent, 'repository');
  try {
    mkdirSync(root);
    for (const [path, content] of Object.entries({ ...base, ...changes })) {
      if (content === undefined) continue;
      mkdirSync(dirname(join(root, path)), { recursive: true });
      if (typeof content === 'object' && 'link' in content) symlinkSync(content.link, join(root, path));
      else writeFileSync(join(root, path), content);
    }
    return await run(root);
  } finally {
    rmSync(parent, { recursive: true, force: true });
  }
}

/** A text of several lines, without the indentation that it has in the test. */
export function text(strings: TemplateStringsArray, ...values: readonly unknown[]): string {
  const lines = String.raw({ raw: strings.raw }, ...values)
    .replace(/^\n/, '')
    .replace(/\n *$/, '\n')
    .split('\n');
  const indent = Math.min(...lines.filter((line) => line !== '').map((line) => line.search(/[^ ]|$/)));
  return lines.map((line) => line.slice(indent)).join('\n');
}
