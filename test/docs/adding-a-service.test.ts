import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { type FixtureNamespace, fixtureNamespaces, fixtureRoot } from '../charts/fixtures.ts';
import { all, identity, type Objects, one } from '../charts/objects.ts';
import { parsePlan } from '../synth/plan.ts';
import { copyFixture, repoctl, repository } from '../synth/repository.ts';

// The examples of the page are files of a fixture: they are checked by the compiler, and fixtures.test.ts compares what the
// command line writes for them with these objects.
const examples = ['quotes', 'shop', 'mail', 'edge'];
const chartOf = (project: string) => join('backends', project, 'infra', 'chart.ts');
const namespaces: FixtureNamespace[] = [];

beforeAll(async () => {
  for (const profile of ['local', 'production'] as const) namespaces.push(...(await fixtureNamespaces(profile)));
});

function objectsOf(project: string, profile = 'local'): Objects {
  const found = namespaces.find((each) => each.name === project && each.profile.name === profile);
  return JSON.parse(JSON.stringify(found?.objects)) as Objects;
}

test('the examples of docs/adding-a-service.md are those that are tested', () => {
  const page = readFileSync(join(repository, 'docs', 'adding-a-service.md'), 'utf8');
  const blocks = [...page.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, text]) => text);
  expect(blocks).toEqual(
    examples.map((project) => readFileSync(join(fixtureRoot('extended'), chartOf(project)), 'utf8')),
  );
});

describe('a chart.ts that adds', () => {
  test('has its ConfigMap before the Deployment that depends on it, and a budget in production only', () => {
    expect(objectsOf('quotes').map(identity)).toEqual([
      'Namespace/quotes',
      'ConfigMap/quotes-banner',
      'Service/quotes-api',
      'Deployment/quotes-api',
    ]);
    expect(objectsOf('quotes', 'production').map(identity)).toContain('PodDisruptionBudget/quotes-api');
  });
});

describe('a chart.ts that patches', () => {
  test('adds an annotation, a nodeSelector and a sidecar that meets Pod Security restricted', () => {
    const { metadata, spec } = one(objectsOf('shop'), 'Deployment');
    expect(metadata.annotations).toEqual({ 'example.com/team': 'shop' });
    expect(spec.template.spec.nodeSelector).toEqual({ 'kubernetes.io/os': 'linux' });
    expect(spec.template.spec.containers).toMatchObject([
      { name: 'api' },
      { name: 'proxy', securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } } },
    ]);
    expect(one(objectsOf('shop'), 'Service', 'shop-api').metadata.annotations).toEqual({ 'example.com/public': 'no' });
  });

  test('makes another job of a job, under whose name the plan has it', async () => {
    const [root, plain] = [copyFixture('extended'), copyFixture('extended')];
    rmSync(join(plain, chartOf('shop')));
    for (const each of [root, plain])
      expect(await repoctl(each, 'synth', '--project', 'shop')).toMatchObject({ status: 0 });
    const job = (from: string) => {
      const { namespaces } = parsePlan(readFileSync(join(from, 'dist', 'local', 'plan.json'), 'utf8'));
      const shop = namespaces.find(({ name }) => name === 'shop');
      return shop?.workloads.find(({ name }) => name === 'migrate')?.controller?.name;
    };
    expect(one(objectsOf('shop'), 'Job').spec.template.spec.containers[0]?.command).toEqual(['migrate', '--verbose']);
    expect(job(root)).toBe(one(objectsOf('shop'), 'Job').metadata.name);
    expect([job(plain), job(root)]).toEqual([
      expect.stringMatching(/^shop-migrate-[0-9a-f]{8}$/),
      expect.not.stringContaining(job(plain) ?? ''),
    ]);
    for (const each of [root, plain]) rmSync(each, { recursive: true, force: true });
  });

  test('reaches every object', () => {
    const [, ...rest] = objectsOf('shop');
    for (const { metadata } of rest) expect(metadata?.labels).toMatchObject({ 'example.com/cost-centre': 'c-4711' });
  });
});

test('a chart.ts that builds on repoctl/constructs has a Deployment as strict as the rest, and its Service', () => {
  const { spec } = one(objectsOf('mail'), 'Deployment', 'mail-inbox');
  expect(spec.template.spec.containers[0]).toMatchObject({
    readinessProbe: { httpGet: { path: '/readyz', port: 8025 } },
    securityContext: { readOnlyRootFilesystem: true },
  });
  expect(one(objectsOf('mail'), 'Service', 'mail-inbox').spec.ports.map(({ name }) => name)).toEqual(['smtp', 'http']);
  expect(all(objectsOf('mail', 'production'), 'Deployment').map(identity as never)).toEqual(['Deployment/mail-api']);
});

test('a chart.ts can say what is newer than the types', () => {
  expect(one(objectsOf('edge', 'production'), 'Service').spec.trafficDistribution).toBe('PreferClose');
  expect(objectsOf('edge', 'production').map(identity)).toContain('HTTPRoute/edge-api');
});
