import { redisCli, typedRedisCli } from '../../../../charts/constructs/redis.ts';
import { oneLine } from '../../../platform/text.ts';
import { healthy, type Judgement, type ProgramAnswer, type ProgramCheck, type Target } from '../check.ts';

type Rule = readonly [pattern: RegExp, judgement: (output: string, target: Target) => Judgement];

/** What Redis answers to PING. The exit code is 0 for most of it. The first that matches. */
const answers: readonly Rule[] = [
  [/^PONG$/m, () => healthy],
  [
    /WRONGPASS|AUTH failed|invalid (?:username-)?password/,
    (_said, { run, object }) => ({
      status: 'degraded',
      reason: 'WrongPassword',
      cause:
        'it rejects the password of its Secret: the password was changed in the running server, or after it started',
      advice: run.kubectl('rollout restart', `statefulset/${object}`),
    }),
  ],
  // It answers, and no password is known to go on with.
  [/^(?:\(error\) )?NOAUTH/m, () => healthy],
  [/LOADING/, () => ({ status: 'progressing', reason: 'Loading', cause: 'it loads its data from disk' })],
  [
    /BUSY/,
    (_said, { run, pod, container }) => ({
      status: 'degraded',
      reason: 'Busy',
      cause: 'a script that does not end blocks everything else',
      advice: run.kubectl('exec', pod.metadata.name, '-c', container.name, typedRedisCli('script kill')),
    }),
  ],
  [
    /MISCONF/,
    (output, { run }) => ({
      status: 'degraded',
      reason: 'CannotPersist',
      cause: `it can't write to disk and refuses changes: ${oneLine(output)}`,
      advice: run.serviceLogs(false),
    }),
  ],
];

/** Judges what `redis-cli ping` printed, by the first text of the table above that it contains. */
export function judgePing({ code, stdout, stderr }: ProgramAnswer, target: Target): Judgement {
  const output = `${stderr}\n${stdout}`;
  const rule = answers.find(([pattern]) => pattern.test(output));
  if (rule) return rule[1](output, target);
  const said = oneLine(output);
  return {
    status: 'degraded',
    reason: 'NoPong',
    cause: `PING is answered by ${said === '' ? `nothing (exit code ${code})` : `"${said}"`}`,
    advice: target.run.serviceLogs(false),
  };
}

/** Redis answers PING, with the password of its Secret. */
export const redisPing: ProgramCheck = {
  name: 'ping',
  command: () => redisCli('ping'),
  judge: judgePing,
};
