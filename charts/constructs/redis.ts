import type { Construct } from 'constructs';
import { z } from 'zod';
import type { SecretReference } from '../common/connection.ts';
import { amount, hostPort, image, resources, storage } from '../common/fields.ts';
import { images } from '../common/images.ts';
import type { Consumer, Service, ServiceContext, ServiceKind, UseProblem } from '../common/kind.ts';
import { labelled } from '../common/labelled.ts';
import { objectName, serviceHost, variableName } from '../common/names.ts';
import { probes } from '../common/probes.ts';
import { secretMounts, secretVolume } from '../common/secret-files.ts';
import { shellQuoted } from '../common/shell-quoted.ts';
import type { HashedJob } from './hashed-job.ts';
import {
  addRedisUsers,
  keyPrefix,
  redisUsersSecret,
  tenantsOf,
  usersJobLabels,
  usersMounts,
  usersScript,
} from './redis-users.ts';
import { StatefulService } from './stateful-service.ts';

export const redisPort = 6379;
export const redisPasswordKey = 'REDIS_PASSWORD';
const component = 'broker';

/** By the words of Redis. */
const evictionPolicies = [
  'noeviction',
  'allkeys-lru',
  'allkeys-lfu',
  'allkeys-random',
  'volatile-lru',
  'volatile-lfu',
  'volatile-random',
  'volatile-ttl',
] as const;

const schema = z.strictObject({
  image: image(images.redis),
  storage: storage('1Gi'),
  databases: z.int().min(1).max(10000).default(64).describe('Number of logical databases; each project has one.'),
  eviction: z
    .enum(evictionPolicies)
    .default('noeviction')
    .describe(
      'What it does when its memory is full: a broker must refuse writes (noeviction), a cache may evict keys.',
    ),
  persistence: z.boolean().default(true).describe('Whether its data outlives the pod, in a claim; false for a cache.'),
  tenancy: z
    .boolean()
    .default(false)
    .describe(
      'Whether each project has a user of its own, which reaches only its own database, and there only keys and channels whose names begin ' +
        'with `PROJECT:`. For a Redis that projects share.',
    ),
  hostPort: hostPort.optional(),
  resources: resources(['50m', '64Mi'], ['1', '256Mi']),
});

export type RedisSettings = z.output<typeof schema>;

/** What a project says under `uses.redis`. */
export const redisUse = z.strictObject({
  database: z.int().min(0).describe('Number of its logical database. Unique in the environment.'),
  tenancy: z
    .boolean()
    .optional()
    .describe(
      'Where the Redis has `tenancy`: `false` gives the project the password of the server, for programs that can’t put a prefix before ' +
        'the names of their keys. Default: true.',
    ),
});

export type RedisUse = z.output<typeof redisUse>;

const secretFolder = '/run/secrets/redis';
const passwordFile = `${secretFolder}/${redisPasswordKey}`;

// $@ are options. The password comes as a line of configuration: arguments can be listed by everybody on the node.
const start = (tenancy: boolean) =>
  `
exec redis-server - "$@" <<END
requirepass $(cat ${passwordFile})
${tenancy ? `$(${usersScript})\n` : ''}END`.trim();

// Pods of earlier versions have the password in their environment.
const login = `export REDISCLI_AUTH="\${REDISCLI_AUTH-$(cat ${passwordFile})}"`;

/** The client, in the server's container, with the server's password. */
export const redisCli = (...args: readonly string[]): string[] => [
  ...['sh', '-c', `${login}; exec redis-cli "$@"`, 'redis-cli'],
  ...args,
];

/** What people type for the same behind `kubectl exec`. */
export const typedRedisCli = (line: string): string =>
  `-- sh -c ${shellQuoted(`REDISCLI_AUTH=$(cat ${passwordFile}) redis-cli ${line}`)}`;

