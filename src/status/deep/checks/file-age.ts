import { files } from '../../../../charts/constructs/celery-module.ts';
import { lastLine, span } from '../../../platform/text.ts';
import type { Judgement, ProgramAnswer, ProgramCheck, Target } from '../check.ts';
import { healthy } from '../check.ts';

/** How old a mark may be in seconds, and what it means when it is older. */
export interface Mark {
  readonly path: string;
  readonly maxAge: number;
  /** What touches it: `heartbeat`. */
  readonly what: string;
  readonly meaning: string;
}

/** The clock of the pod's node and the time of the file, in seconds, a line each. */
const script = 'date +%s; stat -c %Y "$0"';

/**
 * Judges a heartbeat file by its age.
 *
 * @param answer two lines of seconds since 1970: the clock of the pod's node, and when the file was last touched
 * @param mark the file, and how old it may be
 */
export function judgeAge({ stdout, stderr }: ProgramAnswer, mark: Mark, { run }: Target): Judgement {
  const [now, touched] = stdout.trim().split('\n').map(Number);
  const advice = run.serviceLogs(false);
  if (/No such file/i.test(stderr))
    return {
      status: 'degraded',
      reason: 'NoHeartbeat',
      cause: `there is no ${mark.path}: it never had a ${mark.what}, or the file was removed`,
      advice,
    };
  if (!now || touched === undefined || Number.isNaN(touched))
    return {
      status: 'unknown',
      reason: 'NoAnswer',
      cause: `can't read the age of ${mark.path}: ${lastLine(stderr) ?? 'no output'}`,
    };
  const age = now - touched;
  if (age <= mark.maxAge) return healthy;
  return { status: 'degraded', reason: 'Stuck', cause: `no ${mark.what} for ${span(age)}: ${mark.meaning}`, advice };
}

const ageCheck = (name: string, markOf: (target: Target) => Mark | undefined): ProgramCheck => ({
  name,
  command(target) {
    const mark = markOf(target);
    return mark && ['sh', '-c', script, mark.path];
  },
  judge(answer, target) {
    const mark = markOf(target);
    return mark ? judgeAge(answer, mark, target) : [];
  },
});

/** The file and the age in a probe of `charts/common/probes.ts`. */
export function probedFile({ container }: Target): { readonly path: string; readonly maxAge: number } | undefined {
  const [shell, , text, path, maxAge] = (container.startupProbe ?? container.readinessProbe)?.exec?.command ?? [];
  return shell === 'sh' && text?.includes('stat -c %Y') && path ? { path, maxAge: Number(maxAge) } : undefined;
}

/** A worker that works sends a heartbeat every two seconds; one of the pool `solo` none while it runs a task. */
export const celeryHeartbeat = ageCheck('heartbeat', (target) => ({
  path: files.heartbeat,
  maxAge: target.container.command?.includes('solo') ? (probedFile(target)?.maxAge ?? 300) : 60,
  what: 'heartbeat',
  meaning: 'it is stuck, or has lost its broker',
}));

/** Beat looks for what is due at least every five seconds. */
export const celeryTick = ageCheck('tick', () => ({
  path: files.tick,
  maxAge: 60,
  what: 'tick',
  meaning: 'no scheduled task is sent',
}));

/** A worker's own file. */
export const workerFile = ageCheck('file', (target) => {
  const file = probedFile(target);
  return file && { ...file, what: `touch of ${file.path}`, meaning: 'it is stuck' };
});
