import type { Construct } from 'constructs';
import { z } from 'zod';
import type { SecretReference } from '../common/connection.ts';
import { amount, hostPort, image, resources, storage } from '../common/fields.ts';
import { images } from '../common/images.ts';
import type { Consumer, Service, ServiceKind, UseProblem } from '../common/kind.ts';
import { labelled } from '../common/labelled.ts';
import { objectName, serviceHost } from '../common/names.ts';
import { probes } from '../common/probes.ts';
import { StatefulService } from './stateful-service.ts';

export const redisPort = 6379;
export const redisPasswordKey = 'REDIS_PASSWORD';
const component = 'broker';

const schema = z.strictObject({
  image: image(images.redis),
  storage: storage('1Gi'),
  databases: z.int().min(1).max(10000).default(64).describe('Number of logical databases; each project has one.'),
  hostPort: hostPort.default(redisPort),
  resources: resources(['50m', '64Mi'], ['1', '256Mi']),
});

export type RedisSettings = z.output<typeof schema>;

/** What a project says under `uses.redis`. */
export const redisUse = z.strictObject({
  database: z.int().min(0).describe('Number of its logical database. Unique in the environment.'),
});

export type RedisUse = z.output<typeof redisUse>;

// $@ are options. The password comes as a line of configuration: arguments can be listed by everybody on the node.
const start = `
exec redis-server - "$@" <<END
requirepass $${redisPasswordKey}
END`.trim();

// $0 is what it has to be. While it loads its file it is alive but not ready.
const ask = `
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
const readyScript = `
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
rest=\${REDIS_URL#*://} login= user= tls= port=${redisPort}
case $REDIS_URL in rediss://*) tls=--tls ;; esac
case $rest in *@*) login=\${rest%@*} rest=\${rest##*@} ;; esac
address=\${rest%%[/?]*} host=\${rest%%[:/?]*}
case $address in *:*) port=\${address##*:} ;; esac
case $login in *:*) user=\${login%%:*} REDISCLI_AUTH=$(decoded "\${login#*:}"); export REDISCLI_AUTH ;; esac
answer=$(timeout -s KILL 5 redis-cli --no-auth-warning \${user:+--user "$user"} $tls -h "$host" -p "$port" ping 2>&1)
[ "$answer" = PONG ] || { echo "PING is answered by: \${answer:-nothing}"; exit 1; }`.trim();

/** Redis with an append-only file: a StatefulSet of one pod. Nothing is evicted, since it is a broker. */
export class Redis extends StatefulService {
  constructor(scope: Construct, service: Service<RedisSettings>) {
    const { settings, object } = service;
    super(scope, service.name, {
      labelled: labelled(service, component),
      user: 999,
      group: 1000,
      graceSeconds: 60,
      claim: { path: '/data', size: settings.storage },
      container: {
        name: 'redis',
        image: settings.image,
        args: [
          ...['sh', '-c', start, 'redis-server'],
          ...['--appendonly', 'yes', '--appendfsync', 'everysec', '--save', ''],
          ...['--databases', String(settings.databases)],
          // A quarter of the memory is left for the rewrite of the append-only file and the clients' buffers.
          ...['--maxmemory', String(Math.floor(amount(settings.resources.limits.memory) * 0.75))],
          ...['--maxmemory-policy', 'noeviction'],
        ],
        ports: { redis: redisPort },
        variables: [
          { name: redisPasswordKey, secret: object, key: redisPasswordKey },
          { name: 'REDISCLI_AUTH', secret: object, key: redisPasswordKey },
        ],
        resources: settings.resources,
        probes: probes({ ready: asks('ready'), alive: asks('alive') }, 120),
      },
    });
  }
}

const secret = (name: string, owner: string): SecretReference => ({
  name,
  keys: [{ key: redisPasswordKey, variable: redisPasswordKey, owner, generated: true }],
});

/** Each project has a database of its own. */
function clashes({ databases }: RedisSettings, consumers: readonly Consumer<RedisUse>[]): UseProblem[] {
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
        message: `given ${database}; allowed: 0 to ${databases - 1} (global.redis.databases)`,
      });
    return problems;
  });
}

export const redis: ServiceKind<RedisSettings, RedisUse> = {
  summary: 'Redis with an append-only file. Gives `REDIS_URL`.',
  component,
  schema,
  compose: {
    images: ['redis', 'valkey/valkey', 'bitnami/redis'],
    client: () => ({
      port: redisPort,
      url: { variable: 'REDIS_URL', schemes: ['redis', 'valkey'] },
      login: `default:$(${redisPasswordKey})`,
    }),
  },
  clashes,
  controller: () => 'StatefulSet',
  ports: (settings) => [{ name: 'redis', port: redisPort, hostPort: settings.hostPort }],
  client: () => ['redis-cli'],
  secrets: (service) => [secret(service.object, service.owner.environment)],
  connect(service, { project, use }) {
    const name = objectName(project, service.name);
    const host = serviceHost(service.object, service.namespace);
    return {
      promises: ['REDIS_URL'],
      secret: secret(name, service.owner.environment),
      variables: [
        { name: redisPasswordKey, secret: name, key: redisPasswordKey },
        { name: 'REDIS_URL', value: `redis://default:$(${redisPasswordKey})@${host}:${redisPort}/${use.database}` },
      ],
      ready: { image: service.settings.image, script: readyScript },
    };
  },
  build: (scope, service) => new Redis(scope, service),
};
