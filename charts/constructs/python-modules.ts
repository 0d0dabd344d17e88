import type { ApiObject } from 'cdk8s';
import { addConfigMap } from '../common/k8s.ts';
import { objectLabels } from '../common/labels.ts';
import type { PodProps } from '../common/pod.ts';
import type { DeployedService } from './deployed-service.ts';

/** Python modules of repoctl's own, for a program that an image brings along. */
export interface PythonModules {
  /** Where they are in the container. */
  readonly directory: string;
  /** Their sources by name. */
  readonly sources: Readonly<Record<string, string>>;
}

const configMapOf = (pod: PodProps): string => `${pod.labelled.object}-module`;

// The image's own PYTHONPATH stays, and the program becomes process 1, so that it is the program that gets SIGTERM.
const start = (directory: string) => `export PYTHONPATH="${directory}\${PYTHONPATH:+:$PYTHONPATH}"; exec "$0" "$@"`;

/** The pod with modules on the path of a command. */
export function withModules(pod: PodProps, { directory }: PythonModules, command: readonly string[]): PodProps {
  const { container } = pod;
  return {
    ...pod,
    volumes: [{ name: 'module', configMap: { name: configMapOf(pod) } }, ...(pod.volumes ?? [])],
    container: {
      ...container,
      command: ['sh', '-c', start(directory), ...command],
      mounts: [{ volume: 'module', path: directory, readOnly: true }, ...(container.mounts ?? [])],
    },
  };
}

/** Adds the ConfigMap that the Deployment of such a pod mounts. */
export function addModules(service: DeployedService, pod: PodProps, { sources }: PythonModules): ApiObject {
  const configMap = addConfigMap(service, 'module', {
    metadata: { name: configMapOf(pod), labels: objectLabels(pod.labelled) },
    data: Object.fromEntries(Object.entries(sources).map(([name, source]) => [`${name}.py`, source])),
  });
  service.deployment.addDependency(configMap);
  return configMap;
}
