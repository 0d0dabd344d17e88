import { createRequire } from 'node:module';
import type { ApiObject } from 'cdk8s';
import type * as K8s from 'cdk8s-plus-28/lib/imports/k8s.js';
import type { Construct } from 'constructs';

/** Types of the Kubernetes API objects, as cdk8s-plus-28 generates them from the API's own schema. */
export type { K8s };

const require = createRequire(import.meta.url);
let loaded: typeof K8s | undefined;
const rendered = new Map<string, unknown>();

/**
 * The typed API objects (`new k8s.KubeStatefulSet(…)`), the `k8s` export of cdk8s-plus-28.
 *
 * Loaded on first use and without the rest of cdk8s-plus: reading the configuration needs the kinds' schemas, not the
 * API objects, and these are 2.7 MB of JavaScript.
 */
export const k8s = new Proxy({} as typeof K8s, {
  get(_target, name: keyof typeof K8s) {
    loaded ??= require('cdk8s-plus-28/lib/imports/k8s.js') as typeof K8s;
    if (!rendered.has(name)) rendered.set(name, withoutTokens(loaded[name]));
    return rendered.get(name);
  },
});

interface ApiObjectClass {
  new (scope: Construct, id: string, props: object): ApiObject;
  /** The object as Kubernetes wants it. */
  manifest(props: object): { metadata?: object };
}

/**
 * An API object class whose objects are turned into JSON by their own types alone. cdk8s first looks into every value for
 * tokens and lazy values, of which our constructs make none; that takes as long as the rest of a run over many projects.
 */
function withoutTokens(exported: unknown): unknown {
  if (typeof exported !== 'function' || !('manifest' in exported)) return exported;
  const Kind = exported as unknown as ApiObjectClass;
  return class extends Kind {
    readonly #props: object;

    constructor(scope: Construct, id: string, props: object) {
      super(scope, id, props);
      this.#props = props;
    }

    override toJson() {
      const { metadata: _, ...manifest } = Kind.manifest(this.#props) as Record<string, unknown>;
      const { apiVersion, kind, ...rest } = manifest;
      return { apiVersion, kind, metadata: this.metadata.toJson(), ...rest };
    }
  };
}

/** A quantity as written in YAML (`100m`, `1Gi`), in the form that the typed objects want. */
export const quantity = (text: string): K8s.Quantity => k8s.Quantity.fromString(text);

/** A port by its name, in the form that the typed objects want. */
export const portName = (name: string): K8s.IntOrString => k8s.IntOrString.fromString(name);

/** A port or a count by its number, in the form that the typed objects want. */
export const integer = (number: number): K8s.IntOrString => k8s.IntOrString.fromNumber(number);
