import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { parse, parseAllDocuments } from 'yaml';
import { argoFiles } from '../../src/deploy/gitops/argocd.ts';
import { fluxFiles } from '../../src/deploy/gitops/flux.ts';
import { levels } from '../../src/deploy/gitops/gitops-files.ts';
import type { Plan, PlannedNamespace } from '../../src/synth/plan.ts';
import { copyRepository, repoctl } from '../synth/repository.ts';

const namespace = (name: string, needs: string[] = [], tier: PlannedNamespace['tier'] = 'project') =>
  ({ name, needs, tier, manifest: `${name}.k8s.yaml`, objects: [] }) as unknown as PlannedNamespace;
const plan: Plan = {
  environment: 'dev',
  profile: 'production',
  namespaces: [
    namespace('dev', [], 'global'),
    namespace('api', ['auth']),
    namespace('auth'),
    namespace('web', ['api']),
  ],
};
const source = { repository: 'https://git.example.com/shop', revision: 'main', path: 'dist/production' };

test('namespaces are in levels, each above those that it needs', () => {
  expect(levels(plan).map((level) => level.map(({ name }) => name))).toEqual([['dev'], ['auth'], ['api'], ['web']]);
});

interface Step {
  readonly matchExpressions: readonly { readonly values: readonly string[] }[];
}

describe('an ApplicationSet', () => {
  // biome-ignore lint/suspicious/noExplicitAny: what others define, of which a few fields are looked at.
  const [project, applications] = argoFiles(plan, source).map(({ content }) => content) as [any, any];

  test('has an Application for each namespace, of its own file', () => {
    expect(applications.spec.generators[0].list.elements).toEqual([
      { namespace: 'dev', manifest: 'dev.k8s.yaml', step: '0' },
      { namespace: 'auth', manifest: 'auth.k8s.yaml', step: '1' },
      { namespace: 'api', manifest: 'api.k8s.yaml', step: '2' },
      { namespace: 'web', manifest: 'web.k8s.yaml', step: '3' },
    ]);
    expect(applications.spec.template.spec.source).toMatchObject({
      path: 'dist/production',
      directory: { include: '{{ .manifest }}' },
    });
  });

  test('synchronizes them step by step, and deletes nothing with an Application', () => {
    const values = applications.spec.strategy.rollingSync.steps.map((step: Step) => step.matchExpressions[0]?.values);
    expect(values).toEqual([['0'], ['1'], ['2'], ['3']]);
    expect(applications.spec.syncPolicy.preserveResourcesOnDeletion).toBe(true);
  });

  test('may go into its namespaces only', () => {
    expect(project.spec.destinations.map((each: { namespace: string }) => each.namespace)).toEqual([
      'dev',
      'api',
      'auth',
      'web',
    ]);
    expect([project.spec.sourceRepos, applications.spec.template.spec.project]).toEqual([
      [source.repository],
      project.metadata.name,
    ]);
  });
});

describe('Kustomizations of Flux', () => {
  // biome-ignore lint/suspicious/noExplicitAny: what others define, of which a few fields are looked at.
  const files = new Map(fluxFiles(plan, source).map(({ path, content }) => [path, content as any]));

  test('wait for those of the namespaces that they need, and for the global tier', () => {
    const dependsOn = (name: string) =>
      files.get(`gitops/flux/production/${name}.yaml`).spec.dependsOn.map((each: { name: string }) => each.name);
    expect(['dev', 'auth', 'api'].map(dependsOn)).toEqual([
      [],
      ['production-dev'],
      ['production-dev', 'production-auth'],
    ]);
  });

  test('name a file that is there from where they are, and never delete a namespace', () => {
    const overlay = files.get('gitops/flux/production/api/kustomization.yaml');
    expect(join('gitops/flux/production/api', overlay.resources[0])).toBe('dist/production/api.k8s.yaml');
    expect(overlay.patches[0].target).toEqual({ kind: 'Namespace' });
    expect(files.get('gitops/flux/production/api.yaml').spec).toMatchObject({
      path: './gitops/flux/production/api',
      wait: true,
      prune: true,
    });
  });
});

