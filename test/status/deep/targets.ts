import { labelKeys } from '../../../charts/common/labels.ts';
import type { Target } from '../../../src/status/deep/check.ts';
import { targetsOf } from '../../../src/status/deep/targets.ts';
import type { Container, Pod } from '../../../src/status/rules/objects.ts';

/** A pod of a project's service or workload, as the cluster has it. */
export function pod(service: string, component: string, container: Partial<Container> = {}, ready = true): Pod {
  return {
    metadata: {
      name: `turfoo-${service}-0`,
      namespace: 'turfoo',
      labels: {
        [labelKeys.name]: service,
        [labelKeys.instance]: `turfoo-${service}`,
        [labelKeys.component]: component,
        [labelKeys.project]: 'turfoo',
      },
    },
    spec: { containers: [{ name: service, ...container }] },
    status: { conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }] },
  };
}

/** The pod as a check sees it when no configuration describes it. */
export function target(of: Pod, others: readonly Pod[] = []): Target {
  const [found] = targetsOf([{ name: 'turfoo', services: [], workloads: [] }], [of, ...others], 'kind-test');
  if (!found) throw new TypeError('not a target');
  return found;
}
