import { type ApiKind, typeMeta } from '../../../charts/common/api-versions.ts';
import type { Plan } from '../../synth/plan.ts';
import { type GitopsFile, levels, type Source } from './gitops-files.ts';

/** Kinds of the exporter's rights, which belong to no namespace. */
const clusterKinds: readonly ApiKind[] = ['ClusterRole', 'ClusterRoleBinding'];

/** Of an Application: which of the steps it is synchronized in. */
const stepLabel = 'repoctl.dev/step';

/**
 * An ApplicationSet with an Application for each namespace. Argo CD synchronizes the global tier first, then the projects that
 * need only that, and so on; within a namespace the objects' sync waves hold.
 *
 * @see https://argo-cd.readthedocs.io/en/stable/operator-manual/applicationset/Progressive-Syncs/
 */
export function argoFiles(plan: Plan, { repository, revision, path }: Source): GitopsFile[] {
  const name = `${plan.environment}-${plan.profile}`;
  const steps = levels(plan);
  const elements = steps.flatMap((namespaces, step) =>
    namespaces.map((each) => ({ namespace: each.name, manifest: each.manifest, step: String(step) })),
  );
  const template = {
    metadata: { name: `${plan.profile}-{{ .namespace }}`, labels: { [stepLabel]: '{{ .step }}' } },
    spec: {
      project: name,
      source: { repoURL: repository, targetRevision: revision, path, directory: { include: '{{ .manifest }}' } },
      destination: { server: 'https://kubernetes.default.svc', namespace: '{{ .namespace }}' },
      syncPolicy: {
        automated: { prune: true, selfHeal: true },
        // Each project owns its fields only, and an autoscaler its own.
        syncOptions: ['ServerSideApply=true', 'PruneLast=true', 'RespectIgnoreDifferences=true'],
        retry: { limit: 5, backoff: { duration: '10s', factor: 2, maxDuration: '3m' } },
      },
    },
  };
  const applicationSet = {
    ...typeMeta('ApplicationSet'),
    metadata: { name, namespace: 'argocd' },
    spec: {
      goTemplate: true,
      goTemplateOptions: ['missingkey=error'],
      generators: [{ list: { elements } }],
      strategy: {
        type: 'RollingSync',
        rollingSync: {
          steps: steps.map((_, step) => ({
            matchExpressions: [{ key: stepLabel, operator: 'In', values: [String(step)] }],
          })),
        },
      },
      // Nothing goes because an element has gone: its claims would go with its namespace.
      syncPolicy: { preserveResourcesOnDeletion: true },
      template,
    },
  };
  const made = new Set(plan.namespaces.flatMap(({ objects }) => objects.map(({ kind }) => kind)));
  const project = {
    ...typeMeta('AppProject'),
    metadata: { name, namespace: 'argocd' },
    spec: {
      description: `The environment ${plan.environment}, profile ${plan.profile}`,
      sourceRepos: [repository],
      destinations: plan.namespaces.map((each) => ({ server: 'https://kubernetes.default.svc', namespace: each.name })),
      clusterResourceWhitelist: [
        { group: '', kind: 'Namespace' },
        ...clusterKinds.filter((kind) => made.has(kind)).map((kind) => ({ group: 'rbac.authorization.k8s.io', kind })),
      ],
    },
  };
  return [
    { path: `gitops/argocd/${plan.profile}/project.yaml`, content: project },
    { path: `gitops/argocd/${plan.profile}/applications.yaml`, content: applicationSet },
  ];
}
