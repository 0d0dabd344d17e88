/**
 * Prints the rows of each table that a dump contains, as `schema.table`, a tab and a number. Those of extensions are made
 * by the extension.
 */
const rows = `
select format('select %L, count(*) from only %I.%I', format('%I.%I', n.nspname, c.relname), n.nspname, c.relname)
from pg_class c join pg_namespace n on n.oid = c.relnamespace
where c.relkind = 'r' and c.relpersistence <> 't' and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
  and not exists (select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')
order by 1 \\gexec`.trim();

const common = `
set -euo pipefail
trap 'exit 143' TERM
export LC_ALL=C HOME=/tmp MC_CONFIG_DIR=/tmp/mc GNUPGHOME=/tmp/gnupg PATH="/tools:$PATH" tab=$'\\t'
# mc keeps a part in memory, and what Go has not yet collected of those before.
export GOMEMLIMIT=192MiB PGCONNECT_TIMEOUT=10 PGAPPNAME=repoctl-backup
export PGOPTIONS='-c statement_timeout=0 -c lock_timeout=0 -c idle_in_transaction_session_timeout=0'
say() { printf '%s\\n' "$*"; }
fail() { printf '%s\\n' "$*" >&2; exit 1; }
mkdir -p -m 700 "$GNUPGHOME"
key=$(cat /run/secrets/store/AWS_ACCESS_KEY_ID) secret=$(cat /run/secrets/store/AWS_SECRET_ACCESS_KEY)
export MC_HOST_store="\${STORE_URL%%://*}://$key:$secret@\${STORE_URL#*://}"
root=store/$STORE_PATH
store() { mc --quiet --no-color "$@"; }
# Of a stream mc keeps a part in memory, which is 528 MiB large unless it is told otherwise: more than the pod may have.
put() { mc --quiet --no-color pipe --part-size 32MiB "$1" >/dev/null; }
# Right after a pod has started, NetworkPolicies may still refuse what they allow.
answers() {
  local what=$1 end=$(( $(date +%s) + 60 )); shift
  until timeout 20 "$@" >/tmp/answer 2>&1; do
    [ "$(date +%s)" -lt "$end" ] || fail "$what does not answer: $(tail -n 1 /tmp/answer)"
    sleep 2
  done
}
encrypt() {
  if [ "$ENCRYPTION" = none ]; then cat; return; fi
  gpg --batch --quiet --no-tty --pinentry-mode loopback --passphrase-file /run/secrets/store/BACKUP_PASSPHRASE \\
    --symmetric --cipher-algo AES256 --compress-algo none
}
decrypt() {
  case $1 in
    *.gpg) gpg --batch --quiet --no-tty --pinentry-mode loopback \\
      --passphrase-file /run/secrets/store/BACKUP_PASSPHRASE --decrypt ;;
    *) cat ;;
  esac
}
suffix=
if [ "$ENCRYPTION" = gpg ]; then
  suffix=.gpg
  command -v gpg >/dev/null || fail "this image has no gpg, which encryption: gpg needs; images of Debian have it"
fi
answers "the bucket \${STORE_PATH%%/*} of $STORE_URL" mc --quiet --no-color ls "store/\${STORE_PATH%%/*}"
# The names of all files of all backups: TIME/FILE.
files() { store ls --recursive "$root/" 2>/tmp/listing | awk '{ print $NF }' || grep -q 'does not exist' /tmp/listing || fail "$(cat /tmp/listing)"; }
# The times of those that have a file.
having() { printf '%s\\n' "$1" | sed -n "s|^\\(....-..-..T..-..-..Z\\)/$2\\$|\\1|p" | sort -u; }
# The backup that is meant: the newest complete one, or that of a time.
choose() {
  all=$(files)
  complete=$(having "$all" 'manifest\\.json')
  [ -n "$complete" ] || fail "there is no complete backup in $STORE_URL/$STORE_PATH"
  chosen=$(printf '%s\\n' "$complete" | tail -n 1)
  [ "$BACKUP" = latest ] || chosen=$BACKUP
  printf '%s\\n' "$complete" | grep -qxF -- "$chosen" || fail "there is no complete backup of $chosen; there are: "$complete
  store cat "$root/$chosen/manifest.json" >/tmp/manifest.json
}
# A name that is no connection string.
named() { local quote="'" name=\${1//\\\\/\\\\\\\\}; name=\${name//$quote/\\\\$quote}; printf "dbname='%s'" "$name"; }
query() { local database=$1; shift; psql -XqAt -v ON_ERROR_STOP=1 -F "$tab" -d "$(named "$database")" "$@"; }
# Database, then file and SHA-256 of the dump, of the rows of its tables and of the roles: a line for each.
parts() {
  query postgres -v service="$SERVICE" <<'SQL'
\\set manifest \`cat /tmp/manifest.json\`
select p->>'database', p->'files'->0->>'path', p->'files'->0->>'sha256', p->'rows'->>'path', p->'rows'->>'sha256',
  p->'roles'->>'path', p->'roles'->>'sha256'
from json_array_elements(:'manifest'::json->'parts') p
where p->>'kind' = 'postgres' and p->>'service' = :'service';
SQL
}
# A file of the chosen backup, as it was before encryption. Fails at its end if it is not what was stored.
contents() {
  store cat "$root/$chosen/$1" | { tee /dev/fd/3 | sha256sum | cut -d' ' -f1 >/tmp/got; } 3>&1 | decrypt "$1" || return 1
  [ "$(cat /tmp/got)" = "$2" ] || { printf '%s\\n' "$chosen/$1 is damaged: its SHA-256 is not that of the manifest" >&2; return 1; }
}
rows() { query "$1" <<'SQL' | sort
${rows}
SQL
}
# Whether a database has each table of the backup with as many rows.
compare() {
  contents "$2" "$3" | sort >/tmp/expected
  rows "$1" >/tmp/actual
  comm -23 /tmp/expected /tmp/actual >/tmp/missing
  [ ! -s /tmp/missing ] || fail "database $1 has not the rows of the backup; expected: $(head -n 20 /tmp/missing | tr '\\t\\n' ' ;')"
  say "database $1: $(wc -l </tmp/expected) tables, $(awk -F "$tab" '{ n += $2 } END { printf "%d", n }' /tmp/expected) rows"
}
`.trim();

