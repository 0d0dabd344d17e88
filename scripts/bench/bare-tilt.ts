import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { typeMeta } from '../../charts/common/api-versions.ts';
import { type Checkout, replaceText } from '../../test/e2e/checkout.ts';
import { type Edit, type Reload, templateReloads } from '../../test/e2e/reloads.ts';
import { TiltProcess } from '../../test/e2e/tilt-process.ts';

/** A pod whose program needs nothing else to run. */
interface BarePod {
  /** The project of the checkout that it is a copy of. */
  readonly project: string;
  /** @default the image's */
  readonly command?: readonly string[];
  readonly sync: readonly [from: string, to: string];
  readonly port: number;
  readonly reload: (edit: Edit, url: string) => Reload;
}

const uvicorn = ['uvicorn', 'app.main:app', '--host', '0.0.0.0', '--port', '8000', '--reload', '--reload-dir', 'app'];

const pods: Readonly<Record<string, BarePod>> = {
  FastAPI: {
    project: 'notes',
    command: uvicorn,
    sync: ['app', '/app/app'],
    port: 8000,
    reload: templateReloads.fastapi,
  },
  'Go worker': { project: 'stream', sync: ['.', '/src'], port: 8081, reload: templateReloads.go },
  'Node.js': { project: 'page', sync: ['src', '/app/src'], port: 3000, reload: templateReloads.node },
};

const namespace = 'bare';

/** Copies of template projects in a Tiltfile that does nothing but build, sync and forward a port. */
export class BareTilt {
  readonly #root = mkdtempSync(join(tmpdir(), 'bare-tilt-'));
  readonly #session: TiltProcess;
  readonly #edit: (project: string) => Edit;
  /** The first port on this machine that it forwards. */
  readonly #port: number;

  /** @param checkout has the projects, and the cluster in which the copies run; its ports are at least a hundred lower */
  constructor(private readonly checkout: Checkout) {
    const tiltPort = Number(checkout.env.TILT_PORT) + 100;
    this.#port = tiltPort + 1;
    this.#session = new TiltProcess(this.#root, { TILT_PORT: String(tiltPort) });
    this.#edit = (project) => (path, from, to) => replaceText(join(this.#root, project, path), from, to);
  }

  /** Starts the session, and waits until its pods run. */
  async up(): Promise<void> {
    const names = Object.values(pods).map(({ project }) => project);
    for (const name of names)
      cpSync(join(this.checkout.root, 'backends', name), join(this.#root, name), { recursive: true });
    writeFileSync(join(this.#root, 'Tiltfile'), `${this.#tiltfile()}\n`);
    mkdirSync(join(this.#root, 'manifests'));
    const objects = [
      { ...typeMeta('Namespace'), metadata: { name: namespace } },
      ...Object.values(pods).map(deployment),
    ];
    for (const [index, object] of objects.entries())
      writeFileSync(join(this.#root, 'manifests', `${index}.yaml`), JSON.stringify(object));
    await this.#session.up(600, '--context', this.checkout.context);
  }

  get reloads(): Readonly<Record<string, Reload>> {
    return Object.fromEntries(
      Object.entries(pods).map(([what, { project, reload }], index) => [
        what,
        reload(this.#edit(project), `http://localhost:${this.#port + index}`),
      ]),
    );
  }

  /** What the session has written, its end. */
  get log(): string {
    return this.#session.log;
  }

  async remove(): Promise<void> {
    await this.#session.end();
    rmSync(this.#root, { recursive: true, force: true });
  }

  #tiltfile(): string {
    const lines = Object.values(pods).flatMap(({ project, sync: [from, to], port }, index) => [
      `docker_build('bare-${project}', '${project}', target='development', live_update=[sync('${project}/${from}', '${to}')])`,
      `k8s_resource('${project}', port_forwards='${this.#port + index}:${port}')`,
    ]);
    return ["k8s_yaml(listdir('manifests'))", ...lines].join('\n');
  }
}

function deployment({ project, command }: BarePod): object {
  const labels = { app: project };
  // A read that waits for no Redis in vain is tried again; the program answers meanwhile.
  const env = [{ name: 'REDIS_URL', value: 'redis://localhost:6379' }];
  return {
    ...typeMeta('Deployment'),
    metadata: { name: project, namespace },
    spec: {
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: { containers: [{ name: project, image: `bare-${project}`, command, env }] },
      },
    },
  };
}
