import { describe, expect, test } from '@jest/globals';
import { Wait } from '../../../src/status/live/wait.ts';
import { exitCode, type FailOn } from '../../../src/status/report/exit-code.ts';
import type { Report, ServiceReport, TierReport } from '../../../src/status/report/report.ts';
import type { Refusal } from '../../../src/status/rules/absent.ts';
import { type Status, verdict } from '../../../src/status/rules/verdict.ts';
import { ago, now } from '../rules/fixtures/objects.ts';

const service = (
  status: Status,
  more: Partial<ServiceReport> = {},
  reason = 'Reason',
  terminal = false,
): ServiceReport => ({
  namespace: 'shop',
  name: 'api',
  object: 'shop-api',
  kind: 'Deployment',
  health: verdict(status, reason, { terminal }),
  restarts: 0,
  ...more,
});
const tier = (status: TierReport['status'], ...services: ServiceReport[]): TierReport => ({
  name: 'shop',
  tier: 'project',
  status,
  services,
  foreign: [],
});
const report = (tiers: readonly TierReport[], more: Partial<Report> = {}): Report => ({
  context: 'kind-dev',
  at: now,
  complete: true,
  readAnything: true,
  unseen: [],
  tiers,
  causes: [],
  ...more,
});
const of = (status: Status, reason?: string) => [tier(status, service(status, {}, reason))];

describe('the exit code', () => {
  test.each<[string, readonly TierReport[], readonly FailOn[], number]>([
    ['healthy', of('healthy'), [], 0],
    ['stopped', of('stopped'), [], 0],
    ['progressing', of('progressing'), [], 0],
    ['progressing, failing on it', of('progressing'), ['progressing'], 1],
    ['missing', of('missing'), [], 1],
    ['degraded', of('degraded'), ['degraded'], 1],
    ['failed', of('failed'), [], 1],
    ['degraded, failing on nothing', of('degraded'), ['never'], 0],
    ['unknown', of('unknown', 'NodeNotReady'), [], 3],
    ['unknown, and something broken', [...of('unknown', 'NodeNotReady'), ...of('degraded')], [], 1],
    ['unknown for want of rights', of('unknown', 'Forbidden'), [], 0],
    ['missing in what was never started', [tier('not-started', service('missing'))], [], 0],
    ['a namespace that is stuck', [{ ...tier('degraded'), health: verdict('degraded', 'Terminating') }], [], 1],
    ['nothing there', [], [], 0],
  ])('of %s', (_, tiers, failOn, code) => expect(exitCode(report(tiers), failOn)).toBe(code));

  test.each<[string, readonly FailOn[], boolean, number]>([
    ['is no failure', [], true, 0],
    ['is one if it is asked for', ['incomplete'], true, 3],
    ['is one if it is everything', [], false, 3],
    ['is one if it is everything, whatever is asked for', ['never'], false, 3],
  ])('of what could not be read %s', (_, failOn, readAnything, code) => {
    const unseen: Refusal[] = [{ verb: 'list', resource: 'pods', message: 'no' }];
    expect(exitCode(report(of('healthy'), { complete: false, readAnything, unseen }), failOn)).toBe(code);
  });
});

describe('waiting', () => {
  const settled = { readySince: ago(60) };
  const waiting = (mustRun = true) => {
    let time = 0;
    const wait = new Wait({ mustRun: () => mustRun, end: 10_000, clock: () => time });
    return (seconds: number, tiers: readonly TierReport[], stale = false) => {
      time = seconds * 1000;
      const staleness = stale ? { since: now, message: 'away' } : undefined;
      const outcome = wait.next({ report: report(tiers), stale: staleness });
      return outcome.done ? outcome.exitCode : 'waits';
    };
  };
  const well = [tier('healthy', service('healthy', settled))];
  const hopeless = [tier('degraded', service('degraded', {}, 'InvalidImageName', true))];

  test.each<[string, readonly TierReport[], number | 'waits']>([
    ['ends when all is healthy', well, 0],
    ['ends when it is stopped', [tier('stopped', service('stopped'))], 0],
    [
      'goes on until pods have been ready for a while',
      [tier('healthy', service('healthy', { readySince: ago(1) }))],
      'waits',
    ],
    ['goes on while something is on its way', [tier('progressing', service('progressing'))], 'waits'],
    ['goes on while something is broken that may recover', [tier('degraded', service('degraded'))], 'waits'],
    ['goes on while nothing is there', [], 'waits'],
    ['goes on for what was not started', [tier('not-started')], 'waits'],
  ])('%s', (_, tiers, expected) => expect(waiting()(0, tiers)).toBe(expected));

  test('does not wait for what was not started and not asked for', () => {
    expect(waiting(false)(0, [tier('not-started'), ...well])).toBe(0);
  });

  test('fails before its time if something stays hopeless, and only then', () => {
    const next = waiting();
    expect([next(0, hopeless), next(2, well.concat(hopeless)), next(2.5, of('degraded')), next(4, hopeless)]).toEqual([
      'waits',
      'waits',
      'waits',
      'waits',
    ]);
    expect(next(7, hopeless)).toBe(1);
  });

  test('gives a cluster that is full its time', () => {
    const full = [tier('degraded', service('degraded', {}, 'Unschedulable', true))];
    const next = waiting();
    expect([next(0, full), next(9, full), next(11, full)]).toEqual(['waits', 'waits', 4]);
  });

  test('takes nothing from a snapshot that is stale', () => {
    const next = waiting();
    expect([next(0, well, true), next(11, well, true)]).toEqual(['waits', 4]);
  });
});
