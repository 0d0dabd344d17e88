import { createRequire } from 'node:module';
import type { ApiObject, ApiObjectProps } from 'cdk8s';
import type * as Generated from 'cdk8s-plus-28/lib/imports/k8s.js';
import type { Construct } from 'constructs';

/** The fields that cdk8s-plus-28 spells in another way than the API. */
interface Spelling {
  clientIp: 'clientIP';
  clusterIp: 'clusterIP';
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
export type Lifecycle = Manifest<Generated.Lifecycle>;
export type PodSecurityContext = Manifest<Generated.PodSecurityContext>;
export type PodTemplateSpec = Manifest<Generated.PodTemplateSpec>;
export type Probe = Manifest<Generated.Probe>;
export type SecurityContext = Manifest<Generated.SecurityContext>;
export type Volume = Manifest<Generated.Volume>;

type Add<Props> = (scope: Construct, id: string, props: Manifest<Props>) => void;

/** Adds an API object to a construct. Its type is that of the API's schema, so that it is its own manifest. */
export const addConfigMap: Add<Generated.KubeConfigMapProps> = adder('v1', 'ConfigMap');
export const addCronJob: Add<Generated.KubeCronJobProps> = adder('batch/v1', 'CronJob');
export const addDeployment: Add<Generated.KubeDeploymentProps> = adder('apps/v1', 'Deployment');
export const addJob: Add<Generated.KubeJobProps> = adder('batch/v1', 'Job');
export const addService: Add<Generated.KubeServiceProps> = adder('v1', 'Service');
export const addStatefulSet: Add<Generated.KubeStatefulSetProps> = adder('apps/v1', 'StatefulSet');

function adder(apiVersion: string, kind: string) {
  return (scope: Construct, id: string, props: object): void => {
    new (plainObject())(scope, id, { ...props, apiVersion, kind });
  };
}

const require = createRequire(import.meta.url);
let loaded: typeof ApiObject | undefined;

/**
 * The class of API objects that hold nothing but data. cdk8s looks into every value for tokens and lazy values, of which
 * our constructs make none; that takes as long as the rest of a run over many projects.
 *
 * cdk8s is loaded on first use: reading the configuration needs the kinds' schemas, not their objects.
 */
function plainObject(): typeof ApiObject {
  const { ApiObject: Base } = require('cdk8s') as typeof import('cdk8s');
  loaded ??= class extends Base {
    readonly #props: ApiObjectProps;

    constructor(scope: Construct, id: string, props: ApiObjectProps) {
      super(scope, id, props);
      this.#props = props;
    }

    override toJson() {
      const { apiVersion, kind, metadata: _, ...rest } = this.#props;
      return { apiVersion, kind, metadata: this.metadata.toJson(), ...rest };
    }
  };
  return loaded;
}
