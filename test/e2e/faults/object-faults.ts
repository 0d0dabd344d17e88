import { context, kubectl } from '../environment.ts';
import { run } from '../run.ts';
import { byStart, cramped, type Fault, inFaults, namespace, patch } from './fault.ts';
import { task } from './project.ts';

const start = /^repoctl infra project start faults --context \S+$/;

interface Job {
  readonly metadata: { readonly name: string; readonly labels: object };
  readonly spec: {
    readonly template: { readonly metadata: object; readonly spec: { containers: { command: string[] }[] } };
  };
}

/** What can be wrong with workloads and Services whose pods are, or would be, well. */
export const objectFaults: readonly Fault[] = [
  {
    name: 'job-fails',
    settings: task('job', { retries: 0 }),
    break(object) {
      const selector = `app.kubernetes.io/instance=${object}`;
      const { items } = JSON.parse(inFaults('get', 'jobs', '-l', selector, '-o', 'json').stdout) as { items: Job[] };
      const [job] = items;
      if (!job) throw new Error(`there is no job ${object}`);
      const { name, labels } = job.metadata;
      const [container] = job.spec.template.spec.containers;
      const failing = {
        apiVersion: 'batch/v1',
        kind: 'Job',
        metadata: { name, labels },
        spec: {
          backoffLimit: 0,
          template: {
            metadata: { labels },
            spec: {
              ...job.spec.template.spec,
              containers: [{ ...container, command: ['sh', '-c', 'echo column exists; exit 4'] }],
            },
          },
        },
      };
      const args = ['--context', context, '-n', namespace, 'replace', '--force', '-f', '-'];
      run('kubectl', args, { input: JSON.stringify(failing) });
    },
    expected: {
      status: 'failed',
      reason: /^BackoffLimitExceeded$/,
      cause: /^used up all its tries: container job-fails exited with 4: column exists/,
      advice: /^kubectl --context \S+ -n faults logs faults-job-fails-\S+ -c job-fails$/,
    },
    repair(object) {
      inFaults('delete', 'jobs', '-l', `app.kubernetes.io/instance=${object}`);
    },
  },
  {
    name: 'cronjob-suspended',
    settings: task('cronjob', { schedule: '0 3 * * *' }),
    break: (object) => patch(`cronjob/${object}`, { spec: { suspend: true } }),
    expected: {
      status: 'stopped',
      reason: /^Suspended$/,
      cause: /^its schedule is suspended$/,
      advice: /^kubectl --context \S+ -n faults patch cronjob\/faults-cronjob-suspended -p /,
    },
    repair: byStart,
  },
  {
    name: 'cronjob-stuck',
    settings: task('cronjob', { schedule: '0 3 * * *' }),
    break(object) {
      const containers = [{ name: 'cronjob-stuck', image: 'absent:local', imagePullPolicy: 'Never' }];
      const jobTemplate = { spec: { template: { spec: { containers } } } };
      patch(`cronjob/${object}`, { spec: { schedule: '* * * * *', jobTemplate } });
    },
    expected: {
      status: 'degraded',
      reason: /^ErrImageNeverPull$/,
      cause: /^its run faults-cronjob-stuck-\d+: .*; concurrencyPolicy Forbid keeps the next runs from starting$/,
      advice: /^repoctl infra project rebuild faults /,
    },
    repair(object) {
      inFaults('delete', `cronjob/${object}`);
    },
  },
  {
    name: 'quota-exceeded',
    project: cramped,
    break(object) {
      kubectl('-n', cramped, 'create', 'quota', 'one-pod', '--hard', 'pods=1');
      kubectl('-n', cramped, 'rollout', 'restart', `deployment/${object}`);
    },
    expected: {
      status: 'degraded',
      reason: /^FailedCreate$/,
      cause: /^its pods are refused: exceeded quota: one-pod, requested: pods=1, used: pods=1, limited: pods=1/,
      advice: /^kubectl --context \S+ -n cramped describe resourcequota$/,
    },
    repair(object) {
      kubectl('-n', cramped, 'delete', 'quota', 'one-pod');
      // What was refused is tried again ever more seldom.
      kubectl('-n', cramped, 'rollout', 'undo', `deployment/${object}`);
    },
  },
  {
    name: 'scaled-to-zero',
    break: (object) => {
      inFaults('scale', `deployment/${object}`, '--replicas', '0');
    },
    expected: { status: 'stopped', reason: /^ScaledToZero$/, cause: /^$/, advice: start },
    repair: byStart,
  },
  {
    name: 'paused',
    break: (object) => {
      inFaults('rollout', 'pause', `deployment/${object}`);
    },
    expected: {
      status: 'stopped',
      reason: /^Paused$/,
      cause: /^its rollout is paused$/,
      advice: /^kubectl --context \S+ -n faults rollout resume deployment\/faults-paused$/,
    },
    repair: (object) => {
      inFaults('rollout', 'resume', `deployment/${object}`);
    },
  },
  {
    name: 'workload-deleted',
    break: (object) => {
      inFaults('delete', `deployment/${object}`);
    },
    expected: { status: 'missing', reason: /^NotDeployed$/, cause: /^not deployed$/, advice: start },
    repair: byStart,
  },
  {
    name: 'service-deleted',
    break: (object) => {
      inFaults('delete', `service/${object}`);
    },
    expected: {
      status: 'degraded',
      reason: /^ServiceMissing$/,
      cause: /^there is no Service faults-service-deleted: nothing leads to its pods$/,
      advice: start,
    },
    repair: byStart,
  },
  {
    name: 'service-selects-nothing',
    break: (object) => patch(`service/${object}`, { spec: { selector: { app: 'nothing' } } }),
    expected: {
      status: 'degraded',
      reason: /^NoReadyEndpoint$/,
      cause:
        /^the Service faults-service-selects-nothing leads to no pod, although faults-service-selects-nothing-\S+ is ready/,
      advice: start,
    },
    repair: byStart,
  },
  {
    name: 'service-selects-others',
    break: (object) =>
      patch(`service/${object}`, {
        spec: { selector: { 'app.kubernetes.io/name': 'well', 'app.kubernetes.io/instance': 'faults-well' } },
      }),
    expected: {
      status: 'degraded',
      reason: /^WrongSelector$/,
      cause:
        /^the Service faults-service-selects-others leads to faults-well-\S+ instead of faults-service-selects-others-\S+: /,
      advice: start,
    },
    repair: byStart,
  },
  {
    name: 'service-port-renamed',
    break: (object) => patch(`service/${object}`, { spec: { ports: [{ port: 8000, targetPort: 'grpc' }] } }),
    expected: {
      status: 'degraded',
      reason: /^PortMissing$/,
      cause:
        /^the Service faults-service-port-renamed leads to no port: faults-service-port-renamed-\S+ has no port of the name/,
      advice: start,
    },
    repair: byStart,
  },
];
