import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import fc from 'fast-check';
import { admit } from '../../charts/common/admission.ts';
import type { ManifestObject } from '../../charts/common/manifest-object.ts';
import { type JudgedPod, podObject, pods } from '../fixtures/pods.ts';
import { context, ensureCluster, kubectl } from './environment.ts';
import { attempt, run } from './run.ts';

jest.setTimeout(600_000);

const namespace = 'admission';
const enforced = 'pod-security.kubernetes.io/enforce=restricted';

beforeAll(() => {
  ensureCluster();
  kubectl('delete', 'namespace', namespace, '--ignore-not-found', '--wait');
  kubectl('create', 'namespace', namespace);
  kubectl('label', 'namespace', namespace, enforced, 'pod-security.kubernetes.io/warn=restricted');
  // A pod needs the account, which a new namespace gets a moment later.
  run('kubectl', [
    '--context',
    context,
    'wait',
    '-n',
    namespace,
    '--for=create',
    'serviceaccount/default',
    '--timeout=60s',
  ]);
});

afterAll(() => {
  kubectl('delete', 'namespace', namespace, '--ignore-not-found', '--wait=false');
});

/** What repoctl makes of pods, and what it says of each: nothing if it admits it. */
function ours(given: readonly JudgedPod['pod'][]) {
  return given.map((pod, index) => {
    const added = [{ origin: 'x', objects: [podObject(pod, `pod-${index}`)] }];
    const { objects, nonconformities } = admit(namespace, {}, [], added);
    return { object: objects[0] as ManifestObject, problems: nonconformities.map(({ message }) => message) };
  });
}

/** Whether the API server would make each object; nothing is made. */
function servers(objects: readonly ManifestObject[]): { admits: boolean[]; said: string } {
  const input = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects });
  const args = ['--context', context, 'create', '--dry-run=server', '-o', 'name', '-f', '-'];
  const { stdout, stderr } = attempt('kubectl', args, { input });
  const made = new Set(stdout.split('\n'));
  return {
    admits: objects.map(({ kind, metadata }) =>
      [...made].some((line) => line === `${kind.toLowerCase()}/${metadata?.name}`),
    ),
    said: stderr,
  };
}

describe('the API server’s verdict on what repoctl makes of a pod is repoctl’s own', () => {
  test('for each control of the standard', () => {
    const made = ours(pods.map(({ pod }) => pod));
    const { admits, said } = servers(made.map(({ object }) => object));
    const verdicts = pods.map(({ name }, index) => ({ name, admitted: admits[index] }));
    expect({ verdicts, said }).toEqual({ verdicts: pods.map(({ name, admitted }) => ({ name, admitted })), said });
    expect(made.map(({ problems }) => problems.length === 0)).toEqual(pods.map(({ admitted }) => admitted));
  });

  test('for pods that combine them', () => {
    const merge = (one: JudgedPod['pod'], other: JudgedPod['pod']): JudgedPod['pod'] => ({
      spec: merged(one.spec, other.spec),
      container: merged(one.container, other.container),
      annotations: merged(one.annotations, other.annotations),
    });
    const combined = fc.sample(
      fc
        .array(fc.constantFrom(...pods), { minLength: 1, maxLength: 4 })
        .map((each) => each.map(({ pod }) => pod).reduce(merge)),
      { numRuns: 200, seed: 11 },
    );
    const made = ours(combined);
    const { admits } = servers(made.map(({ object }) => object));
    const differing = combined.filter((_, index) => admits[index] !== (made[index]?.problems.length === 0));
    expect(differing).toEqual([]);
    // Both verdicts are among them.
    expect(new Set(admits)).toEqual(new Set([true, false]));
  });

  test('for the templates of its own kinds, about which it warns', () => {
    const [object] = ours([{}]).map((each) => each.object);
    const template = { metadata: { labels: { app: 'it' } }, spec: object?.spec };
    const selector = { matchLabels: { app: 'it' } };
    const metadata = { name: 'it', namespace };
    const templates: ManifestObject[] = [
      { apiVersion: 'v1', kind: 'PodTemplate', metadata, template },
      { apiVersion: 'apps/v1', kind: 'Deployment', metadata, spec: { selector, template } },
    ];
    expect(servers(templates).said).toBe('');
    const spoilt = JSON.parse(JSON.stringify(templates).replaceAll('"runAsNonRoot":true', '"runAsNonRoot":false'));
    // The same warning about two objects is printed once.
    expect(servers(spoilt).said).toContain('would violate PodSecurity');
    expect(admit(namespace, {}, [], [{ origin: 'x', objects: spoilt }]).nonconformities).toHaveLength(2);
  });
});

type Given = Readonly<Record<string, unknown>>;

/** Two maps as one, those inside of them too. Of other values the second one counts. */
function merged(one: Given | undefined, other: Given | undefined): Given {
  const isMap = (value: unknown): value is Given =>
    typeof value === 'object' && value !== null && !Array.isArray(value);
  const result: Record<string, unknown> = { ...one };
  for (const [key, value] of Object.entries(other ?? {})) {
    const before = result[key];
    result[key] = isMap(before) && isMap(value) ? merged(before, value) : value;
  }
  return result;
}
