import { createRequire } from 'node:module';
import type * as K8s from 'cdk8s-plus-28/lib/imports/k8s.js';

/** Types of the Kubernetes API objects, as cdk8s-plus-28 generates them from the API's own schema. */
export type { K8s };

const require = createRequire(import.meta.url);
let loaded: typeof K8s | undefined;

/**
 * The typed API objects (`new k8s.KubeStatefulSet(…)`), the `k8s` export of cdk8s-plus-28.
 *
 * Loaded on first use and without the rest of cdk8s-plus: reading the configuration needs the kinds' schemas, not the
 * API objects, and these are 2.7 MB of JavaScript.
 */
export const k8s = new Proxy({} as typeof K8s, {
  get(_target, name: keyof typeof K8s) {
    loaded ??= require('cdk8s-plus-28/lib/imports/k8s.js') as typeof K8s;
    return loaded[name];
  },
});

/** A quantity as written in YAML (`100m`, `1Gi`), in the form that the typed objects want. */
export const quantity = (text: string): K8s.Quantity => k8s.Quantity.fromString(text);

/** A port by its name, in the form that the typed objects want. */
export const portName = (name: string): K8s.IntOrString => k8s.IntOrString.fromString(name);

/** A port or a count by its number, in the form that the typed objects want. */
export const integer = (number: number): K8s.IntOrString => k8s.IntOrString.fromNumber(number);
