/** The API version of each kind of Kubernetes that repoctl reads or writes. */
export const apiVersions = {
  AppProject: 'argoproj.io/v1alpha1',
  ApplicationSet: 'argoproj.io/v1alpha1',
  Cluster: 'postgresql.cnpg.io/v1',
  ClusterRole: 'rbac.authorization.k8s.io/v1',
  ClusterRoleBinding: 'rbac.authorization.k8s.io/v1',
  ConfigMap: 'v1',
  CronJob: 'batch/v1',
  DaemonSet: 'apps/v1',
  Deployment: 'apps/v1',
  EndpointSlice: 'discovery.k8s.io/v1',
  Event: 'v1',
  ExternalSecret: 'external-secrets.io/v1',
  HTTPRoute: 'gateway.networking.k8s.io/v1',
  HorizontalPodAutoscaler: 'autoscaling/v2',
  GitRepository: 'source.toolkit.fluxcd.io/v1',
  Ingress: 'networking.k8s.io/v1',
  Job: 'batch/v1',
  Kustomization: 'kustomize.toolkit.fluxcd.io/v1',
  Lease: 'coordination.k8s.io/v1',
  LimitRange: 'v1',
  List: 'v1',
  Namespace: 'v1',
  NetworkPolicy: 'networking.k8s.io/v1',
  Node: 'v1',
  ObjectStore: 'barmancloud.cnpg.io/v1',
  PersistentVolume: 'v1',
  PersistentVolumeClaim: 'v1',
  Pod: 'v1',
  PodDisruptionBudget: 'policy/v1',
  PodMonitor: 'monitoring.coreos.com/v1',
  PrometheusRule: 'monitoring.coreos.com/v1',
  ResourceQuota: 'v1',
  Role: 'rbac.authorization.k8s.io/v1',
  RoleBinding: 'rbac.authorization.k8s.io/v1',
  ScheduledBackup: 'postgresql.cnpg.io/v1',
  SealedSecret: 'bitnami.com/v1alpha1',
  ScaledObject: 'keda.sh/v1alpha1',
  Secret: 'v1',
  Service: 'v1',
  ServiceAccount: 'v1',
  ServiceMonitor: 'monitoring.coreos.com/v1',
  StatefulSet: 'apps/v1',
  Status: 'v1',
  StorageClass: 'storage.k8s.io/v1',
} as const;

/** A kind of Kubernetes that repoctl reads or writes. */
export type ApiKind = keyof typeof apiVersions;

/** The two fields that say what an object is; the API calls them so. */
export interface TypeMeta<Kind extends ApiKind = ApiKind> {
  readonly apiVersion: (typeof apiVersions)[Kind];
  readonly kind: Kind;
}

/** The first two fields of an object or a reference, e.g. `{ ...typeMeta('Pod'), metadata }`. */
export const typeMeta = <Kind extends ApiKind>(kind: Kind): TypeMeta<Kind> => ({ apiVersion: apiVersions[kind], kind });

/** What `kustomize build` reads; Flux has a kind of the same name. */
export const kustomizeVersion = 'kustomize.config.k8s.io/v1beta1';

/** Version of the document that `repoctl status -o json` prints; within a version, fields are only added. */
export const statusReportVersion = 'repoctl.dev/v1alpha1';
