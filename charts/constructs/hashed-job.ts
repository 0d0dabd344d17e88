import { createHash } from 'node:crypto';
import { Construct } from 'constructs';
import { addJob } from '../common/k8s.ts';
import { objectLabels } from '../common/labels.ts';
import { type PodProps, podTemplate } from '../common/pod.ts';

export interface HashedJobProps extends PodProps {
  /** How long all its tries may take together. */
  readonly timeLimitSeconds: number;
  readonly retries: number;
}

/**
 * A job whose name ends in a hash of what it runs: `turfoo-migrate-1f0c9a2b`.
 *
 * A job can't be changed, so a change must be a new job; and what is unchanged must not run again when the manifests are
 * applied again.
 */
export class HashedJob extends Construct {
  constructor(scope: Construct, id: string, props: HashedJobProps) {
    super(scope, id);
    const { labelled } = props;
    const spec = {
      backoffLimit: props.retries,
      activeDeadlineSeconds: props.timeLimitSeconds,
      template: podTemplate({ ...props, restartPolicy: 'Never' }),
    };
    const hash = createHash('sha256').update(JSON.stringify(spec)).digest('hex').slice(0, 8);
    addJob(this, 'job', {
      metadata: { name: `${labelled.object}-${hash}`, labels: objectLabels(labelled) },
      spec,
    });
  }
}
