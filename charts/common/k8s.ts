import { createRequire } from 'node:module';
import type { ApiObject, ApiObjectProps, JsonPatch } from 'cdk8s';
import type * as Generated from 'cdk8s-plus-28/lib/imports/k8s.js';
import type { Construct } from 'constructs';
import { type ApiKind, typeMeta } from './api-versions.ts';
import { copyOf } from './copy-of.ts';
import type { ManifestObject } from './manifest-object.ts';

/** The fields that cdk8s-plus-28 spells in another way than the API. */
interface Spelling {
  clientIp: 'clientIP';
  clusterIp: 'clusterIP';
  downwardApi: 'downwardAPI';
  hostIp: 'hostIP';
  hostIpc: 'hostIPC';
  hostPid: 'hostPID';
  loadBalancerIp: 'loadBalancerIP';
  nonResourceUrLs: 'nonResourceURLs';
  setHostnameAsFqdn: 'setHostnameAsFQDN';
}

/** A type that cdk8s-plus-28 generates from the API's own schema, as it stands in a manifest. */
type Manifest<Type> = Type extends Generated.IntOrString | Generated.Quantity
  ? number | string
  : Type extends { toISOString(): string }
    ? string
    : Type extends readonly (infer Item)[]
      ? readonly Manifest<Item>[]
      : Type extends object
        ? { readonly [Key in keyof Type as Key extends keyof Spelling ? Spelling[Key] : Key]: Manifest<Type[Key]> }
        : Type;

export type Container = Manifest<Generated.Container>;
export type EnvVar = Manifest<Generated.EnvVar>;
type LifecycleHandler = Manifest<Generated.LifecycleHandler> & {
  /** The kubelet waits itself; from 1.30 on. */
  readonly sleep?: { readonly seconds: number };
};
export type Lifecycle = { readonly [Moment in keyof Generated.Lifecycle]: LifecycleHandler };
export type NetworkPolicyPeer = Manifest<Generated.NetworkPolicyPeer>;
export type ObjectMeta = Manifest<Generated.ObjectMeta>;
export type PodSecurityContext = Manifest<Generated.PodSecurityContext>;
export type PodTemplateSpec = Manifest<Generated.PodTemplateSpec>;
export type Probe = Manifest<Generated.Probe>;
export type SecurityContext = Manifest<Generated.SecurityContext>;
export type Volume = Manifest<Generated.Volume>;

type Add<Props> = (scope: Construct, id: string, props: Manifest<Props>) => ApiObject;

/** Adds an API object to a construct. Its type is that of the API's schema, so that it is its own manifest. */
export const addClusterRole: Add<Generated.KubeClusterRoleProps> = adder('ClusterRole');
export const addClusterRoleBinding: Add<Generated.KubeClusterRoleBindingProps> = adder('ClusterRoleBinding');
export const addConfigMap: Add<Generated.KubeConfigMapProps> = adder('ConfigMap');
export const addCronJob: Add<Generated.KubeCronJobProps> = adder('CronJob');
export const addDeployment: Add<Generated.KubeDeploymentProps> = adder('Deployment');
export const addHorizontalPodAutoscaler: Add<Generated.KubeHorizontalPodAutoscalerV2Props> =
  adder('HorizontalPodAutoscaler');
export const addIngress: Add<Generated.KubeIngressProps> = adder('Ingress');
export const addNetworkPolicy: Add<Generated.KubeNetworkPolicyProps> = adder('NetworkPolicy');
export const addPersistentVolumeClaim: Add<Generated.KubePersistentVolumeClaimProps> = adder('PersistentVolumeClaim');
export const addPodDisruptionBudget: Add<Generated.KubePodDisruptionBudgetProps> = adder('PodDisruptionBudget');
export const addRole: Add<Generated.KubeRoleProps> = adder('Role');
export const addRoleBinding: Add<Generated.KubeRoleBindingProps> = adder('RoleBinding');
export const addService: Add<Generated.KubeServiceProps> = adder('Service');
export const addServiceAccount: Add<Generated.KubeServiceAccountProps> = adder('ServiceAccount');
export const addStatefulSet: Add<Generated.KubeStatefulSetProps> = adder('StatefulSet');

/** An object of a kind that is not Kubernetes' own: nobody has its types. */
interface CustomProps {
  readonly metadata: Generated.ObjectMeta;
  readonly spec: object;
}