const backup = `
send() {
  { pg_dump --format=custom --snapshot="$SNAPSHOT" --dbname="$(named "$DATABASE")" | encrypt | tee /dev/fd/3 |
    { tee /dev/fd/4 | sha256sum | cut -d' ' -f1 >/tmp/sum; } 4>&1 | wc -c >/tmp/bytes; } 3>&1 |
    put "$TARGET"
  touch /tmp/sent
}
# psql runs it by sh, which keeps no functions.
{ echo 'set -euo pipefail'; declare -f send encrypt named put; echo send; } >/tmp/send
# The dump, and the rows of each table, of the same moment.
dump() {
  export DATABASE=$1 TARGET=$2
  rm -f /tmp/sent
  query "$1" -o /tmp/rows <<'SQL'
begin transaction isolation level repeatable read read only;
select pg_export_snapshot() as snapshot \\gset
\\setenv SNAPSHOT :snapshot
\\! bash /tmp/send
${rows}
commit;
SQL
  [ -e /tmp/sent ] || fail "the dump of the database $1 was not stored"
}
backup() {
  answers "$PGHOST" pg_isready -t 3 -d "$(named "$PGDATABASE")"
  now=$(date -u +%Y-%m-%dT%H:%M:%SZ)
  time=$(printf %s "$now" | tr : -)
  mapfile -t databases < <(query "$PGDATABASE" -v main="$PGDATABASE" <<'SQL'
select datname from pg_database
where not datistemplate and datallowconn and (datname <> 'postgres' or datname = :'main') order by 1;
SQL
  )
  [ "\${#databases[@]}" -gt 0 ] || fail "$PGHOST lists no database"
  # Without passwords: a check needs their names where a dump has them.
  roles=postgres/$SERVICE/roles.sql$suffix
  pg_dumpall --roles-only --no-role-passwords --database="$PGDATABASE" | encrypt >/tmp/roles
  put "$root/$time/$roles" </tmp/roles
  list= number=0
  for database in "\${databases[@]}"; do
    number=$((number + 1))
    file=$database
    printf %s "$file" | grep -Eqx '[A-Za-z0-9_-]+' || file=database-$number
    path=postgres/$SERVICE/$file.dump$suffix
    tables=postgres/$SERVICE/$file.rows$suffix
    dump "$database" "$root/$time/$path"
    stored=$(store stat --json "$root/$time/$path" | sed -n 's/.*"size":\\([0-9]*\\).*/\\1/p')
    [ "$stored" = "$(cat /tmp/bytes)" ] || fail "$path has \${stored:-no} bytes in the bucket, not $(cat /tmp/bytes)"
    sort /tmp/rows | encrypt >/tmp/tables
    put "$root/$time/$tables" </tmp/tables
    list=$list\${list:+,}$(query "$PGDATABASE" -v service="$SERVICE" -v database="$database" -v path="$path" -v tables="$tables" \\
      -v bytes="$(cat /tmp/bytes)" -v sum="$(cat /tmp/sum)" \\
      -v roles="$roles" -v rolesbytes="$(wc -c </tmp/roles)" -v rolessum="$(sha256sum /tmp/roles | cut -d' ' -f1)" \\
      -v tablesbytes="$(wc -c </tmp/tables)" -v tablessum="$(sha256sum /tmp/tables | cut -d' ' -f1)" <<'SQL'
select json_build_object('kind', 'postgres', 'service', :'service', 'serverVersion', current_setting('server_version'),
  'database', :'database',
  'files', json_build_array(json_build_object('path', :'path', 'bytes', :'bytes'::bigint, 'sha256', :'sum')),
  'rows', json_build_object('path', :'tables', 'bytes', :'tablesbytes'::bigint, 'sha256', :'tablessum'),
  'roles', json_build_object('path', :'roles', 'bytes', :'rolesbytes'::bigint, 'sha256', :'rolessum'));
SQL
    )
    say "database $database: $(cat /tmp/bytes) bytes, $(wc -l </tmp/rows) tables, $(awk -F "$tab" '{ n += $2 } END { printf "%d", n }' /tmp/rows) rows"
  done
  # The last: what has no manifest is not complete.
  printf '%s' "$MANIFEST" | sed "s|\\"TIME\\"|\\"$now\\"|" |
    parts=$list awk '{ i = index($0, "\\"PARTS\\""); print substr($0, 1, i - 1) "[" ENVIRON["parts"] "]" substr($0, i + 7) }' >/tmp/manifest.json
  put "$root/$time/manifest.json" </tmp/manifest.json
  say "$time: complete, in $STORE_URL/$STORE_PATH"
  retain
}
# Removes what is old enough, never one of the newest complete ones, and never the newest that was checked.
retain() {
  all=$(files)
  complete=$(having "$all" 'manifest\\.json')
  kept=$(printf '%s\\n' "$complete" | tail -n "$KEEP_LEAST"; having "$all" 'checked\\.json' | tail -n 1)
  old=$(date -u -d "@$(( $(date +%s) - KEEP_DAYS * 86400 ))" +%Y-%m-%dT%H-%M-%SZ)
  unfinished=$(date -u -d "@$(( $(date +%s) - 2 * 86400 ))" +%Y-%m-%dT%H-%M-%SZ)
  for each in $(having "$all" '.*'); do
    limit=$unfinished
    if printf '%s\\n' "$complete" | grep -qxF "$each"; then limit=$old; fi
    if [[ ! $each < $limit ]] || printf '%s\\n' "$kept" | grep -qxF "$each"; then continue; fi
    store rm --recursive --force "$root/$each/" >/dev/null || fail "$time is complete; $each is older and could not be removed"
    say "$each: removed"
  done
}
list() {
  all=$(files)
  complete=$(having "$all" 'manifest\\.json')
  checked=$(having "$all" 'checked\\.json')
  for each in $(having "$all" '.*'); do
    state=incomplete
    if printf '%s\\n' "$complete" | grep -qxF "$each"; then state=complete; fi
    if printf '%s\\n' "$checked" | grep -qxF "$each"; then state=checked; fi
    say "$each$tab$state"
  done
}
`.trim();

