import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { health, type Judged } from '../../../src/status/rules/health.ts';
import type { Surroundings } from '../../../src/status/rules/verdict.ts';

const folder = join(import.meta.dirname, 'fixtures', 'recorded');

/** An object of a real cluster (Kubernetes 1.34), with its pods, jobs, claims and events, less what no rule reads. */
interface Recorded extends Omit<Surroundings, 'now'> {
  readonly now: string;
  readonly object: Judged;
}

const recorded = (name: string) => JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8')) as Recorded;

/** File, status and reason (and `terminal`), and the rest of the verdict but the pod's name. */
const rows: [string, string, object][] = [
  [
    'bad-image',
    'degraded InvalidImageName terminal',
    {
      cause:
        'container bad-image: Failed to apply default image tag "Shop App:latest": couldn\'t parse image name "Shop App:latest": invalid reference format: repository name (library/Shop App) must be lowercase',
      advice: 'kubectl -n shop describe pod shop-bad-image-6f946bb9f6-dgcvt',
    },
  ],
  [
    'claim-blocky',
    'degraded ProvisioningFailed terminal',
    {
      cause: 'rancher.io/local-path does not support block volume provisioning',
      advice: 'kubectl -n shop describe pvc blocky',
    },
  ],
  [
    'claim-no-class',
    'degraded ProvisioningFailed terminal',
    { cause: 'storageclass.storage.k8s.io "absent" not found', advice: 'kubectl get storageclass' },
  ],
  ['claim-store', 'healthy Bound', {}],
  ['claim-unused', 'healthy WaitForFirstConsumer', { warning: 'gets its volume when a pod uses it' }],
  [
    'crash',
    'degraded CrashLoopBackOff terminal',
    {
      cause: 'container crash exited with 3: no such table: users (4 restarts, the last 17 s ago)',
      advice: 'repoctl infra project logs shop crash --previous',
    },
  ],
  [
    'creating',
    'progressing ContainerCreating',
    { cause: 'container fine: being created for 7 s', advice: 'kubectl -n shop describe pod shop-fine-9849b898-g5wbq' },
  ],
  [
    'cron-failing',
    'degraded LastRunFailed',
    {
      cause:
        'its last run at 2026-11-21T14:42:00Z did not succeed: used up all its tries: container failing exited with 4',
      advice: 'kubectl -n shop logs shop-failing-29921202-nt88n -c failing',
    },
  ],
  ['cron-good', 'healthy Succeeded', {}],
  [
    'cron-sleepy',
    'stopped Suspended',
    {
      cause: 'its schedule is suspended',
      advice: 'kubectl -n shop patch cronjob/shop-sleepy -p \'{"spec":{"suspend":false}}\'',
    },
  ],
  [
    'deadline',
    'degraded Unhealthy',
    {
      cause: 'container deadline has not been ready for 113 s: the command false fails',
      advice: 'repoctl infra project logs shop deadline',
    },
  ],
  ['fine', 'healthy Available', {}],
  [
    'first-crash',
    'degraded Error',
    {
      cause: 'container crash exited with 3: no such table: users (5 s ago)',
      advice: 'repoctl infra project logs shop crash',
    },
  ],
  [
    'flaky',
    'healthy Available',
    {
      warning: '1 restart, the last 104 s ago: container flaky exited with 1',
      advice: 'repoctl infra project logs shop flaky --previous',
    },
  ],
  [
    'gated',
    'progressing SchedulingGated',
    {
      cause: 'held back by the scheduling gate repoctl.dev/quota',
      advice: "kubectl -n shop get pod shop-gated-7b95fcd8c8-22zt4 -o jsonpath='{.spec.schedulingGates}'",
    },
  ],
  [
    'hook',
    'degraded CrashLoopBackOff terminal',
    {
      cause:
        'container hook exited with 143 (SIGTERM) because its postStart hook failed (4 restarts, the last 9 s ago)',
      advice: 'repoctl infra project logs shop hook --previous',
    },
  ],
  [
    'image-back-off',
    'degraded ImagePullBackOff terminal',
    {
      cause: "container no-image: can't pull the image shop-app:absent: its registry's name can't be resolved",
      advice: 'repoctl infra project rebuild shop',
    },
  ],
  [
    'job-held',
    'stopped Suspended',
    { advice: 'kubectl -n shop patch job/shop-held-0a1b2c3d -p \'{"spec":{"suspend":false}}\'' },
  ],
  [
    'job-late',
    'failed DeadlineExceeded terminal',
    { cause: 'took longer than its time limit', advice: 'kubectl -n shop describe job/shop-late-0a1b2c3d' },
  ],
  [
    'job-migrate',
    'failed BackoffLimitExceeded terminal',
    {
      cause: 'used up all its tries: container migrate exited with 2',
      advice: 'kubectl -n shop logs shop-migrate-0a1b2c3d-gjz4m -c migrate',
    },
  ],
  [
    'job-retry',
    'progressing Retrying',
    {
      cause: 'waiting for its next try; 4 of 7 tries failed, the last one: container retry exited with 2',
      advice: 'kubectl -n shop logs shop-retry-0a1b2c3d-rnl5d -c retry',
    },
  ],
  ['job-running', 'progressing Running', { cause: 'running' }],
  ['job-seed', 'healthy Complete', {}],
  [
    'just-started',
    'progressing NotReady',
    { cause: 'container unready: waiting for readiness for 3 s', advice: 'repoctl infra project logs shop unready' },
  ],
  [
    'just-unschedulable',
    'progressing Unschedulable',
    { cause: 'not enough cpu is free (0/1 nodes are available: 1 Insufficient cpu.)' },
  ],
  [
    'killed',
    'degraded CrashLoopBackOff terminal',
    {
      cause:
        'container killed exited with 137 (SIGKILL) because its liveness probe failed (Get "http://10.244.0.14:8000/alive": dial tcp 10.244.0.14:8000: connect: connection refused) (5 restarts, the last 10 s ago)',
      advice: 'repoctl infra project logs shop killed --previous',
    },
  ],
  [
    'never-pull',
    'degraded ErrImageNeverPull terminal',
    {
      cause: 'container never-pull: Container image "shop-app:absent" is not present with pull policy of Never',
      advice: 'repoctl infra project rebuild shop',
    },
  ],
  [
    'no-command',
    'degraded CrashLoopBackOff terminal',
    {
      cause:
        'container no-command can\'t start: its program is not in the image: exec: "/no/such/program": stat /no/such/program: no such file or directory (4 restarts, the last 18 s ago)',
      advice: 'kubectl -n shop describe pod shop-no-command-86f675777c-z2rf6',
    },
  ],
  [
    'no-config',
    'degraded CreateContainerConfigError terminal',
    { cause: 'container no-config: there is no ConfigMap shop-settings', advice: 'repoctl infra project start shop' },
  ],
  [
    'no-image',
    'degraded ErrImagePull terminal',
    {
      cause: "container no-image: can't pull the image shop-app:absent: its registry's name can't be resolved",
      advice: 'repoctl infra project rebuild shop',
    },
  ],
  [
    'no-key',
    'degraded CreateContainerConfigError terminal',
    {
      cause:
        "container no-key: Secret shop/shop-env has no key API_KEY; fill in the project's infra/.env and start again",
      advice: 'repoctl infra project start shop',
    },
  ],
  [
    'no-mount',
    'degraded FailedMount terminal',
    {
      cause: 'MountVolume.SetUp failed for volume "t" : secret "shop-absent" not found',
      advice: 'kubectl -n shop describe pod shop-no-mount-8f7cb94c6-wghcx',
    },
  ],
  [
    'no-secret',
    'degraded CreateContainerConfigError terminal',
    {
      cause: "container no-secret: there is no Secret shop-absent; fill in the project's infra/.env and start again",
      advice: 'repoctl infra project start shop',
    },
  ],
  [
    'oom',
    'degraded OOMKilled terminal',
    {
      cause: 'container oom used more memory than its limit of 32Mi (4 restarts, the last 14 s ago); raise its limit',
      advice: 'repoctl infra project start shop',
    },
  ],
  [
    'paused',
    'stopped Paused',
    { cause: 'its rollout is paused', advice: 'kubectl -n shop rollout resume deployment/shop-paused' },
  ],
  [
    'pod-blocky',
    'degraded ProvisioningFailed terminal',
    {
      cause: 'claim blocky: rancher.io/local-path does not support block volume provisioning',
      advice: 'kubectl -n shop describe pvc blocky',
    },
  ],
  [
    'pod-held',
    'degraded Terminating',
    {
      cause: 'should have been gone 107 s ago; held by the finalizer example.com/hold',
      advice: "kubectl -n shop get pod held -o jsonpath='{.metadata.finalizers}'",
    },
  ],
  [
    'quota',
    'degraded FailedCreate',
    {
      cause: 'its pods are refused: exceeded quota: pods, requested: pods=1, used: pods=0, limited: pods=0',
      advice: 'kubectl -n tight describe resourcequota',
    },
  ],
  [
    'set-db',
    'degraded CrashLoopBackOff terminal',
    {
      cause: 'container db exited with 1 (4 restarts, the last 12 s ago)',
      advice: 'repoctl infra project logs shop db',
    },
  ],
  [
    'set-no-class',
    'degraded ProvisioningFailed terminal',
    {
      cause: 'claim data-shop-no-class-0: storageclass.storage.k8s.io "absent" not found',
      advice: 'kubectl get storageclass',
    },
  ],
  ['set-store', 'healthy Ready', {}],
  [
    'slow-start',
    'progressing Starting',
    {
      cause: 'container slow-start has not passed its startup probe for 114 s: the command false fails',
      advice: 'repoctl infra project logs shop slow-start',
    },
  ],
  [
    'too-big',
    'degraded Unschedulable',
    {
      cause: 'no node for 2 min: not enough cpu is free (0/1 nodes are available: 1 Insufficient cpu.)',
      advice: 'kubectl describe nodes',
    },
  ],
  [
    'two',
    'degraded CrashLoopBackOff terminal',
    {
      cause: 'container sidecar exited with 127 (program not found) (4 restarts, the last 14 s ago)',
      advice: 'kubectl -n shop logs shop-two-8f66d66c6-c8757 -c sidecar',
    },
  ],
  [
    'unready',
    'degraded Unhealthy',
    {
      cause: 'container unready has not been ready for 114 s: the command false fails',
      advice: 'repoctl infra project logs shop unready',
    },
  ],
  [
    'wait-fail',
    'degraded CrashLoopBackOff',
    {
      cause:
        'init container wait-shop--api (1/1) gave up waiting for shop/shop-api: connection refused (4 restarts, the last 19 s ago)',
      advice: 'kubectl -n shop logs shop-wait-fail-7c745c5d89-7slsz -c wait-shop--api --previous',
      waitingFor: 'shop/shop-api',
    },
  ],
  [
    'wait-forever',
    'progressing PodInitializing',
    {
      cause: 'waiting for redis for 114 s (wait-redis, 1/1)',
      advice: 'kubectl -n shop logs shop-wait-forever-844cfb8f59-krwm8 -c wait-redis',
      waitingFor: 'redis',
    },
  ],
  [
    'wrong-arch',
    'degraded CrashLoopBackOff terminal',
    {
      cause: 'container wrong-arch exited with 1 (4 restarts, the last 29 s ago)',
      advice: 'repoctl infra project logs shop wrong-arch --previous',
    },
  ],
  ['zero', 'stopped ScaledToZero', { advice: 'repoctl infra project start shop' }],
];

test.each(rows)('%s is %s', (name, short, details) => {
  const { now, object, ...around } = recorded(name);
  const { status, reason, terminal, pod, ...rest } = health(object, { ...around, now: new Date(now) });
  expect(`${status} ${reason}${terminal ? ' terminal' : ''}`).toBe(short);
  expect(rest).toEqual(details);
  if (pod !== undefined) expect([object, ...(around.pods ?? [])].map(({ metadata }) => metadata.name)).toContain(pod);
});

test('every recorded object is judged', () => {
  expect(rows.map(([name]) => `${name}.json`).sort()).toEqual(readdirSync(folder).sort());
});
