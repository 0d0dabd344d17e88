import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { images } from '../../charts/common/images.ts';

/** A small environment that starts in seconds: a shop with a database, an image of its own and jobs, and another project. */
const files: Readonly<Record<string, string>> = {
  'repoctl.yaml': 'name: monorepo\nglobal: { minio: false, redisInsight: false }\n',
  '.env.example': 'REDIS_PASSWORD=\n',
  'backends/shop/infra/project.yaml': `name: shop
images:
  app: { sync: [{ from: www, to: /www }] }
uses:
  redis: { database: 1 }
services:
  postgres: { storage: 64Mi }
workloads:
  migrate:
    kind: job
    image: ${images.postgres}
    user: 999
    command: [sh, -c, psql "$DATABASE_URL" -c "create table if not exists card (name text)"]
    check: [sh, -c, psql "$DATABASE_URL" -c "select 1 from card limit 1"]
    after: [postgres]
  greet:
    kind: job
    command: [echo, hello]
  web:
    kind: http
    port: 8080
    hostPort: 18080
    health: /index.html
    after: [migrate, redis]
`,
  'backends/shop/infra/.env.example': 'POSTGRES_PASSWORD=\n',
  'backends/shop/Dockerfile': `FROM ${images.busybox}
COPY --chown=1000:1000 www /www
USER 1000:1000
CMD ["httpd", "-f", "-p", "8080", "-h", "/www"]
`,
  'backends/shop/www/index.html': 'first\n',
  'backends/kiosk/infra/project.yaml': `name: kiosk
workloads:
  web:
    kind: http
    image: ${images.busybox}
    port: 8080
    hostPort: 18081
    health: /hostname
    command: [httpd, -f, -p, "8080", -h, /etc]
`,
};

/** Writes the shop's files below a folder. */
export function writeShop(root: string): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
}
