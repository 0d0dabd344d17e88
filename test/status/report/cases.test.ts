import { describe, expect, test } from '@jest/globals';
import { exitCode } from '../../../src/status/report/exit-code.ts';
import { reportLines } from '../../../src/status/report/lines.ts';
import { caseNames, caseOf, reportOn } from '../rules/fixtures/cases.ts';

interface Expected {
  /** Status and reason of the service. */
  readonly is: string;
  /** What its cause, or of something healthy its warning, says. */
  readonly says?: RegExp;
  readonly never?: RegExp;
  readonly advice?: RegExp;
  /** Of its tier. @default that of the service */
  readonly tier?: string;
  readonly object?: string;
  readonly exit?: number;
}

/** What is right, by the name of the case: its file has it in words. */
const rows: Readonly<Record<string, Expected>> = {
  '01-paused-crashing': { is: 'degraded CrashLoopBackOff', says: /KeyError: DB_URL .*its rollout is paused/ },
  '02-crashloop-run-window': { is: 'degraded CrashLoopBackOff', says: /12 restarts.*after 20 s/ },
  '03-cron-stuck-run-forbid': { is: 'degraded ContainerCreating', says: /for 3 d; concurrencyPolicy Forbid keeps/ },
  '04-cron-failedcreate': { is: 'degraded FailedCreate', says: /its jobs are refused: exceeded quota/ },
  '06-cron-never-ran': { is: 'degraded MissedRun', says: /due by "\*\/5 \* \* \* \*".* never ran/ },
  '08-cron-flaps-while-active': { is: 'degraded LastRunFailed', says: /the next run is in progress/ },
  '09-only-rejected-pods': { is: 'degraded UnexpectedAdmissionError', says: /30 pods: .*no healthy devices present/ },
  '11-not-observed-crashing': { is: 'degraded CrashLoopBackOff', says: /boom .*; its controller has not seen/ },
  '12-node-gone': { is: 'unknown NodeGone', says: /dev-worker3 no longer exists/, exit: 3 },
  '13-stale-oom-not-ready': { is: 'degraded Unhealthy', says: /GET \/ready .*503/, never: /137|OOM/ },
  '14-sts-stale-failedcreate': { is: 'progressing NotReady', never: /quota/, exit: 0 },
  '16-native-sidecar-not-started': {
    is: 'progressing Starting',
    says: /sidecar proxy has not passed its startup probe for 29 min: GET \/ready on port 15021 fails: .*503/,
    advice: /logs \S+ -c proxy$/,
    exit: 0,
  },
  '17-native-sidecar-crash': {
    is: 'degraded CrashLoopBackOff',
    says: /sidecar proxy exited with 1: no config/,
    advice: /-c proxy --previous$/,
  },
  '19-x509-proxy': { is: 'degraded ErrImagePull', says: /the node does not trust/ },
  '20-image-name-reset': { is: 'degraded ErrImagePull', says: /registry has no such image$/ },
  '22-sts-ondelete': { is: 'healthy Ready', says: /3 pods of the previous revision/, exit: 0 },
  '24-ds-ondelete': { is: 'healthy Available', says: /3 pods of the previous revision/, exit: 0 },
  '25-suspended-cron-in-running-tier': { is: 'stopped Suspended', object: 'shop-c', tier: 'healthy', exit: 0 },
  '26-job-sidecar-runs-on': { is: 'degraded SidecarRunsOn', says: /container m ended with 0 .*container proxy keeps/ },
  '27-scheduler-down': { is: 'degraded Scheduling', says: /kube-scheduler in kube-system/, advice: /-n kube-system/ },
  '28-ds-creating-6h': { is: 'degraded ContainerCreating', says: /being created for 6 h/ },
  '29-job-creating-2h': { is: 'degraded ContainerCreating', says: /being created for 116 min/ },
  '31-node-stack-last-line': {
    is: 'degraded CrashLoopBackOff',
    says: /: Error: DB_URL is not set \(/,
    never: /Node\.js/,
  },
  '32-go-panic-last-line': {
    is: 'degraded CrashLoopBackOff',
    says: /panic: runtime error: invalid/,
    never: /main\.go/,
  },
  '34-multi-attach': { is: 'degraded FailedAttachVolume', says: /attached to another node \(Multi-Attach error\)/ },
  '35-sandbox-long-message': {
    is: 'degraded FailedCreatePodSandBox',
    says: /cilium\.sock: connect: no such file or directory$/,
    never: /0f31caad|combined/,
  },
  '37-liveness-combined-event': {
    is: 'degraded CrashLoopBackOff',
    says: /137 \(SIGKILL\) because its liveness probe failed .*connection reset by peer/,
  },
  '39-stale-liveness-blamed': { is: 'degraded CrashLoopBackOff', says: /137 \(SIGKILL\) \(/, never: /liveness/ },
  '40-no-default-storageclass': {
    is: 'degraded FailedBinding',
    says: /claim data: .*no storage class is set/,
    advice: /get storageclass/,
  },
  '41-volume-node-affinity': {
    is: 'degraded Unschedulable',
    says: /its volume is on another node/,
    never: /meets its affinity/,
  },
  '42-init-oomkilled-exit0': { is: 'healthy Available', exit: 0 },
  '44-claim-lost-under-running': { is: 'degraded ClaimLost', says: /claim data/ },
  '45-pull-secret-missing': { is: 'degraded ImagePullBackOff', says: /no pull Secret regcred/ },
  '47-cordoned': { is: 'degraded Unschedulable', says: /node is cordoned/, advice: /uncordon dev-control-plane$/ },
  '48-ansi-httpget-path': { is: 'degraded Unhealthy', says: /GET \/xhealthy on port 80/ },
  '49-ansi-wait-target': { is: 'progressing PodInitializing', says: /redishealthy shop healthy/, exit: 0 },
  '51-bare-pod-crashing': { is: 'degraded CrashLoopBackOff', says: /9 restarts/, object: 'shop-api-6f946bb9f6-abcde' },
};

test('a tier with a schedule that is suspended is told in a line', () => {
  const lines = reportLines(reportOn(caseOf('25-suspended-cron-in-running-tier').objects), {
    paint: (_colour, given) => given,
  });
  expect(lines).toEqual(['shop  healthy  3 services, 1 suspended']);
});

test('each case is tried', () => {
  expect(caseNames.length).toBeGreaterThanOrEqual(37);
  expect(Object.keys(rows).sort()).toEqual(caseNames);
});

describe('a situation of a public bug report', () => {
  const cases = Object.entries(rows).map(([name, expected]) => ({ name, expected, ...caseOf(name) }));

  test.each(cases)('$name: $right', ({ right, objects, expected }) => {
    expect(right).not.toBe('');
    const report = reportOn(objects);
    const tier = report.tiers.find(({ name }) => name === 'shop');
    const service = tier?.services.find(({ object }) => expected.object === undefined || object === expected.object);
    const { status, reason, cause, warning, advice } = service?.health ?? {};
    expect(`${status} ${reason}`).toBe(expected.is);
    const told = cause ?? warning ?? '';
    if (expected.says) expect(told).toMatch(expected.says);
    if (expected.never) expect(told).not.toMatch(expected.never);
    if (expected.advice) expect(advice).toMatch(expected.advice);
    expect(tier?.status).toBe(expected.tier ?? status);
    expect(exitCode(report, [])).toBe(expected.exit ?? 1);
  });

  test.each(cases)('$name: nothing that a terminal would obey is in a verdict or in a line', ({ objects }) => {
    const report = reportOn(objects);
    const verdicts = report.tiers.flatMap(({ services }) =>
      services.map(({ health }) => Object.values(health).join(' ')),
    );
    expect(verdicts.join('')).not.toMatch(/[\p{Cc}\u2028\u2029]/u);
    const text = reportLines(report, { paint: (_colour, given) => given, wide: true }).join('\n');
    expect(text.replaceAll('\n', '')).not.toMatch(/\p{Cc}/u);
    expect(text).not.toMatch(/^shop {2}healthy$/m);
  });
});
