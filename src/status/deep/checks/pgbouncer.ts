import type { ProgramCheck } from '../check.ts';
import { judgeSelect } from './postgres.ts';

// Of the server behind it, too: a query needs both.
const script =
  'PGCONNECT_TIMEOUT=2 PGPASSWORD="$DB_PASSWORD" exec psql -X -A -t -w -h "$HOSTNAME" -U "$DB_USER" -d "$DB_NAME" -c \'select 1\'';

/** PgBouncer passes SELECT 1 on, with the password and to the database that the workloads are given. */
export const pgbouncerSelect: ProgramCheck = {
  name: 'select-1',
  command: () => ['sh', '-c', script],
  judge: judgeSelect,
};
