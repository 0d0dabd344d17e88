import { context, kubectl, repoctl } from '../environment.ts';
import { onNode } from './node.ts';

/** A trouble that others suffer from. */
export interface Outage {
  readonly what: string;
  /** Whether it takes an image of ImmuDB, which not every machine can have. */
  readonly immudb?: true;
  /** Whether only the service's own protocol tells it. */
  readonly deep?: true;
  readonly break: () => void;
  /** What is to be said of the one that is to blame, `namespace/object`. */
  readonly culprit: { readonly key: string; readonly reason: RegExp; readonly cause: RegExp };
  /** What waits for it, `namespace/object`. */
  readonly victims: readonly string[];
  /** @param root of the repository */
  readonly repair: (root: string) => void;
  /** The command that the report then gives, which completes it. @default the repair is all */
  readonly advised?: RegExp;
}

const inTurfoo = (...args: string[]) => kubectl('-n', 'turfoo', ...args);

/** Pods that come back have to wait for what they need. */
const replace = (...names: string[]) =>
  inTurfoo('delete', 'pods', '--wait=false', '-l', `app.kubernetes.io/name in (${names.join(', ')})`);

const sql = (statement: string) =>
  inTurfoo(
    'exec',
    'turfoo-postgres-0',
    '-c',
    'postgres',
    '--',
    'sh',
    '-c',
    `psql -U turfoo -d turfoo -c "${statement}"`,
  );

/** Sends a signal to the processes of the Celery worker, from outside of their container: they can't bar it. */
const signalWorker = (signal: string) =>
  onNode(`for process in $(pgrep -f 'celery --app [^ ]+ worker'); do kill -${signal} "$process"; done`);

const redis = 'statefulset/monorepo-redis';

export const outages: readonly Outage[] = [
  {
    what: 'Redis is down, and three wait for it',
    break() {
      const command = ['sh', '-c', 'echo no space left on device; exit 1'];
      const change = { spec: { template: { spec: { containers: [{ name: 'redis', command }] } } } };
      kubectl('-n', 'monorepo', 'patch', redis, '--patch', JSON.stringify(change));
      replace('api', 'celery-worker', 'celery-beat');
    },
    culprit: {
      key: 'monorepo/monorepo-redis',
      reason: /^CrashLoopBackOff$/,
      cause: /^container redis exited with 1: no space left on device/,
    },
    victims: ['turfoo/turfoo-api', 'turfoo/turfoo-celery-beat', 'turfoo/turfoo-celery-worker'],
    repair() {
      kubectl('-n', 'monorepo', 'rollout', 'undo', redis);
    },
    // A StatefulSet does not replace a broken pod of an old revision.
    advised: /^kubectl --context \S+ -n monorepo delete pod monorepo-redis-0$/,
  },
  {
    what: 'PostgreSQL rejects the password',
    deep: true,
    break() {
      sql("ALTER USER turfoo PASSWORD 'another'");
      replace('api');
    },
    culprit: {
      key: 'turfoo/turfoo-postgres',
      reason: /^WrongPassword$/,
      cause: /^it rejects the password of its Secret: its data was created with another password$/,
    },
    victims: ['turfoo/turfoo-api'],
    repair() {
      sql(`ALTER USER turfoo PASSWORD '$(cat "$POSTGRES_PASSWORD_FILE")'`);
    },
  },
  {
    what: 'ImmuDB rejects the password',
    immudb: true,
    deep: true,
    break() {
      const stringData = { IMMUDB_ADMIN_PASSWORD: 'another' };
      inTurfoo('patch', 'secret/turfoo-immudb', '--patch', JSON.stringify({ stringData }));
    },
    culprit: {
      key: 'turfoo/turfoo-immudb',
      reason: /^WrongPassword$/,
      cause: /^it rejects the password of its Secret: its data was created with another password$/,
    },
    victims: [],
    repair: (root) => {
      repoctl(root, 'secrets', 'apply', '--context', context);
    },
  },
  {
    what: 'a Celery worker is stuck',
    deep: true,
    break: () => {
      signalWorker('STOP');
    },
    culprit: {
      key: 'turfoo/turfoo-celery-worker',
      reason: /^Unhealthy$/,
      cause: /heartbeat was touched \d+ s ago, not within \d+ s$/,
    },
    victims: [],
    repair: () => {
      signalWorker('CONT');
    },
  },
];
