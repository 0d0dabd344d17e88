import type { Construct } from 'constructs';
import type { Service } from '../common/kind.ts';
import { labelled } from '../common/labelled.ts';
import type { Labelled } from '../common/labels.ts';
import type { PodProps } from '../common/pod.ts';
import { HashedJob, type HashedJobProps } from './hashed-job.ts';

/** What a job that sets a server up differs in from the others of its sort. */
export interface SetupJobProps extends Pick<HashedJobProps, 'user' | 'group' | 'volumes' | 'finalExitCode'> {
  readonly container: Omit<PodProps['container'], 'resources'>;
  /** Request and limit. */
  readonly memory: readonly [string, string];
  /** Request. */
  readonly cpu: string;
}

/** Name and labels of a service's setup job: `NAME-ID`. */
export const setupJobLabels = (service: Service, id: string): Labelled =>
  labelled({ ...service, name: `${service.name}-${id}`, object: `${service.object}-${id}` }, 'setup');

/**
 * A job that sets up a server which runs: buckets, users, vhosts, roles. It runs again when what it sets up changes, waits for
 * the server itself, and may take 15 minutes in up to 7 tries.
 */
export class SetupJob extends HashedJob {
  constructor(scope: Construct, id: string, service: Service, { memory, cpu, container, ...pod }: SetupJobProps) {
    super(scope, id, {
      ...pod,
      labelled: setupJobLabels(service, id),
      graceSeconds: 10,
      timeLimitSeconds: 900,
      retries: 6,
      container: {
        ...container,
        resources: { requests: { cpu, memory: memory[0] }, limits: { cpu: '500m', memory: memory[1] } },
      },
    });
  }
}
