import { readFileSync } from 'node:fs';
import { expectedLabels, expectedObject, expectedSchema } from '../../charts/common/expected-list.ts';
import { UsageError } from '../platform/errors.ts';
import type { ExpectedEnvironment } from '../status/report/expected.ts';

/**
 * Reads the list of what an environment should have running, which the manifests of the exporter hold in a ConfigMap.
 *
 * @throws UsageError if it can't be read, or is no such list
 */
export function readExpected(file: string): ExpectedEnvironment {
  const { environment, namespaces } = parse(file);
  return {
    environment,
    namespaces: namespaces.map((each) => ({
      name: each.namespace,
      labels: expectedLabels(environment, each),
      services: [],
      workloads: each.workloads.map((text) => ({ ...expectedObject(each.scope, text), after: [] })),
    })),
  };
}

function parse(file: string) {
  try {
    const { data, error } = expectedSchema.safeParse(JSON.parse(readFileSync(file, 'utf8')));
    if (data) return data;
    const [issue] = error.issues;
    throw new Error(`${issue?.path.join('.')}: ${issue?.message}`);
  } catch (error) {
    throw new UsageError(
      `${file}: ${(error as Error).message}`,
      'Expected the expected.json of the ConfigMap that repoctl synth makes for global.exporter',
      { cause: error },
    );
  }
}
