import type { Construct } from 'constructs';
import type { Service } from '../common/kind.ts';
import type { Labelled } from '../common/labels.ts';
import { serviceHost } from '../common/names.ts';
import { secretMounts, secretVolume } from '../common/secret-files.ts';
import { SetupJob, setupJobLabels } from './setup-job.ts';

/** Where the server and the job find the passwords, a file for each key. */
const folder = '/run/secrets/postgres';

/** The roles beside the server's own, by the key of their passwords: their names end in the suffix. */
export const postgresRoles = {
  POSTGRES_APPLICATION_PASSWORD: '_application',
  POSTGRES_MIGRATION_PASSWORD: '_migration',
} as const;

export const roleKeys = Object.keys(postgresRoles) as (keyof typeof postgresRoles)[];

/** The role whose password a key is. */
export const roleOf = (user: string, key: string): string =>
  `${user}${Object.hasOwn(postgresRoles, key) ? postgresRoles[key as keyof typeof postgresRoles] : ''}`;

// psql reads the passwords itself: arguments can be listed. Each step can be done again, and gives the migrations what was made before.
const sql = `
\\set ON_ERROR_STOP 1
\\set application_password \`cat ${folder}/POSTGRES_APPLICATION_PASSWORD\`
\\set migration_password \`cat ${folder}/POSTGRES_MIGRATION_PASSWORD\`
select pg_advisory_lock(1919250543);
select format('create role %I', name) from (values (:'application'), (:'migration')) as wanted (name)
where not exists (select from pg_roles where rolname = name) \\gexec
alter role :"application" login nosuperuser nocreatedb nocreaterole nobypassrls password :'application_password';
alter role :"migration" login nosuperuser nocreatedb nocreaterole nobypassrls password :'migration_password';
revoke create on schema public from public;
grant connect, temporary on database :"DBNAME" to :"application";
grant connect, temporary, create on database :"DBNAME" to :"migration";
grant usage, create on schema public to :"migration";
create temporary view own_schema as
select oid, nspname from pg_namespace where nspname !~ '^pg_' and nspname <> 'information_schema';
select format('alter schema %I owner to %I', nspname, :'migration') from own_schema where nspname <> 'public' \\gexec
select format('alter table %s owner to %I', c.oid::regclass, :'migration')
from pg_class c join own_schema s on s.oid = c.relnamespace
where c.relkind in ('r', 'p', 'v', 'm', 'S', 'f') and not exists (
  select from pg_depend where classid = 'pg_class'::regclass and objid = c.oid and deptype in ('a', 'i', 'e')) \\gexec
select format('alter type %s owner to %I', t.oid::regtype, :'migration')
from pg_type t join own_schema s on s.oid = t.typnamespace
where t.typtype in ('e', 'd', 'r') and not exists (
  select from pg_depend where classid = 'pg_type'::regclass and objid = t.oid and deptype = 'e') \\gexec
select format('alter routine %s owner to %I', p.oid::regprocedure, :'migration')
from pg_proc p join own_schema s on s.oid = p.pronamespace
where not exists (select from pg_depend where classid = 'pg_proc'::regclass and objid = p.oid and deptype = 'e') \\gexec
select format('grant usage on schema %1$I to %2$I; grant select, insert, update, delete on all tables in schema %1$I to %2$I; '
  'grant usage, select, update on all sequences in schema %1$I to %2$I', nspname, :'application') from own_schema \\gexec
alter default privileges for role :"migration" grant usage on schemas to :"application";
alter default privileges for role :"migration" grant select, insert, update, delete on tables to :"application";
alter default privileges for role :"migration" grant usage, select, update on sequences to :"application";`.trim();

/** Makes the roles, as the superuser, over the socket or at POSTGRES_HOST. */
const script = (user: string) => `
psql --no-psqlrc --quiet --output /dev/null --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" \\
  --set application=${roleOf(user, roleKeys[0] ?? '')} --set migration=${roleOf(user, roleKeys[1] ?? '')} \\
  \${POSTGRES_HOST:+--host "$POSTGRES_HOST"} <<'END'
${sql}
END`;

/** The script that a new server runs after its init scripts, before it is reached. */
export const rolesInitScript = (user: string): Readonly<Record<string, string>> => ({
  'zz-roles.sh': `${script(user).trim()}\n`,
});

const rolesJob = 'roles';

/** Name and labels of the job. */
export const rolesJobLabels = (service: Service): Labelled => setupJobLabels(service, rolesJob);

// A server of before has run its init scripts already.
const jobScript = (user: string, passwordKey: string) =>
  `
set -u
trap 'exit 143' TERM
PGPASSWORD=$(cat ${folder}/${passwordKey}); export PGPASSWORD
end=$(( $(date +%s) + 300 ))
until pg_isready --quiet --timeout 3 --host "$POSTGRES_HOST"; do
  if [ "$(date +%s)" -ge "$end" ]; then echo "gave up: $POSTGRES_HOST did not answer within 300 s"; exit 1; fi
  sleep 1
done
${script(user).trim()}
`.trim();

/** The job that makes the roles in a server that has its data already. */
export function addRolesJob(
  scope: Construct,
  service: Service<{ readonly image: string; readonly user: string; readonly database: string }>,
  passwordKey: string,
): SetupJob {
  const { settings, object, namespace } = service;
  const keys = [passwordKey, ...roleKeys];
  return new SetupJob(scope, rolesJob, service, {
    user: 999,
    memory: ['32Mi', '128Mi'],
    cpu: '10m',
    volumes: [secretVolume('password', object, ...keys)],
    container: {
      name: 'psql',
      image: settings.image,
      command: ['bash', '-c', jobScript(settings.user, passwordKey), 'roles'],
      variables: [
        { name: 'POSTGRES_HOST', value: serviceHost(object, namespace) },
        { name: 'POSTGRES_USER', value: settings.user },
        { name: 'POSTGRES_DB', value: settings.database },
      ],
      mounts: secretMounts('password', folder, keys),
    },
  });
}