const restore = `
restore() {
  answers "$PGHOST" pg_isready -t 3 -d "$(named "$PGDATABASE")"
  choose
  parts >/tmp/parts
  [ -s /tmp/parts ] || fail "$chosen has nothing of the service $SERVICE"
  # Everything is read once before anything is changed.
  while IFS=$tab read -r database path sum tables tablessum roles rolessum; do
    contents "$path" "$sum" >/dev/null || fail "$chosen can't be read: $path"
    contents "$tables" "$tablessum" >/dev/null || fail "$chosen can't be read: $tables"
    contents "$roles" "$rolessum" >/dev/null || fail "$chosen can't be read: $roles"
  done </tmp/parts
  while IFS=$tab read -r database path sum tables tablessum roles rolessum; do
    query postgres -v name="$database" <<'SQL'
select format('create database %I', :'name') where not exists (select from pg_database where datname = :'name') \\gexec
select pg_terminate_backend(pid) from pg_stat_activity where datname = :'name' and pid <> pg_backend_pid() \\g /dev/null
SQL
    contents "$path" "$sum" | pg_restore --clean --if-exists --exit-on-error --single-transaction --dbname="$(named "$database")" ||
      fail "database $database is unchanged"
    compare "$database" "$tables" "$tablessum"
  done </tmp/parts
  say "$chosen: restored"
}
`.trim();

