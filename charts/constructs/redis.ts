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
  hostPort: hostPort.optional(),
  resources: resources(['50m', '64Mi'], ['1', '256Mi']),
});

export type RedisSettings = z.output<typeof schema>;

/** What a project says under `uses.redis`. */
export const redisUse = z.strictObject({
  database: z.int().min(0).describe('Number of its logical database. Unique in the environment.'),
});

export type RedisUse = z.output<typeof redisUse>;

const secretFolder = '/run/secrets/redis';
const passwordFile = `${secretFolder}/${redisPasswordKey}`;

// $@ are options. The password comes as a line of configuration: arguments can be listed by everybody on the node.
const start = `
exec redis-server - "$@" <<END
requirepass $(cat ${passwordFile})
END`.trim();

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
  constructor(scope: Construct, service: Service<RedisSettings>, { development }: ServiceContext) {
    const { settings, object } = service;
    super(scope, service.name, {
      labelled: labelled(service, component),
      headless: !development,
      user: 999,
      group: 1000,
      graceSeconds: 60,
      volumes: [
        secretVolume('password', object, redisPasswordKey),
        ...(settings.persistence ? [] : [{ name: 'data', emptyDir: {} }]),
      ],
      claim: settings.persistence ? { path: '/data', size: settings.storage } : undefined,
      container: {
        name: 'redis',
        image: settings.image,
        args: [
          ...['sh', '-c', start, 'redis-server'],
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
        ],
      },
    });
  }
}

/** @param name of the Secret, which users in other namespaces have, too */
const secret = (service: Service<RedisSettings>, name: string): SecretReference => {
  const variable = variableName(service, redisPasswordKey);
  return { name, keys: [{ key: redisPasswordKey, variable, owner: service.scope, generated: true }] };
};

/** Each project has a database of its own. */
function clashes(
  { name, kind, settings: { databases } }: Service<RedisSettings>,
  consumers: readonly Consumer<RedisUse>[],
): UseProblem[] {
  const owners = new Map<number, string>();
  return consumers.flatMap(({ project, use: { database } }) => {
    const path = ['database'];
    const problems: UseProblem[] = [];
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
  ownUse: () => ({ database: 0 }),
  compose: {
    images: ['redis', 'valkey/valkey', 'bitnami/redis'],
    client: (service) => ({
      port: redisPort,
      url: { variable: variableName(service, 'REDIS_URL'), schemes: ['redis', 'valkey'] },
      login: `default:$(${variableName(service, redisPasswordKey)})`,
    }),
  },
  clashes,
  controller: () => 'StatefulSet',
  ports: (settings) => [{ name: 'redis', port: redisPort, hostPort: settings.hostPort }],
  client: () => redisCli(),
  clientName: 'redis-cli',
  secrets: (service) => [secret(service, service.object)],
  connect(service, { project, use }) {
    const name = objectName(project, service.name);
    const host = serviceHost(service.object, service.namespace);
    const password = variableName(service, redisPasswordKey);
    const url = variableName(service, 'REDIS_URL');
    return {
      promises: [url],
      rules: { [url]: 'redis-tls' },
      secret: secret(service, name),
      variables: [
        { name: password, secret: name, key: redisPasswordKey },
        { name: url, value: `redis://default:$(${password})@${host}:${redisPort}/${use.database}` },
      ],
      ready: { image: service.settings.image, script: readyScript(url) },
    };
  },
  build: (scope, service, context) => new Redis(scope, service, context),
};