// $0 is what it has to be. While it loads its file it is alive but not ready.
const ask = `
${login}
answer=$(timeout -s KILL 3 redis-cli ping 2>&1)
[ $? -ne 137 ] || { echo "no answer to PING within 3 s"; exit 1; }
case $answer in
  PONG*) exit 0 ;;
  LOADING*|*BUSY*) [ "$0" = ready ] || exit 0 ;;
esac
echo "PING is answered by: $answer"
exit 1`.trim();

const asks = (state: 'ready' | 'alive') => ({ exec: { command: ['sh', '-c', ask, state] } });

// Takes the URL apart: a client that gets it whole has the password among its arguments.
const readyScript = (variable: string) =>
  `
decoded() {
  text=$1
  while :; do
    case $text in
      *%??*)
        before=\${text%%\\%*} text=\${text#*%}
        code=\${text%"\${text#??}"} text=\${text#??}
        printf "%s\\\\$(printf %03o "0x$code")" "$before" ;;
      *) printf %s "$text"; return ;;
    esac
  done
}
url=$${variable}
rest=\${url#*://} login= user= tls= port=${redisPort}
case $url in rediss://*) tls=--tls ;; esac
case $rest in *@*) login=\${rest%@*} rest=\${rest##*@} ;; esac
address=\${rest%%[/?]*} host=\${rest%%[:/?]*}
case $address in *:*) port=\${address##*:} ;; esac
case $login in *:*) user=\${login%%:*} REDISCLI_AUTH=$(decoded "\${login#*:}"); export REDISCLI_AUTH ;; esac
answer=$(timeout -s KILL 5 redis-cli --no-auth-warning \${user:+--user "$user"} $tls -h "$host" -p "$port" ping 2>&1)
[ "$answer" = PONG ] || { echo "PING is answered by: \${answer:-nothing}"; exit 1; }`.trim();

/** Redis: a StatefulSet of one pod. With an append-only file, and nothing evicted, it is a broker; without, a cache. */
export class Redis extends StatefulService {
  /** The job that makes the users of the projects; none if no project has one. */
  readonly users?: HashedJob;

  constructor(scope: Construct, service: Service<RedisSettings>, { development, consumers }: ServiceContext) {
    const { settings, object } = service;
    const tenants = tenantsOf(service, consumers as readonly Consumer<RedisUse>[]);
    const users = settings.tenancy ? usersMounts(service) : { volumes: [], mounts: [] };
    super(scope, service.name, {
      labelled: labelled(service, component),
      headless: !development,
      user: 999,
      group: 1000,
      graceSeconds: 60,
      volumes: [
        secretVolume('password', object, redisPasswordKey),
        ...(settings.persistence ? [] : [{ name: 'data', emptyDir: {} }]),
        ...users.volumes,
      ],
      claim: settings.persistence ? { path: '/data', size: settings.storage } : undefined,
      container: {
        name: 'redis',
        image: settings.image,
        args: [
          ...['sh', '-c', start(settings.tenancy), 'redis-server'],
          ...['--appendonly', settings.persistence ? 'yes' : 'no', '--appendfsync', 'everysec', '--save', ''],
          ...['--databases', String(settings.databases)],
          // A quarter of the memory is left for the rewrite of the append-only file and the clients' buffers.
          ...['--maxmemory', String(Math.floor(amount(settings.resources.limits.memory) * 0.75))],
          ...['--maxmemory-policy', settings.eviction],
        ],
        ports: { redis: redisPort },
        resources: settings.resources,
        probes: probes({ ready: asks('ready'), alive: asks('alive') }, 120),
        mounts: [
          ...secretMounts('password', secretFolder, [redisPasswordKey]),
          ...(settings.persistence ? [] : [{ volume: 'data', path: '/data' }]),
          ...users.mounts,
        ],
      },
    });
    if (tenants.length > 0) this.users = addRedisUsers(this, service, tenants, redisPasswordKey);
  }
}

/** @param name of the Secret, which users in other namespaces have, too */
const secret = (service: Service<RedisSettings>, name: string): SecretReference => {
  const variable = variableName(service, redisPasswordKey);
  return { name, keys: [{ key: redisPasswordKey, variable, owner: service.scope, generated: true }] };
};

