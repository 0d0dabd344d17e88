import { dnsLabel } from '../../charts/common/fields.ts';
import { globalKinds, type ServiceKindName } from '../../charts/kinds.ts';
import type { ComposeService } from './compose-file.ts';
import { backingOf, imageOfKind, isPinned, knownImage } from './compose-images.ts';
import type { ComposePort } from './compose-ports.ts';
import { hostIn } from './compose-variables.ts';
import { takeFree } from './free.ts';
import type { Fields, ProjectData } from './project-data.ts';
import { asName } from './project-name.ts';
import { below, type Source } from './source.ts';

/** Numbers that an environment hands out once, such as ports; each that is handed out is added. */
export interface Taken {
  readonly hostPorts: Set<number>;
  readonly databases: Set<number>;
}

/** What the services of a compose file that aren't built have become in a project. */
export interface BackingServices {
  readonly uses: NonNullable<ProjectData['uses']>;
  readonly services: Readonly<Record<string, Fields>>;
  /** Name of the service here, by that in the compose file; for `redis` and `minio` these. */
  readonly names: ReadonlyMap<string, string>;
  readonly notes: readonly string[];
}

interface Context {
  readonly all: readonly ComposeService[];
  readonly builds: readonly ComposeService[];
  /** The project's folder. */
  readonly directory: string;
  readonly source: Source;
  readonly taken: Taken;
}

interface Draft {
  readonly uses: { redis?: { database: number }; minio?: { buckets: string[] } };
  readonly services: Record<string, Fields>;
  readonly names: Map<string, string>;
  readonly notes: string[];
}

/** Makes a project's services and uses from those services of a compose file that it needs. */
export function backingServices(needed: readonly ComposeService[], context: Context): BackingServices {
  const draft: Draft = { uses: {}, services: {}, names: new Map(), notes: [] };
  for (const service of needed) {
    const { kind, spared } = backingOf(service.image ?? '');
    if (spared) draft.notes.push(`${service.name}: is left out; ${spared}`);
    else carriers[kind](service, draft, context);
  }
  return draft;
}

type Carrier = (service: ComposeService, draft: Draft, context: Context) => void;