export const addDatabaseCluster: Add<CustomProps> = adder('Cluster');
export const addExternalSecret: Add<CustomProps> = adder('ExternalSecret');
export const addScaledObject: Add<CustomProps> = adder('ScaledObject');
export const addScheduledBackup: Add<CustomProps> = adder('ScheduledBackup');
export const addSealedSecret: Add<CustomProps> = adder('SealedSecret');
export const addHttpRoute: Add<CustomProps> = adder('HTTPRoute');
export const addObjectStore: Add<CustomProps> = adder('ObjectStore');
export const addPodMonitor: Add<CustomProps> = adder('PodMonitor');
export const addPrometheusRule: Add<CustomProps> = adder('PrometheusRule');
export const addServiceMonitor: Add<CustomProps> = adder('ServiceMonitor');

/** Adds a Job whose name carries a hash of its final form, patches included. */
export const addNamedJob: (...given: [...Parameters<Add<Generated.KubeJobProps>>, nameOf: NameOf]) => ApiObject =
  adder('Job');

/** Gives an object's name from what it is once all patches are applied. */
type NameOf = (object: ManifestObject) => string;

function adder(kind: ApiKind) {
  return (scope: Construct, id: string, props: object, nameOf?: NameOf): ApiObject =>
    new (literalObject())(scope, id, { ...props, ...typeMeta(kind) }, nameOf);
}

/** Makes another object of one, into which it may write. */
type Change = (object: ManifestObject) => ManifestObject;

/** Has an API object go through a change before it is printed, after those that were given before. */
export function changeObject(object: ApiObject, change: Change): void {
  // Not `instanceof`: that of cdk8s's own class, which takes any API object for one, is inherited.
  if ('addChange' in object) (object as LiteralObject).addChange(change);
  else {
    // Others convert what was said of them when they are printed; a change is made to what comes out.
    const toJson = object.toJson.bind(object);
    object.toJson = () => change(toJson() as ManifestObject);
  }
}

type LiteralObjectClass = new (scope: Construct, id: string, literal: ApiObjectProps, nameOf?: NameOf) => LiteralObject;

interface LiteralObject extends ApiObject {
  addChange(change: Change): void;
}

/** Kinds whose objects belong to no namespace. */
const clusterKinds: readonly ApiKind[] = ['ClusterRole', 'ClusterRoleBinding'];

const require = createRequire(import.meta.url);
let loaded: LiteralObjectClass | undefined;

/**
 * The class of API objects that are literals: what is given is the manifest, but for metadata and patches, which work as
 * in every `ApiObject`. cdk8s looks into every value for tokens and lazy values, of which our constructs make none; that
 * takes as long as the rest of a run over many projects.
 *
 * cdk8s is loaded on first use: reading the configuration needs the kinds' schemas, not their objects.
 */
function literalObject(): LiteralObjectClass {
  if (loaded) return loaded;
  const { ApiObject: Base, JsonPatch } = require('cdk8s') as typeof import('cdk8s');
  loaded = class LiteralObject extends Base {
    readonly #literal: ApiObjectProps;
    readonly #changes: Change[] = [];
    readonly #nameOf: NameOf | undefined;

    constructor(scope: Construct, id: string, literal: ApiObjectProps, nameOf?: NameOf) {
      super(scope, id, literal);
      this.#literal = literal;
      this.#nameOf = nameOf;
    }

    override addJsonPatch(...patches: JsonPatch[]) {
      for (const patch of patches) this.#changes.push((object) => this.#patched(object, patch));
    }

    addChange(change: Change) {
      this.#changes.push(change);
    }

    /** @throws Error that names the object and the patch which does not fit it */
    override toJson(): ManifestObject {
      const { apiVersion, kind, metadata: _, ...rest } = this.#literal;
      const { namespace, ...metadata } = this.metadata.toJson();
      // A chart puts all its objects into its namespace.
      const where = clusterKinds.includes(kind as ApiKind) ? metadata : { ...metadata, namespace };
      let object = { apiVersion, kind, metadata: where, ...rest } as ManifestObject;
      // Literals share parts, and hold fields that are undefined: a patch gets a copy without either.
      if (this.#changes.length > 0) object = copyOf(object);
      for (const change of this.#changes) object = change(object);
      if (this.#nameOf) object = { ...object, metadata: { ...object.metadata, name: this.#nameOf(object) } };
      return object;
    }

    #patched(object: ManifestObject, patch: JsonPatch): ManifestObject {
      try {
        return JsonPatch.apply(object, patch);
      } catch (error) {
        const { operation } = patch as unknown as {
          readonly operation: { readonly op: string; readonly path: string };
        };
        const [reason] = String((error as Error).message).split('\n');
        throw new Error(`${object.kind}/${this.name}: can't ${operation.op} ${operation.path}: ${reason}`, {
          cause: error,
        });
      }
    }
  };
  return loaded;
}
