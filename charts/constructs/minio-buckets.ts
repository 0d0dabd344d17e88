import type { Construct } from 'constructs';
import type { Variable } from '../common/connection.ts';
import type { Consumer, Service } from '../common/kind.ts';
import { labelled } from '../common/labelled.ts';
import { serviceHost } from '../common/names.ts';
import { HashedJob } from './hashed-job.ts';

// Each argument is a project and its buckets, `turfoo raw-cards inbox`. Every step can run again. A secret key goes to mc
// as input: as an argument it could be listed, and one that begins with "-" would be taken for an option.
const script = `
set -eu
trap 'exit 143' TERM
export MC_CONFIG_DIR=/tmp/mc HOME=/tmp
export MC_HOST_store="http://$MINIO_ROOT_USER:$MINIO_ROOT_PASSWORD@$MINIO_ADDRESS"
end=$(( $(date +%s) + 300 ))
until timeout 10 mc ready store >/dev/null 2>&1; do
  if [ "$(date +%s)" -ge "$end" ]; then echo "gave up: $MINIO_ADDRESS did not answer within 300 s"; exit 1; fi
  sleep 1
done
for entry in "$@"; do
  set -- $entry
  project=$1; shift
  resources=
  for bucket in "$@"; do
    mc mb --ignore-existing "store/$project-$bucket"
    resources="$resources,\\"arn:aws:s3:::$project-$bucket\\",\\"arn:aws:s3:::$project-$bucket/*\\""
  done
  printf '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:*"],"Resource":[%s]}]}' \\
    "\${resources#,}" > /tmp/policy.json
  mc admin policy create store "$project" /tmp/policy.json
  printf '%s\\n%s\\n' "$project" "$(cat "/run/secrets/users/$project")" | mc admin user add store
  attached=$(mc admin policy attach store "$project" --user "$project" 2>&1) || case "$attached" in
    *already*) ;;
    *) echo "$attached"; exit 1 ;;
  esac
  echo "$project: $*"
done
`.trim();

/**
 * The job that makes a user and the buckets for each project. It runs again when the list changes.
 *
 * @param usersSecret name of the Secret with every project's secret key
 */
export function minioBucketsJob(
  scope: Construct,
  service: Service<{ readonly clientImage: string }>,
  consumers: readonly Consumer<{ readonly buckets: readonly string[] }>[],
  { root, usersSecret }: { readonly root: readonly Variable[]; readonly usersSecret: string },
): HashedJob {
  const { settings, namespace, object } = service;
  const described = labelled({ ...service, name: 'minio-buckets', object: `${object}-buckets` }, 'setup');
  return new HashedJob(scope, 'buckets', {
    labelled: described,
    user: 1000,
    graceSeconds: 10,
    timeLimitSeconds: 900,
    retries: 6,
    volumes: [{ name: 'users', secret: { secretName: usersSecret, defaultMode: 0o440 } }],
    container: {
      name: 'mc',
      image: settings.clientImage,
      command: [
        'sh',
        '-c',
        script,
        'buckets',
        ...consumers.map(({ project, use }) => [project, ...use.buckets].join(' ')),
      ],
      variables: [...root, { name: 'MINIO_ADDRESS', value: `${serviceHost(object, namespace)}:9000` }],
      resources: { requests: { cpu: '20m', memory: '64Mi' }, limits: { cpu: '500m', memory: '256Mi' } },
      mounts: [{ volume: 'users', path: '/run/secrets/users', readOnly: true }],
    },
  });
}
