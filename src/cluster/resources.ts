/** How the API calls the objects of a kind. */
export interface Resource {
  readonly plural: string;
  readonly namespaced: boolean;
}

/** The kinds that every environment has, so that they need not be asked for. */
export const knownResources: Readonly<Record<string, Resource>> = {
  'v1 Namespace': { plural: 'namespaces', namespaced: false },
  'v1 Node': { plural: 'nodes', namespaced: false },
  'v1 Event': { plural: 'events', namespaced: true },
  'v1 Pod': { plural: 'pods', namespaced: true },
  'v1 Service': { plural: 'services', namespaced: true },
  'v1 Secret': { plural: 'secrets', namespaced: true },
  'v1 ConfigMap': { plural: 'configmaps', namespaced: true },
  'v1 PersistentVolumeClaim': { plural: 'persistentvolumeclaims', namespaced: true },
  'apps/v1 Deployment': { plural: 'deployments', namespaced: true },
  'apps/v1 StatefulSet': { plural: 'statefulsets', namespaced: true },
  'coordination.k8s.io/v1 Lease': { plural: 'leases', namespaced: true },
  'batch/v1 Job': { plural: 'jobs', namespaced: true },
  'batch/v1 CronJob': { plural: 'cronjobs', namespaced: true },
};

/** The path of an API version: `/api/v1`, `/apis/apps/v1`. */
export const versionPath = (apiVersion: string): string =>
  `${apiVersion.includes('/') ? '/apis' : '/api'}/${apiVersion}`;

/** The path of the objects of a kind, or of one of them. */
export function resourcePath(apiVersion: string, { plural, namespaced }: Resource, namespace?: string, name?: string) {
  const scope = namespaced && namespace ? `/namespaces/${encodeURIComponent(namespace)}` : '';
  return `${versionPath(apiVersion)}${scope}/${plural}${name ? `/${encodeURIComponent(name)}` : ''}`;
}
