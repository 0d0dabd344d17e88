import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { globalObjects } from '../../../charts/app.ts';
import { expectedSchema } from '../../../charts/common/expected-list.ts';
import { monitoringField, noMonitoring } from '../../../charts/common/monitoring.ts';
import { reportRules } from '../../../charts/constructs/exporter.ts';
import { planNamespace } from '../../../src/synth/plan-namespace.ts';
import { declareEnvironment, declareProject } from '../declared.ts';
import { containerOf, identity, type Objects, podOf } from '../objects.ts';

const shop = declareProject({
  name: 'shop',
  services: { postgres: {} },
  workloads: {
    api: { kind: 'http', port: 8000 },
    migrate: { kind: 'job' },
    nightly: { kind: 'cronjob', schedule: '@daily' },
  },
});
const environment = declareEnvironment([shop]);
const { exporter } = monitoringField.parse({ exporter: { image: 'registry.example.com/tools/repoctl:1.0.0' } });
const profile = { ...environment.profiles.production, monitoring: { ...noMonitoring, exporter } };
const { objects: made, nonconformities } = globalObjects(environment, profile);
const objects = made as Objects;
const own = objects.filter(({ metadata }) => metadata?.name?.includes('repoctl-exporter'));
const ours = (of: string) => own.find(({ kind }) => kind === of);

describe('the exporter', () => {
  test('is there only where it is asked for', () => {
    const without = globalObjects(environment, environment.profiles.production).objects;
    expect(without.filter(({ metadata }) => metadata?.name?.includes('exporter'))).toEqual([]);
    expect(nonconformities).toEqual([]);
  });

  test('is a Deployment with an account, its rights, what it expects, and its connections', () => {
    expect(own.map(identity).sort()).toEqual([
      'ClusterRole/dev-repoctl-exporter',
      'ClusterRoleBinding/dev-repoctl-exporter',
      'ConfigMap/dev-repoctl-exporter-expected',
      'Deployment/dev-repoctl-exporter',
      'NetworkPolicy/dev-repoctl-exporter',
      'Service/dev-repoctl-exporter',
      'ServiceAccount/dev-repoctl-exporter',
    ]);
  });

  test('may read what the documentation names for status, and nothing else', () => {
    const page = readFileSync('docs/rbac.md', 'utf8');
    const [, yaml = ''] = /```yaml\n([\s\S]*?)\n---/.exec(page) ?? [];
    expect(reportRules).toEqual((parse(yaml) as { rules: unknown }).rules);
    expect(ours('ClusterRole')).toMatchObject({ rules: reportRules });
    const all = reportRules.flatMap(({ resources, verbs }) => [...resources, ...verbs]);
    expect(all.filter((each) => /secrets|configmaps|\*|create|update|patch|delete/.test(each))).toEqual([]);
  });

  test('has rights in all namespaces, which belong to none', () => {
    for (const kind of ['ClusterRole', 'ClusterRoleBinding'])
      expect(ours(kind)?.metadata).not.toHaveProperty('namespace');
    expect(ours('ClusterRoleBinding')).toMatchObject({
      roleRef: { kind: 'ClusterRole', name: 'dev-repoctl-exporter' },
      subjects: [{ kind: 'ServiceAccount', name: 'dev-repoctl-exporter', namespace: 'dev' }],
    });
  });

  test('has a token in its own container only, and the user of its image', () => {
    const pod = podOf(objects, 'dev-repoctl-exporter');
    expect([pod.serviceAccountName, pod.automountServiceAccountToken]).toEqual(['dev-repoctl-exporter', false]);
    const { projected } = pod.volumes.find(({ name }) => name === 'token') ?? {};
    expect(projected?.sources?.map((source) => Object.keys(source))).toEqual([
      ['serviceAccountToken'],
      ['configMap'],
      ['downwardAPI'],
    ]);
    expect(containerOf(objects, 'dev-repoctl-exporter').volumeMounts).toContainEqual({
      name: 'token',
      mountPath: '/var/run/secrets/kubernetes.io/serviceaccount',
      readOnly: true,
    });
    expect(pod.securityContext).toMatchObject({ runAsNonRoot: true, runAsUser: 65532 });
    expect(containerOf(objects, 'dev-repoctl-exporter').securityContext.readOnlyRootFilesystem).toBe(true);
  });

  test('is scraped by Prometheus, and reaches the API server only', () => {
    const policy = own.find(({ kind }) => kind === 'NetworkPolicy') as unknown as {
      spec: { ingress: { ports: unknown }[]; egress: { ports: unknown }[] };
    };
    expect(policy.spec.ingress.map(({ ports }) => ports)).toEqual([[{ protocol: 'TCP', port: 9464 }]]);
    expect(policy.spec.egress.map(({ ports }) => ports)).toEqual([
      [
        { protocol: 'TCP', port: 443 },
        { protocol: 'TCP', port: 6443 },
      ],
    ]);
  });

  test('expects what keeps running and what has a schedule; jobs have names that nobody knows before', () => {
    const { data } = own.find(({ kind }) => kind === 'ConfigMap') as unknown as { data: Record<string, string> };
    expect(expectedSchema.parse(JSON.parse(data['expected.json'] ?? ''))).toEqual({
      environment: 'dev',
      namespaces: [
        {
          namespace: 'dev',
          scope: 'dev',
          workloads: ['StatefulSet/redis', 'StatefulSet/minio', 'Deployment/repoctl-exporter'],
        },
        {
          namespace: 'shop',
          scope: 'shop',
          project: 'shop',
          workloads: ['StatefulSet/postgres', 'Deployment/api', 'CronJob/nightly'],
        },
      ],
    });
  });

  test('is a service of the global tier in the plan, so that the health report has it', () => {
    expect(planNamespace(environment, profile, undefined).services.at(-1)).toMatchObject({
      name: 'repoctl-exporter',
      object: 'dev-repoctl-exporter',
      controller: { kind: 'Deployment', name: 'dev-repoctl-exporter' },
    });
  });
});
