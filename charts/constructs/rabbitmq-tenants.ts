import type { Construct } from 'constructs';
import type { Volume } from '../common/k8s.ts';
import type { Consumer, Service } from '../common/kind.ts';
import type { Labelled } from '../common/labels.ts';
import { serviceHost } from '../common/names.ts';
import { noNodesUser } from '../common/security.ts';
import { SetupJob, setupJobLabels } from './setup-job.ts';

// Logs in to the vhost of a URL, as a client of AMQP 0-9-1 does, and says goodbye, so that nothing is an error in the
// server's log. All is sent at once; the answer is looked through for Open-Ok (class 10, method 41). Passwords go through
// the shell's own printf only: arguments of programs can be listed by everybody on the node.
const login = `
export LC_ALL=C
decoded() { local text=\${1//\\\\/\\\\\\\\}; printf %b "\${text//%/\\\\x}"; }
hex() { od -An -v -tx1 | tr -d ' \\n'; }
short() { printf '%02x' "\${#1}"; printf %s "$1" | hex; }
sized() { printf %08x%s $(( \${#1} / 2 )) "$1"; }
rest=\${url#*://}; authority=\${rest%%[/?]*}; path=\${rest#"$authority"}; path=\${path#/}
login= address=\${authority##*@}
case $authority in *@*) login=\${authority%@*} ;; esac
user=$(decoded "\${login%%:*}"); password=$(decoded "\${login#*:}"); vhost=$(decoded "\${path%%\\?*}")
port=5672; case $address in *:*) port=\${address##*:} ;; esac
exec 3<>"/dev/tcp/\${address%%:*}/$port" || exit 1
method() { printf '010000%08x%sce' $(( \${#1} / 2 )) "$1"; }
plain=$(printf '\\0%s\\0%s' "$user" "$password" | hex)
able=$(short authentication_failure_close)7401
able=$(short capabilities)46$(sized "$able")
start=000a000b$(sized "$able")$(short PLAIN)$(sized "$plain")$(short en_US)
said=414d515000000901$(method "$start")$(method 000a001f0001000010000000)
said=$said$(method "000a0028$(short "$vhost")0000")$(method 000a003200c80000000000)
printf "$(printf %s "$said" | sed 's/../\\\\x&/g')" >&3
# The server leaves it to the client to end the connection.
timeout 10 cat <&3 >/tmp/amqp 2>/dev/null &
answered() { case $(od -An -v -tx1 /tmp/amqp | tr -s ' \\n' ' ') in *" 00 0a 00 $1 "*) ;; *) return 1 ;; esac; }
until answered 29 || answered 32 || ! kill -0 $! 2>/dev/null; do sleep 0.2; done
kill $! 2>/dev/null
if answered 29; then exit 0; fi
refusal=$(tr -cd '[:print:]' </tmp/amqp | grep -o '[A-Z_]* - [^(]*')
echo "the login of $user at the vhost $vhost is answered by: \${refusal:-nothing}"
exit 1`.trim();

/**
 * A script for an image with bash that logs in with a URL.
 *
 * @param variable that holds the URL
 */
export const amqpLogin = (variable: string): string => `exec bash -c 'url=$${variable}
${login.replaceAll("'", `'\\''`)}'`;

// Each argument is a project, which is the name of its vhost and of its user. Every step can run again.
const script = `
trap 'exit 143' TERM
login=$(printf %s:%s "$RABBITMQ_USER" "$(cat "$RABBITMQ_PASSWORD_FILE")" | base64 -w 0)
end=$(( $(date +%s) + 300 ))
# ask METHOD PATH BODY: whether it is done; the answer is in $answer.
ask() {
  local length=$(printf %s "$3" | wc -c)
  exec 3<>"/dev/tcp/$RABBITMQ_HOST/15672" || return
  printf '%s %s HTTP/1.0\\r\\nAuthorization: Basic %s\\r\\nContent-Type: application/json\\r\\nContent-Length: %d\\r\\n\\r\\n%s' \\
    "$1" "/api$2" "$login" "$length" "$3" >&3
  answer=$(timeout -s KILL 30 cat <&3); exec 3>&-
  case $answer in HTTP/1.?\\ 2*) ;; *) echo "$1 $2: \${answer%%$'\\r'*}"; return 1 ;; esac
}
until ask GET /overview '' >/tmp/said 2>&1; do
  if [ "$(date +%s)" -ge "$end" ]; then echo "gave up: $RABBITMQ_HOST did not answer within 300 s: $(cat /tmp/said)"; exit 1; fi
  sleep 1
done
set_up() {
  local password=$(cat "/run/secrets/users/$1") || return
  password=\${password//\\\\/\\\\\\\\} password=\${password//\\"/\\\\\\"}
  ask PUT "/vhosts/$1" '{}' &&
    ask PUT "/users/$1" "{\\"password\\":\\"$password\\",\\"tags\\":\\"management\\"}" &&
    ask PUT "/permissions/$1/$1" '{"configure":".*","write":".*","read":".*"}' &&
    echo "$1: has its vhost"
}
failed=
for project in "$@"; do set_up "$project" || failed="$failed $project"; done
[ -z "$failed" ] || { echo "could not be set up:$failed; everybody else is"; exit 1; }`.trim();

const tenantsJob = 'tenants';

/** Name and labels of the job. */
export const tenantsJobLabels = (service: Service): Labelled => setupJobLabels(service, tenantsJob);

interface Administration {
  readonly administrator: string;
  readonly password: { readonly volume: Volume; readonly folder: string; readonly key: string };
  readonly usersSecret: string;
}

/**
 * The job that makes a vhost and a user for each project, who sees and changes nothing else, in the management page either.
 * It runs again when the list changes.
 *
 * @param administrator his name
 * @param password a volume with the administrator's password, and where it is mounted in the server
 * @param usersSecret name of the Secret with every project's password
 */
export function rabbitmqTenantsJob(
  scope: Construct,
  service: Service<{ readonly image: string }>,
  consumers: readonly Consumer[],
  { administrator, password, usersSecret }: Administration,
): SetupJob {
  const { settings, namespace, object } = service;
  return new SetupJob(scope, tenantsJob, service, {
    user: noNodesUser,
    memory: ['32Mi', '128Mi'],
    cpu: '20m',
    volumes: [password.volume, { name: 'users', secret: { secretName: usersSecret, defaultMode: 0o440 } }],
    container: {
      name: 'tenants',
      image: settings.image,
      command: ['bash', '-c', script, 'tenants', ...consumers.map(({ project }) => project)],
      variables: [
        { name: 'RABBITMQ_HOST', value: serviceHost(object, namespace) },
        { name: 'RABBITMQ_USER', value: administrator },
        { name: 'RABBITMQ_PASSWORD_FILE', value: `${password.folder}/${password.key}` },
      ],
      mounts: [
        { volume: 'users', path: '/run/secrets/users', readOnly: true },
        { volume: password.volume.name, path: password.folder, readOnly: true },
      ],
    },
  });
}
