import { hash } from 'node:crypto';
import type { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import { addNamedJob } from '../common/k8s.ts';
import type { Labelled } from '../common/labels.ts';
import type { ManifestObject } from '../common/manifest-object.ts';
import { controllerMetadata, type PodProps, podTemplate } from '../common/pod.ts';

export interface HashedJobProps extends PodProps {
  /** The longest time of all its tries together. */
  readonly timeLimitSeconds: number;
  readonly retries: number;
  /** An exit code after which there is no other try: what failed would fail again. @default every failure is tried again */
  readonly finalExitCode?: number;
}

/**
 * A job whose name ends in a hash of what it runs: `turfoo-migrate-1f0c9a2b`.
 *
 * A job can't be changed, so a change must be a new job; and what is unchanged must not run again when the manifests are
 * applied again. A patch changes what it runs as well, so the name is made at synthesis.
 */
export class HashedJob extends Construct {
  /** Whether a construct is one; `instanceof` fails where a chart.ts has loaded another copy of this class. */
  static isHashedJob(construct: object): construct is HashedJob {
    return brand in construct;
  }

  readonly job: ApiObject;
  readonly labelled: Labelled;
  /** Its name as it was printed last; none before. */
  printedName: string | undefined;

  constructor(scope: Construct, id: string, props: HashedJobProps) {
    super(scope, id);
    this.labelled = props.labelled;
    Object.defineProperty(this, brand, { value: true });
    this.job = addNamedJob(
      this,
      'job',
      {
        metadata: controllerMetadata(props),
        spec: {
          backoffLimit: props.retries,
          activeDeadlineSeconds: props.timeLimitSeconds,
          ...(props.finalExitCode && { podFailurePolicy: failsAt(props.finalExitCode) }),
          template: podTemplate({ ...props, restartPolicy: 'Never' }),
        },
      },
      ({ metadata, spec }: ManifestObject) => {
        this.printedName = `${metadata?.name}-${digest(spec)}`;
        return this.printedName;
      },
    );
    this.node.defaultChild = this.job;
  }

  /** Its name as it is now: a patch that is added later changes it. */
  get jobName(): string {
    return (this.job.toJson() as ManifestObject).metadata?.name ?? '';
  }
}

const failsAt = (exitCode: number) => ({
  rules: [{ action: 'FailJob', onExitCodes: { operator: 'In', values: [exitCode] }, onPodConditions: [] }],
});

const brand = Symbol.for('repoctl.HashedJob');

const digest = (value: unknown) => hash('sha256', JSON.stringify(value)).slice(0, 8);
