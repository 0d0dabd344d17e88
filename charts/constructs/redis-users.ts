import type { Construct } from 'constructs';
import { addConfigMap } from '../common/k8s.ts';
import type { Consumer, Service } from '../common/kind.ts';
import { type Labelled, objectLabels } from '../common/labels.ts';
import { serviceHost } from '../common/names.ts';
import { secretMounts, secretVolume } from '../common/secret-files.ts';
import { SetupJob, setupJobLabels } from './setup-job.ts';

/** What a tenant asks of a Redis that has users. */
interface Tenant {
  readonly database: number;
  /** `false` for the server's own password. */
  readonly tenancy?: boolean;
}

type Server = Service<{ readonly tenancy: boolean; readonly image: string }>;

/** The projects that have a user of their own. */
export const tenantsOf = <Use extends Tenant>(
  { settings, owner }: Server,
  consumers: readonly Consumer<Use>[],
): readonly Consumer<Use>[] =>
  settings.tenancy && owner.tier === 'global' ? consumers.filter(({ use }) => use.tenancy !== false) : [];

/** What the names of a project's keys and channels begin with. */
export const keyPrefix = (project: string): string => `${project}:`;

/**
 * What a project's user may, as words of `ACL SETUSER`: all commands on its own keys and channels in its own database. Left out are
 * those that reach what others have (functions, scripts that are flushed, names of channels) or end it. INFO is what clients ask for
 * the version.
 *
 * @see https://redis.io/docs/latest/operate/oss_and_stack/management/security/acl/
 */
export const userRules = ({ project, use }: Consumer<Tenant>): string =>
  [
    `~${keyPrefix(project)}*`,
    `&${keyPrefix(project)}*`,
    '+@all -@admin -@dangerous +info',
    '-function -script|flush -script|kill -pubsub|channels -pubsub|shardchannels -move',
    `-select +select|${use.database}`,
  ].join(' ');

/** The Secret with every tenant's password, by project. */
export const redisUsersSecret = ({ object }: Pick<Service, 'object'>): string => `${object}-users`;

const folders = { passwords: '/run/secrets/redis-users', rules: '/etc/redis-users' };

/** Prints the users as lines of configuration. A user whose password does not exist yet is added when the job has run. */
export const usersScript = `
for rules in ${folders.rules}/*; do
  user=\${rules##*/} password=${folders.passwords}/\${rules##*/}
  [ ! -f "$password" ] || echo "user $user on >$(cat "$password") $(cat "$rules")"
done`.trim();

/** What the server's pod has mounted for them. A further tenant is no reason to start it again. */
export const usersMounts = (service: Server) => ({
  volumes: [
    { name: 'users', secret: { secretName: redisUsersSecret(service), defaultMode: 0o440, optional: true } },
    { name: 'rules', configMap: { name: redisUsersSecret(service), optional: true } },
  ],
  mounts: [
    { volume: 'users', path: folders.passwords, readOnly: true },
    { volume: 'rules', path: folders.rules, readOnly: true },
  ],
});

// Each argument is a project and the rules of its user. Passwords go to redis-cli as input: arguments can be listed.
const script = (passwordKey: string) =>
  `
set -u
trap 'exit 143' TERM
REDISCLI_AUTH=$(cat /run/secrets/redis/${passwordKey}); export REDISCLI_AUTH
end=$(( $(date +%s) + 300 ))
client() { timeout -s KILL 10 redis-cli --no-auth-warning -h "$REDIS_HOST" "$@" 2>&1; }
until [ "$(client ping)" = PONG ]; do
  if [ "$(date +%s)" -ge "$end" ]; then echo "gave up: $REDIS_HOST did not answer within 300 s"; exit 1; fi
  sleep 1
done
failed=
for entry in "$@"; do
  user=\${entry%% *} rules=\${entry#* }
  answer=$(printf 'ACL SETUSER %s reset on >%s %s\\n' "$user" "$(cat "${folders.passwords}/$user")" "$rules" | client)
  echo "$user: $answer"
  [ "$answer" = OK ] || failed="$failed $user"
done
[ -z "$failed" ] || { echo "could not be set up:$failed; everybody else is"; exit 1; }
`.trim();

const usersJob = 'users';

/** Name and labels of the job. */
export const usersJobLabels = (service: Service): Labelled => setupJobLabels(service, usersJob);

/**
 * The rules of each tenant's user, and the job that makes them in the server that runs. It runs again when they change; a server that
 * starts makes them itself.
 *
 * @param passwordKey of the server's own Secret
 */
export function addRedisUsers(
  scope: Construct,
  service: Server,
  tenants: readonly Consumer<Tenant>[],
  passwordKey: string,
): SetupJob {
  const { settings, object, namespace } = service;
  const described = usersJobLabels(service);
  addConfigMap(scope, 'users-rules', {
    metadata: { name: redisUsersSecret(service), labels: objectLabels(described) },
    data: Object.fromEntries(tenants.map((tenant) => [tenant.project, userRules(tenant)])),
  });
  return new SetupJob(scope, usersJob, service, {
    user: 999,
    group: 1000,
    memory: ['32Mi', '128Mi'],
    cpu: '10m',
    volumes: [
      { name: 'users', secret: { secretName: redisUsersSecret(service), defaultMode: 0o440 } },
      secretVolume('password', object, passwordKey),
    ],
    container: {
      name: 'redis',
      image: settings.image,
      command: [
        'sh',
        '-c',
        script(passwordKey),
        'users',
        ...tenants.map((tenant) => `${tenant.project} ${userRules(tenant)}`),
      ],
      variables: [{ name: 'REDIS_HOST', value: serviceHost(object, namespace) }],
      mounts: [
        { volume: 'users', path: folders.passwords, readOnly: true },
        ...secretMounts('password', '/run/secrets/redis', [passwordKey]),
      ],
    },
  });
}
