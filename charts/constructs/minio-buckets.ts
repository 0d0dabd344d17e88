import { createHash } from 'node:crypto';
import type { Construct } from 'constructs';
import type { Volume } from '../common/k8s.ts';
import type { Consumer, Service, UseProblem } from '../common/kind.ts';
import type { Labelled } from '../common/labels.ts';
import { serviceHost } from '../common/names.ts';
import { noNodesUser } from '../common/security.ts';
import { SetupJob, setupJobLabels } from './setup-job.ts';

/** How many characters a bucket's name may have, by the rules of S3. */
const maximumBucketName = 63;

/** The name of a project's bucket on the server. */
export const bucketName = (project: string, bucket: string): string => `${project}-${bucket}`;

/**
 * The name of a project's user, which is its access key: the project's own where MinIO takes it, which wants 3 to 20
 * characters. A shorter one becomes `ab-project`; of a longer one the end becomes a hash.
 */
export function minioUser(project: string): string {
  if (project.length < 3) return `${project}-project`;
  if (project.length <= 20) return project;
  const hash = createHash('sha256').update(project).digest('hex').slice(0, 8);
  return `${project.slice(0, 11).replace(/-$/, '')}-${hash}`;
}

/**
 * Buckets that S3 has no place for, and those and users of one project that are another's too: `d-raw` of `abc` and
 * `raw` of `abc-d` would be the same bucket.
 */
export function bucketClashes(consumers: readonly Consumer<{ readonly buckets: readonly string[] }>[]): UseProblem[] {
  const problems: UseProblem[] = [];
  const owners = new Map<string, string>();
  const users = new Map<string, string>();
  for (const { project, use } of consumers) {
    for (const [index, bucket] of use.buckets.entries()) {
      const path = ['buckets', index];
      const name = bucketName(project, bucket);
      const other = owners.get(name);
      if (name.length > maximumBucketName)
        problems.push({
          project,
          path,
          message: `"${name}" has ${name.length} characters; a bucket can have ${maximumBucketName}`,
        });
      if (other) problems.push({ project, path, message: `"${name}" is what ${other} becomes; choose another name` });
      else owners.set(name, `${project}/${bucket}`);
    }
    const user = minioUser(project);
    const other = users.get(user);
    if (other)
      problems.push({ project, path: [], message: `the user "${user}" is that of ${other}; rename one of both` });
    else users.set(user, project);
  }
  return problems;
}

// Each argument is a project, its user and its buckets, `turfoo turfoo turfoo-raw-cards`. Every step can run again, and
// what can't be done for one project does not keep the others waiting. A secret key goes to mc as input: as an argument
// it could be listed, and one that begins with "-" would be taken for an option.
const script = `
set -u
trap 'exit 143' TERM
export MC_CONFIG_DIR=/tmp/mc HOME=/tmp
root=$(cat /run/secrets/root/MINIO_ROOT_USER):$(cat /run/secrets/root/MINIO_ROOT_PASSWORD) || exit
export MC_HOST_store="http://$root@$MINIO_ADDRESS"
end=$(( $(date +%s) + 300 ))
# Where the server stops answering in the middle, mc would wait for as long as the job may take.
client() {
  timeout 60 mc "$@"
  code=$?
  [ $code != 124 ] || echo "mc $1 $2: no answer within 60 s"
  return $code
}
until timeout 10 mc ready store >/dev/null 2>&1; do
  if [ "$(date +%s)" -ge "$end" ]; then echo "gave up: $MINIO_ADDRESS did not answer within 300 s"; exit 1; fi
  sleep 1
done
set_up() {
  project=$1 user=$2; shift 2
  resources=
  for bucket in "$@"; do
    client mb --ignore-existing "store/$bucket" || return
    resources="$resources,\\"arn:aws:s3:::$bucket\\",\\"arn:aws:s3:::$bucket/*\\""
  done
  printf '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:*"],"Resource":[%s]}]}' \\
    "\${resources#,}" > /tmp/policy.json || return
  client admin policy create store "$user" /tmp/policy.json || return
  key=$(cat "/run/secrets/users/$project") || return
  printf '%s\\n%s\\n' "$user" "$key" | client admin user add store || return
  attached=$(client admin policy attach store "$user" --user "$user" 2>&1) || case "$attached" in
    *already*) ;;
    *) echo "$attached"; return 1 ;;
  esac
  echo "$project: $*"
}
failed=
for entry in "$@"; do
  set -- $entry
  set_up "$@" || failed="$failed $1"
done
[ -z "$failed" ] || { echo "could not be set up:$failed; everybody else is"; exit 1; }
`.trim();

const bucketsJob = 'buckets';

/** Name and labels of the job. */
export const bucketsJobLabels = (service: Service): Labelled => setupJobLabels(service, bucketsJob);

/**
 * The job that makes a user and the buckets for each project. It runs again when the list changes.
 *
 * @param root a volume with the administrator's name and password
 * @param usersSecret name of the Secret with every project's secret key
 */
export function minioBucketsJob(
  scope: Construct,
  service: Service<{ readonly clientImage: string }>,
  consumers: readonly Consumer<{ readonly buckets: readonly string[] }>[],
  { root, usersSecret }: { readonly root: Volume; readonly usersSecret: string },
): SetupJob {
  const { settings, namespace, object } = service;
  return new SetupJob(scope, bucketsJob, service, {
    user: noNodesUser,
    memory: ['64Mi', '256Mi'],
    cpu: '20m',
    volumes: [root, { name: 'users', secret: { secretName: usersSecret, defaultMode: 0o440 } }],
    container: {
      name: 'mc',
      image: settings.clientImage,
      command: [
        'sh',
        '-c',
        script,
        'buckets',
        ...consumers.map(({ project, use }) =>
          [project, minioUser(project), ...use.buckets.map((bucket) => bucketName(project, bucket))].join(' '),
        ),
      ],
      variables: [{ name: 'MINIO_ADDRESS', value: `${serviceHost(object, namespace)}:9000` }],
      mounts: [
        { volume: 'users', path: '/run/secrets/users', readOnly: true },
        { volume: root.name, path: '/run/secrets/root', readOnly: true },
      ],
    },
  });
}
