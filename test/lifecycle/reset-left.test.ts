import { describe, expect, test } from '@jest/globals';
import { apiVersions } from '../../charts/common/api-versions.ts';
import { ownerLabels } from '../../charts/common/labels.ts';
import type { ManifestObject } from '../../charts/common/manifest-object.ts';
import type { Cluster } from '../../src/cluster/client.ts';
import { foreignIn } from '../../src/lifecycle/reset-left.ts';

const labels = ownerLabels({ environment: 'dev', tier: 'project', project: 'shop' });

const object = (kind: string, name: string, more: object = {}): ManifestObject => ({
  apiVersion: apiVersions[kind as keyof typeof apiVersions] ?? 'postgresql.cnpg.io/v1',
  kind,
  metadata: { name, namespace: 'shop', ...more },
});
const by = (kind: string, name: string) => ({
  ownerReferences: [{ apiVersion: object(kind, name).apiVersion, kind, name }],
});

/** A cluster that has some objects. */
const clusterOf = (...objects: readonly ManifestObject[]): Pick<Cluster, 'list' | 'get'> => ({
  list: async <Type>(wanted: string) => objects.filter(({ kind }) => kind === wanted) as Type[],
  get: async <Type>({ kind, metadata }: Pick<ManifestObject, 'kind' | 'metadata'>) =>
    objects.find((each) => each.kind === kind && each.metadata?.name === metadata?.name) as Type | undefined,
});
const foreign = (...objects: readonly ManifestObject[]) => foreignIn(clusterOf(...objects), { name: 'shop', labels });

describe('what keeps the namespace of a project that has left the configuration', () => {
  test('is what neither repoctl nor every namespace has', async () =>
    expect(
      await foreign(
        object('ConfigMap', 'kube-root-ca.crt'),
        object('ConfigMap', 'ours', { labels }),
        object('ConfigMap', 'theirs'),
      ),
    ).toEqual(['configmap theirs']));

  test('is the custom resource to which pods and claims belong, once', async () =>
    expect(
      await foreign(
        object('Cluster', 'ledger'),
        object('Pod', 'ledger-1', by('Cluster', 'ledger')),
        object('PersistentVolumeClaim', 'ledger-1', by('Cluster', 'ledger')),
      ),
    ).toEqual(['cluster ledger']));

  test.each([
    [
      'a custom resource of our own',
      [object('Cluster', 'ledger', { labels }), object('Pod', 'ledger-1', by('Cluster', 'ledger'))],
    ],
    ['a pod whose owner is gone, which follows it', [object('Pod', 'ledger-1', by('Cluster', 'ledger'))]],
    ['a pod of a ReplicaSet, which a Deployment made', [object('Pod', 'api-1', by('ReplicaSet', 'api'))]],
  ])('is not %s', async (_case, objects) => expect(await foreign(...objects)).toEqual([]));
});