/** Where the password of a project's user is. */
const userKey = (service: Service<RedisSettings>, project: string, key: string) => ({
  key,
  variable: variableName(service, redisPasswordKey),
  owner: project,
  generated: true,
});

/** Each project has a database of its own. */
function clashes(
  { name, kind, owner, settings: { databases, tenancy } }: Service<RedisSettings>,
  consumers: readonly Consumer<RedisUse>[],
): UseProblem[] {
  const owners = new Map<number, string>();
  return consumers.flatMap(({ project, use: { database } }) => {
    const path = ['database'];
    const problems: UseProblem[] = [];
    if (tenancy && owner.tier === 'project')
      problems.push({
        project,
        path: ['tenancy'],
        message: 'is for a Redis that projects share: this one has no others; leave it out',
      });
    const other = owners.get(database);
    if (other) {
      const free = Array.from({ length: databases }, (_, index) => index).find((index) => !owners.has(index));
      const advice = free === undefined ? 'none is free' : `the lowest free one is ${free}`;
      problems.push({ project, path, message: `${database} is taken by ${other}; ${advice}` });
    } else owners.set(database, project);
    if (database >= databases)
      problems.push({
        project,
        path,
        message: `given ${database}; allowed: 0 to ${databases - 1} (global.${name === kind ? kind : `services.${name}`}.databases)`,
      });
    return problems;
  });
}

export const redis: ServiceKind<RedisSettings, RedisUse> = {
  summary: 'Redis: a broker with an append-only file, or a cache. Gives `REDIS_URL`.',
  component,
  schema,
  use: redisUse,
  ownUse: () => ({ database: 0, tenancy: false }),
  compose: {
    images: ['redis', 'valkey/valkey', 'bitnami/redis'],
    client: (service, connection) => ({
      port: redisPort,
      url: { variable: variableName(service, 'REDIS_URL'), schemes: ['redis', 'valkey'] },
      login: `${connection?.user ?? 'default'}:$(${variableName(service, redisPasswordKey)})`,
    }),
  },
  clashes,
  controller: () => 'StatefulSet',
  ports: (settings) => [{ name: 'redis', port: redisPort, hostPort: settings.hostPort }],
  client: () => redisCli(),
  clientName: 'redis-cli',
  setUp: (service, consumers) => (tenantsOf(service, consumers).length > 0 ? usersJobLabels(service) : undefined),
  secrets(service, consumers) {
    const tenants = tenantsOf(service, consumers as readonly Consumer<RedisUse>[]);
    const users: SecretReference = {
      name: redisUsersSecret(service),
      keys: tenants.map(({ project }) => userKey(service, project, project)),
    };
    return [secret(service, service.object), ...(tenants.length > 0 ? [users] : [])];
  },
  connect(service, consumer) {
    const { project, use } = consumer;
    const name = objectName(project, service.name);
    const host = serviceHost(service.object, service.namespace);
    const password = variableName(service, redisPasswordKey);
    const url = variableName(service, 'REDIS_URL');
    const isTenant = tenantsOf(service, [consumer]).length > 0;
    const user = isTenant ? project : 'default';
    const prefix = { name: variableName(service, 'REDIS_KEY_PREFIX'), value: keyPrefix(project) };
    return {
      promises: [url],
      rules: { [url]: 'redis-tls' },
      constants: isTenant ? [prefix] : [],
      user,
      scaler: {
        metadata: {
          address: `${host}:${redisPort}`,
          username: user,
          passwordFromEnv: password,
          databaseIndex: String(use.database),
        },
        managed: false,
      },
      secret: isTenant ? { name, keys: [userKey(service, project, redisPasswordKey)] } : secret(service, name),
      variables: [
        { name: password, secret: name, key: redisPasswordKey },
        { name: url, value: `redis://${user}:$(${password})@${host}:${redisPort}/${use.database}` },
        ...(isTenant ? [prefix] : []),
      ],
      ready: { image: service.settings.image, script: readyScript(url) },
    };
  },
  build: (scope, service, context) => new Redis(scope, service, context),
};
