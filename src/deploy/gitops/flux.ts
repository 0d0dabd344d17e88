import { kustomizeVersion, typeMeta } from '../../../charts/common/api-versions.ts';
import type { Plan } from '../../synth/plan.ts';
import type { GitopsFile, Source } from './gitops-files.ts';

const fluxNamespace = 'flux-system';

/**
 * A GitRepository, and a Kustomization for each namespace that waits for those of the namespaces that it needs. Within a
 * namespace the pods wait for their services and jobs by themselves.
 *
 * @see https://fluxcd.io/flux/components/kustomize/kustomizations/#dependencies
 */
export function fluxFiles(plan: Plan, { repository, revision, path }: Source): GitopsFile[] {
  const folder = `gitops/flux/${plan.profile}`;
  const nameOf = (namespace: string) => `${plan.profile}-${namespace}`;
  const global = plan.namespaces.filter(({ tier }) => tier === 'global').map(({ name }) => name);
  const kustomizations = plan.namespaces.map(({ name, tier, needs, manifest }): GitopsFile[] => [
    {
      path: `${folder}/${name}.yaml`,
      content: {
        ...typeMeta('Kustomization'),
        metadata: { name: nameOf(name), namespace: fluxNamespace },
        spec: {
          dependsOn: [...new Set(tier === 'global' ? [] : [...global, ...needs])].map((each) => ({
            name: nameOf(each),
          })),
          interval: '10m',
          retryInterval: '1m',
          timeout: '10m',
          path: `./${folder}/${name}`,
          prune: true,
          wait: true,
          sourceRef: { kind: 'GitRepository', name: `${plan.environment}-${plan.profile}` },
        },
      },
    },
    {
      path: `${folder}/${name}/kustomization.yaml`,
      content: {
        apiVersion: kustomizeVersion,
        kind: 'Kustomization',
        resources: [`${'../'.repeat(4)}${path}/${manifest}`],
        // Deleting it would delete the claims in it.
        patches: [
          {
            target: { kind: 'Namespace' },
            patch: JSON.stringify([
              { op: 'add', path: '/metadata/annotations', value: { 'kustomize.toolkit.fluxcd.io/prune': 'disabled' } },
            ]),
          },
        ],
      },
    },
  ]);
  const source = {
    path: `${folder}/source.yaml`,
    content: {
      ...typeMeta('GitRepository'),
      metadata: { name: `${plan.environment}-${plan.profile}`, namespace: fluxNamespace },
      spec: { interval: '1m', url: repository, ref: { branch: revision } },
    },
  };
  return [source, ...kustomizations.flat()];
}
