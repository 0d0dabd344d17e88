import { labelKeys } from '../../../../charts/common/labels.ts';
import { redisCli, typedRedisCli } from '../../../../charts/constructs/redis.ts';
import { counted, span } from '../../../platform/text.ts';
import type { Pod } from '../../rules/objects.ts';
import type { Judgement, ProgramAnswer, ProgramCheck, Target } from '../check.ts';

/** How many keys are looked at in all databases together, and how many streams. */
const bounds = { keys: 20_000, streams: 50, consumers: 50 };

/** How long a group may leave entries alone, in seconds. */
export const idleLimits = { waiting: 60, unacknowledged: 600 };

// One command, so that the databases are not read by a process for each stream. Reads only.
const script = `
local left, found = ${bounds.keys}, {}
local function fields(flat)
  local record = {}
  for i = 1, #flat, 2 do record[flat[i]] = flat[i + 1] end
  return record
end
for number in string.gmatch(redis.call('INFO', 'keyspace'), 'db(%d+):') do
  redis.call('SELECT', number)
  local cursor = '0'
  repeat
    local page = redis.call('SCAN', cursor, 'COUNT', 500, 'TYPE', 'stream')
    cursor, left = page[1], left - 500
    for _, key in ipairs(page[2]) do
      if #found >= ${bounds.streams} then return cjson.encode(found) end
      local groups = {}
      for _, flat in ipairs(redis.call('XINFO', 'GROUPS', key)) do
        local group, consumers = fields(flat), {}
        for i, each in ipairs(redis.call('XINFO', 'CONSUMERS', key, group.name)) do
          if i <= ${bounds.consumers} then consumers[i] = fields(each) end
        end
        group.members = consumers
        groups[#groups + 1] = group
      end
      found[#found + 1] = { database = tonumber(number), key = key, groups = groups }
    end
  until cursor == '0' or left <= 0
end
return cjson.encode(found)`.trim();

/** A consumer group of a stream. */
export interface Group {
  readonly name: string;
  /** Entries that were delivered and not acknowledged. */
  readonly pending: number;
  /** Entries that were not delivered yet; none if Redis can't tell, as after XDEL and before 7.0. */
  readonly lag?: number | false;
  readonly members: readonly Consumer[];
}

interface Consumer {
  readonly name: string;
  readonly pending: number;
  /** Since it last asked, in milliseconds. */
  readonly idle: number;
}

export interface Stream {
  readonly database: number;
  readonly key: string;
  readonly groups: readonly Group[];
}

/** The streams in the answer; none if it is an error, which the check of PING tells better. */
export function parseStreams(stdout: string): Stream[] {
  try {
    const list = <Item>(value: readonly Item[] | object): Item[] => (Array.isArray(value) ? value : []);
    // An empty table of Lua is `{}` in JSON.
    return list<Stream>(JSON.parse(stdout)).map((stream) => ({
      ...stream,
      groups: list<Group>(stream.groups).map((group) => ({ ...group, members: list<Consumer>(group.members) })),
    }));
  } catch {
    return [];
  }
}

/** What is wrong with a group's reading; `undefined` if nothing is. */
export function groupTrouble({ name, pending, lag, members }: Group): Pick<Judgement, 'reason' | 'cause'> | undefined {
  const waiting = typeof lag === 'number' ? lag : 0;
  const entries = `${waiting} ${waiting === 1 ? 'entry waits' : 'entries wait'} for group ${name}`;
  if (waiting > 0 && members.length === 0) return { reason: 'NoConsumer', cause: `${entries}, which has no consumer` };
  const asked = Math.min(...members.map(({ idle }) => idle)) / 1000;
  if (waiting > 0 && asked > idleLimits.waiting)
    return { reason: 'ConsumersIdle', cause: `${entries}, and no consumer has read for ${span(asked)}` };
  const stuck = members.filter((each) => each.pending > 0 && each.idle / 1000 > idleLimits.unacknowledged);
  if (pending > 0 && stuck.length > 0) {
    const worst = stuck.reduce((one, other) => (other.idle > one.idle ? other : one));
    const taken = stuck.reduce((sum, each) => sum + each.pending, 0);
    return {
      reason: 'Unacknowledged',
      cause: `${counted(stuck.length, 'consumer')} of group ${name} took ${taken === 1 ? '1 entry' : `${taken} entries`} and acknowledged nothing; ${worst.name} has been silent for ${span(worst.idle / 1000)}`,
    };
  }
  return undefined;
}

/** The namespace whose workloads are told to use a logical database of a Redis. */
export function userOf(database: number, pods: readonly Pod[]): string | undefined {
  const uses = (pod: Pod) =>
    pod.spec.containers.some((container) =>
      container.env?.some(({ name, value }) => name === 'REDIS_URL' && value?.endsWith(`/${database}`)),
    );
  return pods.find(uses)?.metadata.namespace;
}

/** The workload that a group belongs to: it is called like it, or its consumers are called like its pods. */
function readerOf({ name, members }: Group, pods: readonly Pod[]): string | undefined {
  const found = pods.find(({ metadata }) => {
    const names = [metadata.labels?.[labelKeys.name], metadata.labels?.[labelKeys.instance]];
    return names.includes(name) || members.some((each) => each.name.includes(metadata.name));
  });
  return found?.metadata.labels?.[labelKeys.instance];
}

/**
 * The consumer groups of Redis streams that fall behind, each as a verdict on the workload that reads them, or on
 * `stream KEY` if no workload is known to.
 *
 * @returns empty if none falls behind
 */
export function judgeStreams({ stdout }: ProgramAnswer, { namespace, pods, pod, container, run }: Target): Judgement[] {
  return parseStreams(stdout).flatMap(({ database, key, groups }) =>
    groups.flatMap((group) => {
      const trouble = groupTrouble(group);
      if (!trouble) return [];
      const user = userOf(database, pods);
      const reader = readerOf(
        group,
        pods.filter(({ metadata }) => metadata.namespace === user),
      );
      const ask = typedRedisCli(`-n ${database} xinfo consumers ${shell(key)} ${shell(group.name)}`);
      return {
        ...trouble,
        status: 'degraded' as const,
        namespace: user ?? namespace,
        object: reader ?? `stream ${key}`,
        cause: `stream ${key} (database ${database}): ${trouble.cause}`,
        advice: run.kubectl('exec', pod.metadata.name, '-c', container.name, ask),
      };
    }),
  );
}

const shell = (word: string): string => (/^[\w.:/@-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`);

/** What waits in the streams of all logical databases is asked for and acknowledged. */
export const redisStreams: ProgramCheck = {
  name: 'streams',
  command: () => redisCli('eval', script, '0'),
  judge: judgeStreams,
};