const carriers: Readonly<Record<ServiceKindName, Carrier>> = {
  postgres(service, draft, context) {
    const { environment, image = '' } = service;
    const name = postgresName(service, context);
    draft.services[name] = {
      ...(name === 'postgres' ? {} : { kind: 'postgres' }),
      image: imageOfKind('postgres', image),
      database: identifier(environment.POSTGRES_DB ?? environment.POSTGRES_USER),
      user: identifier(environment.POSTGRES_USER),
      initScripts: initScripts(service, draft, context),
      hostPort: carryHostPort(service, service.ports[0], draft, context.taken),
    };
    draft.names.set(service.name, name);
    noteVolumes(service, draft, ['/var/lib/postgresql', '/docker-entrypoint-initdb.d']);
  },
  redis(service, draft, { taken }) {
    draft.uses.redis ??= { database: takeFree(taken.databases, 0) };
    draft.names.set(service.name, 'redis');
    draft.notes.push(
      `${service.name}: is the Redis of the environment, in which each project has a database of its own`,
    );
    noteVolumes(service, draft, ['/data', '/var/lib']);
  },
  minio(service, draft, { builds, all }) {
    const buckets = [...bucketNames(builds), ...bucketsMade(all)].filter(
      (bucket) => dnsLabel.safeParse(bucket).success,
    );
    draft.uses.minio ??= { buckets: buckets.length > 0 ? [...new Set(buckets)] : ['data'] };
    draft.names.set(service.name, 'minio');
    draft.notes.push(`${service.name}: is the MinIO of the environment; its buckets are named PROJECT-BUCKET`);
    noteVolumes(service, draft, ['/data', '/export']);
  },
  pgadmin(service, draft, { taken }) {
    draft.services.pgadmin = { hostPort: carryHostPort(service, service.ports[0], draft, taken) };
  },
  immudb(service, draft, { taken }) {
    draft.services.immudb = { hostPort: carryHostPort(service, service.ports[0], draft, taken) };
    draft.names.set(service.name, 'immudb');
  },
  rabbitmq(service, draft, { taken }) {
    draft.services.rabbitmq = {
      hostPort: carryHostPort(service, portFor(service, 5672), draft, taken),
      consoleHostPort: carryHostPort(service, portFor(service, 15672), draft, taken),
    };
    draft.names.set(service.name, 'rabbitmq');
    noteVolumes(service, draft, ['/var/lib/rabbitmq']);
  },
  mailpit(service, draft, { taken }) {
    draft.services.mailpit = {
      hostPort: carryHostPort(service, portFor(service, 1025), draft, taken),
      consoleHostPort: carryHostPort(service, portFor(service, 8025), draft, taken),
    };
    draft.names.set(service.name, 'mailpit');
    noteVolumes(service, draft, ['/data']);
  },
  jaeger(service, draft, { taken }) {
    draft.services.jaeger = { consoleHostPort: carryHostPort(service, portFor(service, 16686), draft, taken) };
    draft.names.set(service.name, 'jaeger');
  },
  opensearch(service, draft, { taken }) {
    draft.services.opensearch = { hostPort: carryHostPort(service, portFor(service, 9200), draft, taken) };
    draft.names.set(service.name, 'opensearch');
    noteVolumes(service, draft, ['/usr/share/opensearch']);
  },
  cassandra(service, draft, { taken }) {
    draft.services.cassandra = { hostPort: carryHostPort(service, portFor(service, 9042), draft, taken) };
    draft.names.set(service.name, 'cassandra');
    noteVolumes(service, draft, ['/var/lib/cassandra']);
  },
  prometheus(service, draft, { taken }) {
    draft.services.prometheus = { hostPort: carryHostPort(service, portFor(service, 9090), draft, taken) };
    draft.names.set(service.name, 'prometheus');
    noteVolumes(service, draft, ['/prometheus']);
  },
  // Its images are spared.
  pgbouncer: () => {},
  'redis-insight': leaveOut,
  'redis-commander': leaveOut,
  container(service, draft, { taken }) {
    const { name: given, image = '', environment } = service;
    const known = knownImage(image);
    const port = service.ports[0]?.container ?? known?.port;
    if (!isPinned(image))
      return void draft.notes.push(`${given}: is left out; its image "${image}" needs a tag that isn't "latest"`);
    if (port === undefined)
      return void draft.notes.push(`${given}: is left out; the port that it listens on isn't known`);
    const name = freeName(asName(given), draft.services);
    const [volume, ...more] = service.volumes.filter(({ source = '' }) => !isHostPath(source));
    const user = numericUser(service.user)?.user ?? known?.user;
    if (user === undefined)
      draft.notes.push(`${given}: runs as user 1000; give its "user" if the image is made for another`);
    for (const { target } of more) draft.notes.push(`${given}: the volume at ${target} is not carried over: one is`);
    draft.services[name] = {
      kind: 'container',
      image,
      command: service.entrypoint,
      args: service.command,
      port,
      scheme: known?.scheme,
      hostPort: carryHostPort(service, service.ports[0], draft, taken),
      user,
      storage: volume && { path: volume.target },
      env: Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== undefined)),
    };
    draft.names.set(given, name);
    noteVolumes(service, draft, []);
  },
};

/** The port of the machine that leads to one of the container. */
const portFor = ({ ports }: ComposeService, number: number) => ports.find(({ container }) => container === number);

/** A tool of the global tier. */
function leaveOut({ name, image = '' }: ComposeService, { notes }: Draft) {
  const { field } = globalKinds[backingOf(image).kind] ?? {};
  notes.push(`${name}: is left out; see global.${field} of repoctl.yaml`);
}

/**
 * `postgres` for the only one. Where the program wants DATABASE_URL with a scheme of its own (`postgresql+asyncpg`) the
 * variable must not be taken by the service, so that this gets another name.
 */
