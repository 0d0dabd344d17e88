import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { alerts, ruleGroups } from '../../../charts/common/alerts.ts';
import { reportMetrics } from '../../../charts/common/report-metrics.ts';

// promtool comes with Prometheus: https://prometheus.io/download/
const installed = spawnSync('promtool', ['--version']).status === 0;
const folder = mkdtempSync(join(tmpdir(), 'repoctl-rules-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const groups = ruleGroups('dev', 'dev-repoctl-exporter');
const rules = join(folder, 'rules.json');
writeFileSync(rules, JSON.stringify({ groups }));

const promtool = (...args: string[]) => {
  const { status, stdout, stderr } = spawnSync('promtool', args, { encoding: 'utf8' });
  return { status, text: stdout + stderr };
};

/** The series of a problem, as the exporter serves them. */
const problem = (resource: string, kind: string, state: string, reason: string, more = '') =>
  `${reportMetrics.problem.name}{environment="dev",namespace="shop",tier="project",project="shop",resource="${resource}",kind="${kind}",state="${state}",reason="${reason}"${more}}`;

/** Whether an alert fires, and of what: series with their values a minute, and when it is looked at. */
interface Case {
  readonly title: string;
  readonly series: readonly (readonly [series: string, values: string])[];
  readonly at: string;
  readonly fires: Readonly<Record<string, readonly string[]>>;
}

const up: Case['series'][number] = ['repoctl_up{environment="dev"}', '1x60'];

const cases: readonly Case[] = [
  { title: 'nothing is wrong', series: [up], at: '40m', fires: {} },
  {
    title: 'no exporter is scraped, though another environment has one',
    series: [['repoctl_up{environment="other"}', '1x60']],
    at: '6m',
    fires: { RepoctlReportMissing: [''] },
  },
  { title: 'the cluster can’t be read', series: [[up[0], '0x60']], at: '6m', fires: { RepoctlReportMissing: [''] } },
  {
    title: 'something is degraded, but not for long',
    series: [up, [problem('shop-api', 'Deployment', 'degraded', 'CrashLoopBackOff'), '1x60']],
    at: '4m',
    fires: {},
  },
  {
    title: 'something is degraded',
    series: [up, [problem('shop-api', 'Deployment', 'degraded', 'CrashLoopBackOff'), '1x60']],
    at: '6m',
    fires: { RepoctlResourceDegraded: ['shop-api'] },
  },
  {
    title: 'something is degraded for reasons that change in turns',
    series: [
      up,
      [problem('shop-api', 'Deployment', 'degraded', 'ErrImagePull'), '1 stale 1 stale 1 stale 1 stale'],
      [problem('shop-api', 'Deployment', 'degraded', 'ImagePullBackOff'), '_ 1 stale 1 stale 1 stale 1'],
    ],
    at: '6m',
    fires: { RepoctlResourceDegraded: ['shop-api'] },
  },
  {
    title: 'what waits for it is left to it',
    series: [
      up,
      [problem('shop-postgres', 'StatefulSet', 'degraded', 'OOMKilled'), '1x60'],
      [problem('shop-api', 'Deployment', 'degraded', 'Waiting', ',waiting_for="shop/shop-postgres"'), '1x60'],
    ],
    at: '6m',
    fires: { RepoctlResourceDegraded: ['shop-postgres'] },
  },
  {
    title: 'a reason of its own alert is in no other',
    series: [
      up,
      [problem('shop-nightly', 'CronJob', 'degraded', 'MissedRun'), '1x60'],
      [problem('shop-weekly', 'CronJob', 'degraded', 'LastRunFailed'), '1x60'],
      [problem('shop-api', 'Deployment', 'degraded', 'Flapping'), '1x60'],
      [problem('shop-web', 'Deployment', 'missing', 'NotApplied'), '1x60'],
      [problem('shop-postgres-backup', 'CronJob', 'degraded', 'BackupOld'), '1x60'],
      [problem('shop-postgres-backup-check', 'CronJob', 'degraded', 'BackupCheckFailed'), '1x60'],
    ],
    at: '6m',
    fires: {
      RepoctlCronJobMissed: ['shop-nightly'],
      RepoctlCronJobFailed: ['shop-weekly'],
      RepoctlResourceFlapping: ['shop-api'],
      RepoctlResourceMissing: ['shop-web'],
      RepoctlBackupOld: ['shop-postgres-backup'],
      RepoctlBackupFailed: ['shop-postgres-backup-check'],
    },
  },
];

describe('alerts', () => {
  test('have names that occur once, and say what to type', () => {
    expect(new Set(alerts.map(({ name }) => name)).size).toBe(alerts.length);
    for (const { name, description } of alerts)
      expect([name, description]).toEqual([name, expect.stringContaining('Type: ')]);
  });

  test('name only metrics that the exporter serves', () => {
    const names: readonly string[] = Object.values(reportMetrics).map(({ name }) => name);
    const used = alerts.flatMap(({ expr }) => expr('').match(/repoctl_\w+/g) ?? []);
    expect([...new Set(used)].filter((name) => !names.includes(name))).toEqual([]);
  });

  (installed ? test : test.skip)('are rules that Prometheus takes', () => {
    expect(promtool('check', 'rules', '--lint=all', '--lint-fatal', rules)).toMatchObject({ status: 0 });
  });

  (installed ? test : test.skip).each(cases)('$title', ({ series, at, fires }) => {
    const file = join(folder, 'test.json');
    const expected = alerts.map(({ name }) => ({
      eval_time: at,
      expr: `count by (resource) (ALERTS{alertname="${name}",alertstate="firing"})`,
      exp_samples: (fires[name] ?? []).map((resource) => ({
        labels: resource ? `{resource="${resource}"}` : '{}',
        value: 1,
      })),
    }));
    const tests = [
      {
        interval: '1m',
        input_series: series.map(([name, values]) => ({ series: name, values })),
        promql_expr_test: expected,
      },
    ];
    writeFileSync(file, JSON.stringify({ rule_files: [rules], evaluation_interval: '1m', tests }));
    const { status, text } = promtool('test', 'rules', file);
    expect([status, status === 0 ? '' : text]).toEqual([0, '']);
  });
});
