import { Construct } from 'constructs';
import type { SecretReference } from '../common/connection.ts';
import { addSealedSecret } from '../common/k8s.ts';
import { type OwnerLabels, objectLabels } from '../common/labels.ts';
import type { Sealing } from '../common/secret-store.ts';

/** What tells the controller that a value is good for more than its own Secret. */
const scopeAnnotations: Readonly<Record<Sealing['scope'], Readonly<Record<string, string>> | undefined>> = {
  strict: undefined,
  'namespace-wide': { 'sealedsecrets.bitnami.com/namespace-wide': 'true' },
  'cluster-wide': { 'sealedsecrets.bitnami.com/cluster-wide': 'true' },
};

/**
 * A SealedSecret for each Secret that the manifests of a namespace refer to, with the values that are sealed for it. One
 * without any is left out: the API server takes no empty one.
 *
 * @see https://github.com/bitnami-labs/sealed-secrets
 */
export class SealedSecrets extends Construct {
  constructor(
    scope: Construct,
    { owner, namespace }: { readonly owner: OwnerLabels; readonly namespace: string },
    sealing: Sealing,
    secrets: readonly SecretReference[],
  ) {
    super(scope, 'sealed-secrets');
    const annotations = scopeAnnotations[sealing.scope];
    for (const { name, keys } of secrets) {
      const sealed = sealing.values[`${namespace}/${name}`] ?? {};
      const encryptedData = Object.fromEntries(
        keys.flatMap(({ key }) => (sealed[key] === undefined ? [] : [[key, sealed[key]]])),
      );
      if (Object.keys(encryptedData).length === 0) continue;
      const metadata = { name, labels: objectLabels({ name, object: name, component: 'secret', owner }), annotations };
      addSealedSecret(this, name, {
        metadata,
        spec: { encryptedData, template: { metadata: { ...metadata, namespace }, type: 'Opaque' } },
      });
    }
  }
}
