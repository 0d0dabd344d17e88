import { Construct } from 'constructs';
import type { SecretReference } from '../common/connection.ts';
import { addExternalSecret } from '../common/k8s.ts';
import { type OwnerLabels, objectLabels } from '../common/labels.ts';
import type { SecretStore } from '../common/secret-store.ts';

/**
 * An ExternalSecret for each Secret that the manifests of a namespace refer to: each key from a property of the store's
 * entry `PREFIX NAMESPACE/SECRET`.
 *
 * @see https://external-secrets.io/latest/api/externalsecret/
 */
export class ExternalSecrets extends Construct {
  constructor(
    scope: Construct,
    { owner, namespace }: { readonly owner: OwnerLabels; readonly namespace: string },
    store: SecretStore,
    secrets: readonly SecretReference[],
  ) {
    super(scope, 'external-secrets');
    for (const { name, keys } of secrets)
      addExternalSecret(this, name, {
        metadata: { name, labels: objectLabels({ name, object: name, component: 'secret', owner }) },
        spec: {
          refreshInterval: store.refreshInterval,
          secretStoreRef: { kind: store.kind, name: store.store },
          target: { name, creationPolicy: 'Owner', deletionPolicy: 'Retain' },
          data: keys.map(({ key }) => ({
            secretKey: key,
            remoteRef: { key: `${store.prefix}${namespace}/${name}`, property: key },
          })),
        },
      });
  }
}
