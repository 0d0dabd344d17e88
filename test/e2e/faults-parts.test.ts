import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, jest, test } from '@jest/globals';
import { images } from '../../charts/common/images.ts';
import { cluster, context, ensureCluster, kubectl, makeAvailable, repoctl } from './environment.ts';
import { flaw } from './faults/advice.ts';
import { mendParts, partFaults, replace, suffering } from './faults/parts.ts';
import { server, serverAfter, writeProject } from './faults/project.ts';
import { blamed, Reports, rowsOf } from './faults/reports.ts';
import { eventually, run } from './run.ts';

jest.setTimeout(600_000);

/** A server that talks to another one before it starts. */
const asking = {
  ...server,
  command: serverAfter(`echo | timeout 9 nc ${suffering}-well.${suffering} 8000 >/tmp/said || exit 1`),
};

const root = mkdtempSync(join(tmpdir(), 'repoctl-parts-'));
const reports = new Reports(root);
const healthy = (seconds: number) =>
  eventually('all is healthy', seconds, () => {
    const { status, stdout } = reports.run(suffering);
    expect([status, stdout]).toEqual([0, expect.stringMatching(/healthy/)]);
    expect(blamed(reports.read(suffering), () => false)).toEqual([]);
  });

beforeAll(() => {
  ensureCluster();
  writeFileSync(
    join(root, 'repoctl.yaml'),
    'name: parted\nglobal: { redis: false, minio: false, redisInsight: false }\n',
  );
  writeProject(root, suffering, { well: server, api: asking });
  mkdirSync(join(root, 'node_modules'));
  makeAvailable([images.busybox]);
  run('kind', ['load', 'docker-image', '--name', cluster, images.busybox]);
  repoctl(root, 'infra', 'project', 'start', suffering, '--context', context);
});

// One that failed leaves the others a whole cluster.
beforeEach(mendParts);

afterAll(() => {
  mendParts();
  kubectl('delete', 'namespace', suffering, 'parted', '--ignore-not-found', '--wait=false');
  rmSync(root, { recursive: true, force: true });
});

test.each(partFaults)(
  '$what: it is named once, and nobody else is blamed',
  async ({ culprit, victim, repair, ...fault }) => {
    await healthy(180);
    const others = new Set<string>();
    fault.break();
    await eventually('the cause', 240, () => {
      const document = reports.read(suffering);
      const row = rowsOf(document).find(({ namespace, object }) => culprit.key.test(`${namespace}/${object}`));
      // What it leads to, the Service of what is away, may be told before it.
      for (const line of blamed(
        document,
        ({ object, status }) => object === victim || object === row?.object || status === 'progressing',
      ))
        others.add(line);
      expect(row && [row.status, row.reason, row.cause]).toEqual([
        'degraded',
        expect.stringMatching(culprit.reason),
        expect.stringMatching(culprit.cause),
      ]);
      expect(row?.advice[0]?.command.join(' ')).toMatch(culprit.advice);
      expect(flaw(root, row?.advice[0]?.command ?? [])).toBeUndefined();
      const cause = document.causes.find(({ object }) => culprit.key.test(object));
      expect(cause?.victims).toEqual([`${suffering}/${victim}`]);
      expect(reports.run(suffering).status).toBe(1);
    });
    expect([...others]).toEqual([]);
    repair();
    // Crashes while something was away make the kubelet wait for up to five minutes: the next fault starts afresh.
    replace(victim.replace(`${suffering}-`, ''));
    await healthy(180);
  },
);