describe('repoctl gitops init', () => {
  let root: string;
  const init = (...args: string[]) =>
    repoctl(root, 'gitops', 'init', '--profile', 'production', '--repo', source.repository, ...args);
  const folder = (...path: string[]) => join(root, 'gitops', ...path);

  beforeAll(() => {
    root = copyRepository();
    spawnSync('git', ['init', '--quiet', root]);
  });
  afterAll(() => rmSync(root, { recursive: true, force: true }));

  test('writes the files once, says what remains to be done, and removes what is no longer made', async () => {
    writeFileSync(join(root, '.gitignore'), 'dist/\n');
    const first = await init('--argocd');
    expect([first.status, first.stderr]).toEqual([
      0,
      expect.stringContaining('wrote gitops/argocd/production/applications.yaml'),
    ]);
    expect(first.stderr).toContain('dist/production is ignored by Git');
    expect(first.stderr).toContain('set profiles.production.gitops: argocd');
    expect((await init('--argocd')).stderr).toContain('gitops/argocd/production: up to date');
    const written = readFileSync(folder('argocd', 'production', 'applications.yaml'), 'utf8');
    writeFileSync(folder('argocd', 'production', 'gone.yaml'), written);
    writeFileSync(folder('argocd', 'production', 'mine.yaml'), 'a: b\n');
    expect((await init('--argocd')).stderr).toContain('removed gitops/argocd/production/gone.yaml');
    expect(readdirSync(folder('argocd', 'production')).sort()).toEqual([
      'applications.yaml',
      'mine.yaml',
      'project.yaml',
    ]);
  });

  test('leaves a file alone that it did not write', async () => {
    writeFileSync(folder('argocd', 'production', 'project.yaml'), 'a: b\n');
    const refused = await init('--argocd');
    expect([refused.status, refused.stderr]).toEqual([2, expect.stringContaining('repoctl did not write it')]);
  });

  test('needs a tool, and a profile of real clusters', async () => {
    expect((await init()).status).toBe(2);
    expect((await init('--argocd', '--flux')).status).toBe(2);
    const local = await repoctl(root, 'gitops', 'init', '--flux', '--profile', 'local', '--repo', 'x');
    expect([local.status, local.stderr]).toEqual([2, expect.stringContaining('is for development')]);
  });

  test('with the profile’s gitops the objects have waves: migrations before the workloads, and no job is a hook', async () => {
    const path = join(root, 'repoctl.yaml');
    writeFileSync(path, readFileSync(path, 'utf8').replace('  production:\n', '  production:\n    gitops: argocd\n'));
    expect((await init('--flux')).stderr).toContain('wrote gitops/flux/production/turfoo/kustomization.yaml');
    const documents = parseAllDocuments(readFileSync(join(root, 'dist', 'production', 'turfoo.k8s.yaml'), 'utf8'));
    const waves = new Map<string, string>();
    for (const document of documents) {
      const { kind, metadata } = document.toJS() as {
        kind: string;
        metadata: { name: string; annotations: Record<string, string> };
      };
      expect(metadata.annotations['argocd.argoproj.io/hook']).toBeUndefined();
      waves.set(
        `${kind}/${metadata.name.replace(/-[0-9a-f]{8}$/, '')}`,
        metadata.annotations['argocd.argoproj.io/sync-wave'] ?? '',
      );
    }
    expect(
      [
        'Namespace/turfoo',
        'Service/turfoo-api',
        'StatefulSet/turfoo-postgres',
        'Job/turfoo-migrate',
        'Deployment/turfoo-api',
      ].map((each) => waves.get(each)),
    ).toEqual(['-1', '0', '1', '2', '3']);
    const local = readFileSync(join(root, 'gitops', 'flux', 'production', 'source.yaml'), 'utf8');
    expect(parse(local)).toMatchObject({ spec: { url: source.repository, ref: { branch: 'main' } } });
  });
});
