import type { ApiObject } from 'cdk8s';
import type { Construct } from 'constructs';
import { addConfigMap, addPersistentVolumeClaim, addRole, addRoleBinding, addServiceAccount } from '../common/k8s.ts';
import type { PodsConstruct } from '../common/kind.ts';
import { type Labelled, objectLabels } from '../common/labels.ts';
import type { PodSettings } from '../common/pod-fields.ts';
import { podAccount } from '../common/service-account.ts';
import { declaredVolumes, volumeObject } from '../common/volumes.ts';
import { claimSpec } from './stateful-service.ts';

/** Has `tilt down` leave a claim. */
const kept = { 'tilt.dev/down-policy': 'keep' };

/**
 * Adds the objects that a workload's pods refer to and that are its own, before them: ConfigMaps with files of the
 * repository, claims, a ServiceAccount with its Role.
 *
 * @param given its settings; those that say nothing of this are left alone
 * @param controller kind of its pods' controller: a StatefulSet makes claims itself
 */
export function addPodObjects(pods: PodsConstruct, labelled: Labelled, given: unknown, controller: string): void {
  const settings = given as PodSettings;
  const { object } = labelled;
  const labels = objectLabels(labelled);
  const claimTemplates = controller === 'StatefulSet';
  const { configMaps, claims } = declaredVolumes(object, settings.volumes, claimTemplates);
  const added = Object.entries(configMaps).map(([name, data]) =>
    addConfigMap(pods, `files-${name}`, { metadata: { name: volumeObject(object, name), labels }, data }),
  );
  if (!claimTemplates)
    for (const [name, claim] of Object.entries(claims)) {
      const metadata = { name: volumeObject(object, name), labels, annotations: kept };
      added.push(addPersistentVolumeClaim(pods, `claim-${name}`, { metadata, spec: claimSpec(claim) }));
    }
  added.push(...accountObjects(pods, labelled, settings));
  pods.node.defaultChild?.node.addDependency(...added);
}

function accountObjects(scope: Construct, labelled: Labelled, { serviceAccount }: PodSettings): ApiObject[] {
  const account = podAccount(labelled.object, serviceAccount);
  if (!account || !serviceAccount) return [];
  const metadata = { name: labelled.object, labels: objectLabels(labelled) };
  const added: ApiObject[] = [];
  if (serviceAccount.name === undefined) {
    const { annotations } = serviceAccount;
    const props = { metadata: { ...metadata, annotations }, automountServiceAccountToken: account.token };
    added.push(addServiceAccount(scope, 'service-account', props));
  }
  if (serviceAccount.rules) {
    added.push(addRole(scope, 'role', { metadata, rules: serviceAccount.rules }));
    added.push(
      addRoleBinding(scope, 'role-binding', {
        metadata,
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: labelled.object },
        subjects: [{ kind: 'ServiceAccount', name: account.name }],
      }),
    );
  }
  return added;
}