function postgresName(service: ComposeService, { all, builds }: Context): string {
  const servers = all.filter(({ image, build }) => !build && image && backingOf(image).kind === 'postgres');
  const schemes = builds.map(({ environment }) => /^([\w+.-]+):\/\//.exec(environment.DATABASE_URL ?? '')?.[1]);
  const driver = schemes.some((scheme) => scheme !== undefined && !['postgres', 'postgresql'].includes(scheme));
  if (servers.length === 1 && !driver) return 'postgres';
  const name = asName(service.name, 'db');
  return name === 'postgres' && driver ? 'db' : name;
}

const identifier = (text: string | undefined): string | undefined =>
  text !== undefined && /^[a-z_][a-z0-9_]{0,62}$/.test(text) ? text : undefined;

/** The folder of a PostgreSQL's init scripts, relative to the project's. */
function initScripts(service: ComposeService, draft: Draft, { source, directory }: Context): string | undefined {
  const mounted = service.volumes.filter(({ target }) => target.startsWith('/docker-entrypoint-initdb.d'));
  const folder = mounted.find(({ target }) => /initdb\.d\/?$/.test(target))?.source;
  const names = folder?.startsWith('.') ? source.names(below('', folder)) : [];
  if (folder !== undefined && names.some((name) => /\.(sql|sh)$/.test(name)))
    return relative(directory, below('', folder));
  for (const each of mounted)
    draft.notes.push(
      `${service.name}: the volume ${each.source} is not carried over; put *.sql and *.sh into a folder and name it as initScripts`,
    );
  return undefined;
}

/** A path from the root as one that is relative to a project's folder. */
export function relative(directory: string, path: string): string {
  if (path === directory) return '.';
  if (path.startsWith(`${directory}/`)) return path.slice(directory.length + 1);
  const up = directory.split('/').map(() => '..');
  return [...up, ...path.split('/').filter((part) => part !== '.' && part !== '')].join('/');
}

/** The port of the machine as in the compose file, or the next free one. */
export function carryHostPort(
  { name }: ComposeService,
  port: ComposePort | undefined,
  { notes }: { notes: string[] },
  { hostPorts }: Taken,
): number | undefined {
  if (port?.host === undefined) return undefined;
  const free = takeFree(hostPorts, port.host < 1024 ? port.host + 8000 : port.host);
  if (free !== port.host)
    notes.push(
      `${name}: is at port ${free} of your machine; ${port.host < 1024 ? 'ports below 1024 need root' : `${port.host} is taken`}`,
    );
  return free;
}

/** The user and group of `1001:1001`; nothing for names and for root. */
export function numericUser(text: string | undefined): { user: number; group?: number } | undefined {
  const [, user, group] = /^(\d+)(?::(\d+))?$/.exec(text ?? '') ?? [];
  if (user === undefined || Number(user) === 0) return undefined;
  return { user: Number(user), ...(group !== undefined && Number(group) > 0 ? { group: Number(group) } : {}) };
}

/** Whether the source of a volume is a path of the machine (`./data`, `/srv`, `~/x`) and not the name of a volume. */
export const isHostPath = (source: string): boolean => /^[./~]/.test(source);

/** Notes the volumes that hold files of the machine, but for those in some folders. */
export function noteVolumes(service: ComposeService, { notes }: { notes: string[] }, but: readonly string[]): void {
  for (const { source = '', target } of service.volumes)
    if (isHostPath(source) && !but.some((folder) => target.startsWith(folder)))
      notes.push(`${service.name}: the volume ${source}:${target} is not carried over`);
}

/** The name, or the first of `name-2`, `name-3` … that isn't there. */
export function freeName(name: string, there: Readonly<Record<string, unknown>>): string {
  let free = name;
  for (let number = 2; free in there; number++) free = `${name}-${number}`;
  return free;
}

/** The values of variables that name a bucket. */
const bucketNames = (builds: readonly ComposeService[]): string[] =>
  builds.flatMap(({ environment }) =>
    Object.entries(environment).flatMap(([name, value]) => (/BUCKET(_NAME)?$/.test(name) && value ? [value] : [])),
  );

/** The buckets that a service with the MinIO client makes: `mc mb store/uploads`. */
const bucketsMade = (all: readonly ComposeService[]): string[] =>
  all
    .map(({ entrypoint = [], command = [] }) => [...entrypoint, ...command].join(' '))
    .flatMap((line) => [...line.matchAll(/\bmc mb (?:-\S+ )*\S+?\/([a-z0-9-]+)/g)].map(([, bucket = '']) => bucket));

/** The services of a compose file that one needs: those that it depends on, and those that its variables lead to. */
export function neededBy(service: ComposeService, names: ReadonlySet<string>): Set<string> {
  const led = Object.entries(service.environment).flatMap(([name, value]) => hostIn(name, value ?? '', names) ?? []);
  return new Set([...Object.keys(service.dependsOn).filter((name) => names.has(name)), ...led]);
}
