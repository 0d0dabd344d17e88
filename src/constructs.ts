// What a project's infra/chart.ts can build on, beside cdk8s and cdk8s-plus-28: `import … from 'repoctl/constructs'`.
export { type Connection, environment, type Variable } from '../charts/common/connection.ts';
export {
  addConfigMap,
  addCronJob,
  addDeployment,
  addService,
  addStatefulSet,
  type Container,
  type EnvVar,
  type PodTemplateSpec,
  type Probe,
  type Volume,
} from '../charts/common/k8s.ts';
export type { PodsConstruct } from '../charts/common/kind.ts';
export { type Labelled, objectLabels, selectorLabels } from '../charts/common/labels.ts';
export { objectName, serviceHost } from '../charts/common/names.ts';
export { type ContainerProps, container, type Mount, type PodProps, podTemplate } from '../charts/common/pod.ts';
export { fileIsFresh, type HealthCheck, type Probes, probeAction, probes } from '../charts/common/probes.ts';
export { secretVolume } from '../charts/common/secret-files.ts';
export { type Awaited, waitFor } from '../charts/common/wait.ts';
export { addClusterService } from '../charts/constructs/cluster-service.ts';
export { DeployedService, type DeployedServiceProps } from '../charts/constructs/deployed-service.ts';
export { HashedJob, type HashedJobProps } from '../charts/constructs/hashed-job.ts';
export { StatefulService, type StatefulServiceProps } from '../charts/constructs/stateful-service.ts';
export { GlobalChart } from '../charts/global-chart.ts';
export { ProjectChart } from '../charts/project-chart.ts';