const check = `
scratch=/scratch/database
check() {
  rm -rf "$scratch"
  initdb --pgdata="$scratch" --username="$PGUSER" --auth=trust --encoding=UTF8 --locale=C.UTF-8 >/tmp/initdb ||
    { cat /tmp/initdb >&2; fail "could not make a scratch database"; }
  export PGHOST=/tmp
  pg_ctl --pgdata="$scratch" --log=/tmp/server --wait --silent start -o "-c listen_addresses= -c unix_socket_directories=/tmp \\
    -c fsync=off -c full_page_writes=off -c wal_level=minimal -c max_wal_senders=0 -c max_parallel_maintenance_workers=0 $PRELOAD" ||
    { cat /tmp/server >&2; fail "the scratch database does not start"; }
  choose
  parts >/tmp/parts
  [ -s /tmp/parts ] || fail "$chosen has nothing of the service $SERVICE"
  while IFS=$tab read -r database path sum tables tablessum roles rolessum; do
    contents "$roles" "$rolessum" >/tmp/roles.sql
    # Some are there already.
    psql -Xq -d postgres -f /tmp/roles.sql >/dev/null 2>&1
    query postgres -v name="$database" <<'SQL'
select format('create database %I template template0', :'name') where not exists (select from pg_database where datname = :'name') \\gexec
SQL
    contents "$path" "$sum" |
      pg_restore --exit-on-error --single-transaction --no-owner --no-privileges --dbname="$(named "$database")" ||
      fail "$chosen can't be restored: database $database"
    compare "$database" "$tables" "$tablessum"
  done </tmp/parts
  pg_ctl --pgdata="$scratch" --mode=immediate --silent stop
  rm -rf "$scratch"
  printf '{"time":"%s"}\\n' "$(date -u +%Y-%m-%dT%H:%M:%SZ)" | put "$root/$chosen/checked.json"
  say "$chosen: restored into a scratch database, and checked"
}
`.trim();

/** What the pods run that make, list and restore backups: the task that `TASK` names. */
export const backupScript = `${common}\n${backup}\n${restore}\n"$TASK"`;

/** What the pods run that check the newest backup. */
export const checkScript = `${common}\n${check}\ncheck`;
