import type { ApiObject } from 'cdk8s';
import type { Construct } from 'constructs';
import { z } from 'zod';
import { command, type Resources } from '../common/fields.ts';
import type { Workload, WorkloadContext } from '../common/kind.ts';
import { metricsField } from '../common/metrics.ts';
import type { PodSettings } from '../common/pod-fields.ts';
import { type ContainerPort, portsField } from '../common/ports.ts';
import type { Probes } from '../common/probes.ts';
import { startupSeconds, workloadFields } from '../common/workload-fields.ts';
import { workloadPod } from '../common/workload-pod.ts';
import { directory, module, moduleSource } from './celery-module.ts';
import { reloadModule, reloadSource } from './celery-reload.ts';
import { DeployedService, type DeployedServiceProps } from './deployed-service.ts';
import { librariesModule, librariesSource } from './python-libraries.ts';
import { addModules, withModules } from './python-modules.ts';

const { args: _args, ...fields } = workloadFields;

/** What worker and beat both understand. */
export const celeryFields = {
  ...fields,
  app: z
    .string()
    .regex(/^[A-Za-z_][\w.]*(:[A-Za-z_]\w*)?$/, 'must be a Python module such as turfoo.worker, or module:attribute')
    .describe('Module of the Celery application, as for `celery --app`.'),
  logLevel: z
    .enum(['DEBUG', 'INFO', 'WARNING', 'ERROR'])
    .default('INFO')
    .describe('The lowest level of messages in its log.'),
  options: command.optional().describe('More options for the celery command.'),
  ports: portsField,
  metrics: metricsField(),
  startupSeconds,
};

interface CelerySettings extends PodSettings {
  readonly app: string;
  readonly logLevel: string;
  readonly options?: readonly string[];
  readonly ports?: Readonly<Record<string, ContainerPort>>;
  readonly resources: Resources;
}

export interface CeleryProcessProps {
  readonly component: string;
  readonly role: 'worker' | 'beat';
  /** What follows `celery --app APP ROLE`. */
  readonly arguments: readonly string[];
  readonly probes: Probes;
  readonly replicas: number | undefined;
  readonly strategy: DeployedServiceProps['strategy'];
  readonly graceSeconds: number;
  readonly variables: WorkloadContext['variables'];
}

/** A `celery` command with repoctl's module on its path: a Deployment. */
export class CeleryProcess extends DeployedService {
  /** What tells Kubernetes how it is doing. */
  readonly module: ApiObject;

  constructor(
    scope: Construct,
    workload: Workload<CelerySettings>,
    context: WorkloadContext,
    props: CeleryProcessProps,
  ) {
    const { settings } = workload;
    const { app, options = [] } = settings;
    const celery = ['celery', '--app', app, props.role, ...props.arguments, ...options];
    const stopSeconds = props.graceSeconds;
    const synced = context.synced.length > 0;
    const reload = ['python', '-m', reloadModule, props.role, ...context.synced, '--'];
    const pod = workloadPod({ ...workload, settings: { ...settings, stopSeconds } }, props.component, context);
    const modules = {
      directory,
      sources: {
        [module]: moduleSource,
        ...(synced && { [reloadModule]: reloadSource, [librariesModule]: librariesSource }),
      },
    };
    const { container, ...mounted } = withModules(pod, modules, [...(synced ? reload : []), ...celery]);
    super(scope, workload.name, {
      ...mounted,
      replicas: props.replicas,
      strategy: props.strategy,
      container: { ...container, variables: props.variables, probes: props.probes, ports: settings.ports },
    });
    this.module = addModules(this, pod, modules);
  }
}
